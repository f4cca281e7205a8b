import type { SaleGuard } from '../../../shared/plays/flash-sale/contract.ts';
import type { Product } from '../../../shared/plays/shelf/contract.ts';
import type { CallInput } from '../../sdk/types.ts';
import { parseMoney, plainMoney } from '../../text/format.ts';

/** The form for a flash sale: what it starts with, and what it becomes. No DOM, so that it can be tested. */

/** As in the contract's limits, which carry zod; `form-rules.unit.test.ts` fails when they drift. */
export const SALE_DEFAULTS = { opensInMs: 30_000, durationMs: 300_000, holdMs: 120_000, limitPerBuyer: 1 };

export const OPENS_IN_CHOICES_MS = [0, 10_000, 30_000, 60_000, 300_000, 900_000, 1_800_000, 3_600_000];
export const DURATION_CHOICES_MS = [60_000, 180_000, 300_000, 600_000, 1_200_000];
export const HOLD_CHOICES_MS = [30_000, 60_000, 120_000, 300_000, 600_000];
export const EARLY_LEVEL_CHOICES = Array.from({ length: 21 }, (_, level) => level);
export const EARLY_CHOICES_MS = [5_000, 10_000, 20_000, 30_000];
const EARLY_START_MS = 10_000;
/** `none` is left to tests and tools: it lets a grab be made up before the opening. */
export const GUARD_CHOICES = ['token', 'work'] as const satisfies readonly SaleGuard[];
export type GuardChoice = (typeof GUARD_CHOICES)[number];

export type SaleFields = {
  price: string;
  compareAt: string;
  compareBasis: string;
  stock: string;
  limit: string;
  opensInMs: number;
  durationMs: number;
  holdMs: number;
  guard: GuardChoice;
  /** 0: everyone at once; else the level of the fan club from which one may grab first. */
  earlyLevel: number;
  earlyMs: number;
};
export type SaleProblem = 'needPrice' | 'needCompare' | 'needBasis' | 'needStock';
export type SaleProblems = Partial<Record<keyof SaleFields, SaleProblem>>;

/** Four tenths off to a round amount, compared with the usual price; 20 units. */
export function startingFields(product: Product, currency: string, basis: string): SaleFields {
  const { opensInMs, durationMs, holdMs, limitPerBuyer } = SALE_DEFAULTS;
  return {
    price: plainMoney(roundDown(product.priceMinor * 0.6), currency),
    compareAt: plainMoney(product.priceMinor, currency),
    compareBasis: basis,
    stock: '20',
    limit: String(limitPerBuyer),
    opensInMs,
    durationMs,
    holdMs,
    guard: 'token',
    earlyLevel: 0,
    earlyMs: EARLY_START_MS,
  };
}

/** To two leading digits: 7740 → 7700. */
function roundDown(minor: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, minor))) - 1);
  return Math.floor(minor / step) * step;
}

/** The command's input, or which fields need what. */
export function readFields(
  product: Product,
  currency: string,
  fields: SaleFields,
): { ok: true; input: CallInput<'flash-sale:schedule'> } | { ok: false; problems: SaleProblems } {
  const problems: SaleProblems = {};
  const priceMinor = parseMoney(fields.price, currency);
  if (priceMinor === null) problems.price = 'needPrice';
  const compares = fields.compareAt.trim() !== '';
  const compareAtMinor = compares ? parseMoney(fields.compareAt, currency) : null;
  if (compares && compareAtMinor === null) problems.compareAt = 'needPrice';
  else if (compareAtMinor !== null && compareAtMinor <= (priceMinor ?? 0)) problems.compareAt = 'needCompare';
  const basis = fields.compareBasis.trim();
  if (compares && basis === '') problems.compareBasis = 'needBasis';
  const stock = wholeNumber(fields.stock);
  if (stock === null) problems.stock = 'needStock';
  const limitPerBuyer = wholeNumber(fields.limit);
  if (limitPerBuyer === null) problems.limit = 'needStock';
  if (priceMinor === null || stock === null || limitPerBuyer === null || Object.keys(problems).length > 0) {
    return { ok: false, problems };
  }
  const { opensInMs, durationMs, holdMs, guard, earlyLevel, earlyMs } = fields;
  return {
    ok: true,
    input: {
      productId: product.productId,
      priceMinor,
      compareAtMinor,
      compareAtBasis: compares ? basis : null,
      stock,
      limitPerBuyer,
      opensInMs,
      durationMs,
      holdMs,
      guard,
      ...(earlyLevel > 0 ? { earlyLevel, earlyMs } : {}),
    },
  };
}

/** A whole number of at least 1 as typed; null for anything else. */
export function wholeNumber(typed: string): number | null {
  return /^[1-9]\d{0,5}$/.test(typed.trim()) ? Number(typed) : null;
}
