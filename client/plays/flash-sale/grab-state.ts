import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import type { SaleState } from './reducer.ts';

/** What the button of a sale shows; one of these at a time. */
export type GrabState =
  | { state: 'before' | 'soon' | 'held' | 'blocked'; leftMs: number }
  | { state: 'working'; releasing: boolean }
  | { state: 'limit'; units: number }
  | { state: 'open' | 'sold-out' | 'paused' | 'ended' | 'offline' };

/** From here on the card shows that it is about to open. */
export const SOON_MS = 10_000;

/**
 * What you hold comes first, then whether we can speak to the server at all, then the sale's own phase.
 * A sale that should have opened by the clock counts as about to open until the server says so: a press
 * before would only be refused.
 */
export function grabStateOf(sale: FlashSale, yours: SaleState, isOnline: boolean, nowMs: number): GrabState {
  const hold = yours.holds.find(({ saleId }) => saleId === sale.saleId);
  if (hold !== undefined) {
    const leftMs = hold.holdExpiresAtMs - nowMs;
    return leftMs > 0 ? { state: 'held', leftMs } : { state: 'working', releasing: true };
  }
  if (yours.outcomes[sale.saleId]?.kind === 'working') return { state: 'working', releasing: false };
  if (sale.phase === 'ended') return { state: 'ended' };
  if (!isOnline) return { state: 'offline' };
  if (sale.phase === 'scheduled') {
    const leftMs = sale.opensAtMs - nowMs;
    return leftMs > SOON_MS ? { state: 'before', leftMs } : { state: 'soon', leftMs: Math.max(0, leftMs) };
  }
  if (sale.endsAtMs <= nowMs) return { state: 'ended' };
  if ((yours.taken[sale.saleId] ?? 0) >= sale.limitPerBuyer) {
    return { state: 'limit', units: sale.limitPerBuyer };
  }
  if (sale.phase === 'paused') return { state: 'paused' };
  if (yours.blockedUntilMs > nowMs) return { state: 'blocked', leftMs: yours.blockedUntilMs - nowMs };
  return sale.available === 0 ? { state: 'sold-out' } : { state: 'open' };
}

const ENDED_SHOWN_MS = 60_000;

/**
 * The sales worth showing, most urgent first: what you hold, what opens in a moment, what can be grabbed (the
 * latest first: that is what the host talks about), what is sold out or paused, what waits. With none of
 * these, the one that has ended within the last minute.
 */
export function salesToShow(yours: SaleState, nowMs: number): FlashSale[] {
  const heldSaleIds = new Set(yours.holds.map(({ saleId }) => saleId));
  const rank = (sale: FlashSale): number => {
    if (heldSaleIds.has(sale.saleId)) return 0;
    if (sale.phase === 'scheduled') return sale.opensAtMs - nowMs <= SOON_MS ? 1 : 4;
    return sale.phase === 'open' && sale.available > 0 ? 2 : 3;
  };
  const byTime = (a: FlashSale, b: FlashSale) =>
    a.phase === 'scheduled' ? a.opensAtMs - b.opensAtMs : b.opensAtMs - a.opensAtMs;
  const current = yours.sales.filter(({ saleId, phase }) => phase !== 'ended' || heldSaleIds.has(saleId));
  if (current.length > 0) return current.sort((a, b) => rank(a) - rank(b) || byTime(a, b));
  return yours.sales.filter(({ endsAtMs }) => nowMs - endsAtMs < ENDED_SHOWN_MS).slice(0, 1);
}
