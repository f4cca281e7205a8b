import type { Acknowledged } from '../../../server/ledger/check/ack-check.ts';
import { KERNEL_ERRORS } from '../../../shared/kernel/errors.ts';
import { flashSaleContract } from '../../../shared/plays/flash-sale/contract.ts';
import type { GrabResult } from '../../bots/methods.ts';
import type { ShopGrab, ShopResult } from '../../bots/storms/methods.ts';
import type { Stock, StoredSale } from '../../target/stored-sale.ts';
import { stampedeViolations } from '../stampede-checks.ts';

const grabErrors: ReadonlySet<string> = new Set([
  ...flashSaleContract.commands['flash-sale:token'].errors,
  ...flashSaleContract.commands['flash-sale:grab'].errors,
]);
const documentedCodes: ReadonlySet<string> = new Set([...Object.keys(KERNEL_ERRORS), ...grabErrors]);

/** What a buyer may be answered in the end: a unit, or one of the refusals that a sale has. */
const isPlain = (code: string): boolean =>
  code === 'OK' || (grabErrors.has(code) && code !== 'TOKEN_REQUIRED');

/**
 * Answers that a user would see as an error, by command and code: not those of the sale (sold out), and not what the SDK
 * sorted out by itself. A client that gave up is one, too.
 */
export function userVisibleErrors({ grabs, chat, closed }: ShopResult): Record<string, number> {
  const errors: Record<string, number> = {};
  const add = (what: string, times: number) => {
    errors[what] = (errors[what] ?? 0) + times;
  };
  for (const { code } of grabs) if (!isPlain(code)) add(`flash-sale:grab ${code}`, 1);
  for (const [code, times] of Object.entries(chat)) if (code !== 'OK') add(`chat:say ${code}`, times);
  for (const [reason, times] of Object.entries(closed)) add(`connection ${reason}`, times);
  return errors;
}

/** Grants that clients were told of, for the ledger's checker: each must be there. */
export function acknowledgedGrabs(grabs: readonly ShopGrab[]): Acknowledged[] {
  return grabs
    .filter(({ code }) => code === 'OK')
    .map(({ userId, opId, orderId }) => ({
      ...{ actor: userId, opId, kind: 'order-held' },
      ...(orderId === null ? {} : { orderId }),
    }));
}

export type SaleAftermath = {
  saleId: string;
  units: number;
  users: number;
  shown: Stock[];
  stored: StoredSale;
};

/** The checks of a stampede, for one sale: everybody saw it open, tapped once, and was answered. */
export function saleViolations(
  { saleId, units, users, shown, stored }: SaleAftermath,
  told: ShopResult,
): string[] {
  const grabs = told.grabs.filter((grab) => grab.saleId === saleId);
  const answers: Record<string, number> = {};
  for (const { code } of grabs) answers[code] = (answers[code] ?? 0) + 1;
  const result: GrabResult = {
    ...{ told: grabs.length, sent: grabs.length, answered: grabs.length, answers, retries: {} },
    ...{ strayAcks: 0, badReceipts: 0, durationMs: 0, busyShare: 0 },
    holds: grabs.flatMap(({ userId, opId, orderId, quantity }) =>
      orderId === null ? [] : [{ userId, opId, orderId, quantity }],
    ),
    latenciesMs: grabs.map(({ latencyMs }) => latencyMs),
  };
  const lastStock = { sampled: told.sampled, last: told.lastStock[saleId] ?? {} };
  return stampedeViolations({
    ...{ units, users, grabsPerUser: 1, result, lastStock, shown, stored, documentedCodes },
  }).map((problem) => `sale ${saleId}: ${problem}`);
}
