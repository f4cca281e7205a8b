import { createHash } from 'node:crypto';
import type { FlashSale } from '../../shared/plays/flash-sale/contract.ts';
import type { Product } from '../../shared/plays/shelf/contract.ts';
import type { ScheduleInput } from '../plays/flash-sale/flash-sale.store.ts';

/** When and what the demo's show sells next. Pure, so that all nodes of a demo come to the same answer. */

/** A host who closes a sale gets this long to start one of their own. */
export const QUIET_MS = 15_000;
const OPENS_IN_MS = 45_000;
const DURATION_MS = 5 * 60_000;
const STOCK_UNITS = 20;
const HOLD_MS = 120_000;
const PRICE_SHARE = 0.46;
const BASIS = 'Usual price in this room';

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
    // It names the sale that it follows: two nodes that decide at once mean the same sale.
    opId: `show-${createHash('sha256')
      .update(last?.saleId ?? 'first')
      .digest('hex')
      .slice(0, 24)}`,
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

/** The shelf in turn: the product behind the last one sold. */
function after(products: readonly Product[], lastProductId: string | undefined): Product | undefined {
  const index = products.findIndex((product) => product.productId === lastProductId);
  return products[(index + 1) % Math.max(1, products.length)];
}
