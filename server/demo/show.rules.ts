import { createHash } from 'node:crypto';
import type { FlashSale } from '../../shared/plays/flash-sale/contract.ts';
import type { Draw, DrawTerms } from '../../shared/plays/lottery/draw.ts';
import type { Session } from '../../shared/plays/room/contract.ts';
import type { Product } from '../../shared/plays/shelf/contract.ts';
import type { ScheduleInput } from '../plays/flash-sale/flash-sale.store.ts';

/** When and what the demo's show sells next. Pure, so that all nodes of a demo come to the same answer. */

/** A host who closes a sale gets this long to start one of their own. */
export const QUIET_MS = 15_000;
/** One who ends the show may look at its report in peace. */
export const OFF_AIR_MS = 5 * 60_000;
/** A show that a host began, and that sends no picture, is one that was left. */
export const LEFT_AFTER_MS = 30 * 60_000;
/** By it the show knows its own sessions. */
export const SESSION_TITLE = 'Everything for the table and the wardrobe';
const OPENS_IN_MS = 45_000;
const DURATION_MS = 5 * 60_000;
const STOCK_UNITS = 20;
const HOLD_MS = 120_000;
const PRICE_SHARE = 0.46;
const DRAW_OVER = ['revealed', 'cancelled'];
/** People should see who won before the next one. */
const DRAW_PAUSE_MS = 120_000;
const DRAW_DURATION_MS = 180_000;
const DRAW_VALUE_MINOR = 5000;
const BASIS = 'Usual price in this room';

/** Whether somebody holds a show of their own there: it sends a picture, or they began it not long ago. */
export function isHostAtWork(
  session: Pick<Session, 'title' | 'startedAtMs'> | null,
  publications: number,
  nowMs: number,
): boolean {
  if (publications > 0) return true;
  return session !== null && session.title !== SESSION_TITLE && nowMs - session.startedAtMs < LEFT_AFTER_MS;
}

export type NextSale = { opId: string; input: ScheduleInput };

/** The sale to schedule now; undefined while one runs or waits, or the last one ended a moment ago. */
export function nextSale(
  sales: readonly FlashSale[],
  products: readonly Product[],
  nowMs: number,
): NextSale | undefined {
  if (sales.some((sale) => sale.phase !== 'ended')) return undefined;
  const last = sales.toSorted((a, b) => b.endsAtMs - a.endsAtMs || (a.saleId < b.saleId ? -1 : 1))[0];
  if (last && nowMs - last.endsAtMs < QUIET_MS) return undefined;
  const product = after(products, last?.productId);
  if (!product) return undefined;
  const priceMinor = Math.max(1, Math.round((product.priceMinor * PRICE_SHARE) / 100) * 100);
  const cheaper = priceMinor < product.priceMinor;
  return {
    opId: opIdAfter(last?.saleId ?? 'first'),
    input: {
      productId: product.productId,
      priceMinor: cheaper ? priceMinor : product.priceMinor,
      compareAtMinor: cheaper ? product.priceMinor : null,
      compareAtBasis: cheaper ? BASIS : null,
      stock: STOCK_UNITS,
      opensInMs: OPENS_IN_MS,
      durationMs: DURATION_MS,
      limitPerBuyer: 1,
      holdMs: HOLD_MS,
      guard: 'token',
    },
  };
}

export type NextDraw = { opId: string; terms: DrawTerms };

/** The draw to announce now; undefined while one runs, or the last one closed a while ago only. */
export function nextDraw(last: Draw | undefined, nowMs: number): NextDraw | undefined {
  if (last && (!DRAW_OVER.includes(last.phase) || nowMs - last.closesAtMs < DRAW_PAUSE_MS)) return undefined;
  return {
    opId: opIdAfter(last?.drawId ?? 'first draw'),
    terms: {
      title: 'Lucky bag',
      prizes: [{ title: 'A surprise from the shelf', valueMinor: DRAW_VALUE_MINOR, count: 1 }],
      conditions: [{ kind: 'follow' }],
      opensInMs: 0,
      durationMs: DRAW_DURATION_MS,
      claimMs: 3_600_000,
      // Few people try a demo; the same one may win again.
      repeatMs: 0,
    },
  };
}

/** It names what it follows: two nodes that decide at once mean the same one. */
function opIdAfter(lastId: string): string {
  return `show-${createHash('sha256').update(lastId).digest('hex').slice(0, 24)}`;
}

/** The shelf in turn: the product behind the last one sold. */
function after(products: readonly Product[], lastProductId: string | undefined): Product | undefined {
  const index = products.findIndex((product) => product.productId === lastProductId);
  return products[(index + 1) % Math.max(1, products.length)];
}
