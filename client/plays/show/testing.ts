import type { ShowBucket, ShowOrder, ShowTotals } from '../../../shared/plays/show/contract.ts';
import type { Board } from './model.ts';

/** Samples for the tests of this play. */

export const MINUTE_MS = 60_000;
/** The last minute of `minutesOf` begins here. */
export const LAST_MINUTE_MS = 100 * MINUTE_MS;

/** A minute each, oldest first, the last one at `LAST_MINUTE_MS`. */
export function minutesOf(parts: readonly Partial<ShowBucket>[]): ShowBucket[] {
  return parts.map((part, i) => ({
    atMs: LAST_MINUTE_MS - (parts.length - 1 - i) * MINUTE_MS,
    viewers: null,
    ...{ messages: 0, grabs: 0, held: 0, paid: 0, revenueMinor: 0 },
    ...part,
  }));
}

export function sampleOrder(part: Partial<ShowOrder> & { no: number }): ShowOrder {
  return {
    orderId: `o${part.no}-AAAAAAAAAAAA`,
    userId: 'ana',
    name: 'Ana',
    lines: [{ saleId: 's1', title: 'Linen shirt', quantity: 1, unitPriceMinor: 5900 }],
    amountMinor: 5900,
    currency: 'CNY',
    state: 'HELD',
    source: 'grab',
    madeAtMs: 1_000,
    changedAtMs: 1_000,
    holdExpiresAtMs: 121_000,
    ...part,
  };
}

export function sampleBoard(part: Partial<Board> = {}): Board {
  return { serverNowMs: 1_000_000, minutes: [], totals: null, orders: [], ...part };
}

export const NO_TOTALS: ShowTotals = {
  ...{ viewersMost: 0, visitors: 0, messages: 0, grabs: 0, orders: 0, paidOrders: 0, buyers: 0 },
  ...{ heldUnits: 0, paidUnits: 0, revenueMinor: 0, returnedMinor: 0, followersGained: 0 },
};
