import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import type { Order } from '../../../shared/trade/order.ts';
import type { SaleState } from './reducer.ts';

/** What the button of a sale shows; one of these at a time. */
export type GrabState =
  | { state: 'before' | 'soon' | 'blocked'; leftMs: number }
  /** Open, but for fans of a level only, for so long. */
  | { state: 'fans-first'; leftMs: number; level: number }
  /** `offered`: your turn in line came. */
  | { state: 'held' | 'offered'; leftMs: number; order: Order }
  | { state: 'working'; doing: 'grab' | 'wait' | 'leave' | 'ending' }
  | { state: 'waiting'; position: number; waiting: number }
  | { state: 'limit'; units: number }
  | { state: 'open' | 'sold-out' | 'paid' | 'paused' | 'ended' | 'offline' };

/** What is yours: what a sale's state depends on besides the sale itself. */
export type Yours = {
  sales: SaleState;
  orders: readonly Order[];
  /** In the fan club; 0: not in it. */
  fanLevel: number;
};

/** From here on the card shows that it is about to open. */
export const SOON_MS = 10_000;

/**
 * What you hold comes first, then your place in line, then whether we can speak to the server at all, then the
 * sale's own phase. A sale that should have opened by the clock counts as about to open until the server says so:
 * a press before would only be refused.
 */
export function grabStateOf(sale: FlashSale, yours: Yours, isOnline: boolean, nowMs: number): GrabState {
  const { saleId } = sale;
  const { taken, places, outcomes, blockedUntilMs } = yours.sales;
  const order = holdOf(saleId, yours.orders);
  if (order !== undefined) {
    const leftMs = order.holdExpiresAtMs - nowMs;
    if (leftMs <= 0) return { state: 'working', doing: 'ending' };
    return { state: order.source === 'waitlist' ? 'offered' : 'held', leftMs, order };
  }
  const outcome = outcomes[saleId];
  if (outcome?.kind === 'working') return { state: 'working', doing: outcome.doing };
  const place = places.bySale[saleId];
  if (place !== undefined) return { state: 'waiting', position: place.position, waiting: place.waiting };
  const isFull = (taken[saleId] ?? 0) >= sale.limitPerBuyer;
  const isPaid = yours.orders.some((each) => each.state === 'PAID' && has(each, saleId));
  if (isPaid && (isFull || sale.phase === 'ended')) return { state: 'paid' };
  if (sale.phase === 'ended') return { state: 'ended' };
  if (!isOnline) return { state: 'offline' };
  if (sale.phase === 'scheduled') {
    const leftMs = sale.opensAtMs - nowMs;
    return leftMs > SOON_MS ? { state: 'before', leftMs } : { state: 'soon', leftMs: Math.max(0, leftMs) };
  }
  if (sale.endsAtMs <= nowMs) return { state: 'ended' };
  if (isFull) return { state: 'limit', units: sale.limitPerBuyer };
  if (sale.phase === 'paused') return { state: 'paused' };
  const earlyMs = earlyLeftMs(sale, nowMs);
  if (earlyMs > 0 && yours.fanLevel < sale.earlyLevel) {
    return { state: 'fans-first', leftMs: earlyMs, level: sale.earlyLevel };
  }
  if (blockedUntilMs > nowMs) return { state: 'blocked', leftMs: blockedUntilMs - nowMs };
  return { state: freeUnits(sale) === 0 ? 'sold-out' : 'open' };
}

/** How much longer a sale is for fans alone; 0: it is for everyone. */
export function earlyLeftMs({ opensAtMs, earlyMs }: FlashSale, nowMs: number): number {
  return earlyMs === 0 ? 0 : Math.max(0, opensAtMs + earlyMs - nowMs);
}

/** Units that anyone may grab: those in line come first. */
export function freeUnits({ available, waiting }: FlashSale): number {
  return Math.max(0, available - waiting);
}

/** The hold of yours that ends first. */
function holdOf(saleId: string, orders: readonly Order[]): Order | undefined {
  const [first] = orders
    .filter((order) => order.state === 'HELD' && has(order, saleId))
    .toSorted((a, b) => a.holdExpiresAtMs - b.holdExpiresAtMs);
  return first;
}

function has({ lines }: Order, saleId: string): boolean {
  return lines.some((line) => line.saleId === saleId);
}

const ENDED_SHOWN_MS = 60_000;
/** How long the end of an order stays to be read on the card of its sale. */
export const ORDER_NOTE_MS = 60_000;

/** The latest of your orders of a sale, if it ended a moment ago in a way that the button does not show. */
export function endedOrderOf(saleId: string, orders: readonly Order[], nowMs: number): Order | undefined {
  const last = orders.find((order) => has(order, saleId));
  if (last === undefined || last.state === 'HELD' || last.state === 'PAID') return undefined;
  const isRecent = nowMs - last.updatedAtMs < ORDER_NOTE_MS;
  return isRecent || last.state === 'REFUND_REQUIRED' ? last : undefined;
}

/**
 * The sales worth showing, most urgent first: what you hold, what opens in a moment, what can be grabbed (the
 * latest first: that is what the host talks about), where you stand in line, what is sold out or paused, what
 * waits. With none of these, the one that has ended within the last minute.
 */
export function salesToShow(yours: Yours, nowMs: number): FlashSale[] {
  const { sales, places } = yours.sales;
  const held = yours.orders.filter(({ state }) => state === 'HELD').flatMap(({ lines }) => lines);
  const heldSaleIds = new Set(held.map(({ saleId }) => saleId));
  const isYours = ({ saleId }: FlashSale) => heldSaleIds.has(saleId) || places.bySale[saleId] !== undefined;
  const rank = (sale: FlashSale): number => {
    if (heldSaleIds.has(sale.saleId)) return 0;
    if (sale.phase === 'scheduled') return sale.opensAtMs - nowMs <= SOON_MS ? 1 : 5;
    if (sale.phase === 'open' && freeUnits(sale) > 0) return 2;
    return isYours(sale) ? 3 : 4;
  };
  const byTime = (a: FlashSale, b: FlashSale) =>
    a.phase === 'scheduled' ? a.opensAtMs - b.opensAtMs : b.opensAtMs - a.opensAtMs;
  const current = sales.filter((sale) => sale.phase !== 'ended' || isYours(sale));
  if (current.length > 0) return current.sort((a, b) => rank(a) - rank(b) || byTime(a, b));
  return sales.filter(({ endsAtMs }) => nowMs - endsAtMs < ENDED_SHOWN_MS).slice(0, 1);
}
