import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';

/** How a sale stands, as its host needs it: what is wrong, and the one thing to do about it. No DOM. */

/** What its host would do next: the button that stands out. */
export type NextAct = 'open' | 'resume' | 'restock' | 'extend' | 'close' | 'pause';
/** Why that; `well`: nothing needs doing. */
export type SalePulse = {
  next: NextAct;
  why: 'waits' | 'paused' | 'low' | 'gone' | 'all-sold' | 'ending' | 'well';
};

/** Fewer than this share of all units left is "few". */
const LOW_SHARE = 0.15;
const ENDING_MS = 60_000;
/** A sale of a minute is not "ending" from its first second on. */
const ENDING_SHARE = 0.25;
/** Nobody has to confirm less than this, whatever the sale had. */
const LARGE_UNITS = 100;
const LARGE_EXTENSION_MS = 15 * 60_000;

export function isLow({ available, total }: FlashSale): boolean {
  return available > 0 && available < total && available <= Math.max(1, Math.floor(total * LOW_SHARE));
}

export function isEnding({ phase, opensAtMs, endsAtMs, available }: FlashSale, nowMs: number): boolean {
  const withinMs = Math.min(ENDING_MS, (endsAtMs - opensAtMs) * ENDING_SHARE);
  return phase === 'open' && available > 0 && endsAtMs > nowMs && endsAtMs - nowMs <= withinMs;
}

export function pulseOf(sale: FlashSale, nowMs: number): SalePulse {
  const { phase, available, held, waiting } = sale;
  if (phase === 'scheduled') return { next: 'open', why: 'waits' };
  if (phase === 'paused') return { next: 'resume', why: 'paused' };
  if (available === 0) {
    // Held units may come back, and those in line want one: there is something to sell yet.
    return held === 0 && waiting === 0
      ? { next: 'close', why: 'all-sold' }
      : { next: 'restock', why: 'gone' };
  }
  if (isLow(sale)) return { next: 'restock', why: 'low' };
  if (isEnding(sale, nowMs)) return { next: 'extend', why: 'ending' };
  return { next: 'pause', why: 'well' };
}

/** Units that were never meant may be typed with one zero too many, and cannot be taken back. */
export function isLargeRestock({ total }: Pick<FlashSale, 'total'>, units: number): boolean {
  return units > Math.max(LARGE_UNITS, total * 2);
}

export function isLargeExtension(byMs: number): boolean {
  return byMs > LARGE_EXTENSION_MS;
}
