import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import type { RandomSource } from '../../kernel/random.ts';

/** How simulated buyers behave at a sale: like people, and never so that a visitor has no chance. Pure. */

/** In its first seconds simulated buyers take at most this share of the stock. */
export const EARLY_MS = 20_000;
export const EARLY_SHARE = 0.6;
/** These are left for visitors, always. */
export const LEFT_UNITS = 2;
/** So near the end one asks at a time, and only of what was told after the last one got theirs. */
const NEAR_UNITS = 5;
export const TOLD_WITHIN_MS = 1500;

export type Asked = {
  /** Units that simulated buyers hold or have paid. */
  taken: number;
  /** Asked for, not answered yet. */
  underWay: number;
  openForMs: number;
  /** Since one of them got a unit; the stock that was told may be older. */
  gotOneForMs: number;
};

/** Whether one more simulated buyer may ask for a unit now. */
export function mayAsk(
  sale: Pick<FlashSale, 'phase' | 'guard' | 'total' | 'available'>,
  asked: Asked,
): boolean {
  // A proof of work would cost the machine that shows the demo.
  if (sale.phase !== 'open' || sale.guard === 'work') return false;
  if (sale.available - asked.underWay <= LEFT_UNITS) return false;
  const isNear = sale.available - asked.underWay <= LEFT_UNITS + NEAR_UNITS;
  if (isNear && (asked.underWay > 0 || asked.gotOneForMs < TOLD_WITHIN_MS)) return false;
  const early = asked.openForMs < EARLY_MS ? Math.floor(sale.total * EARLY_SHARE) : sale.total - LEFT_UNITS;
  return asked.taken + asked.underWay < early;
}

/** From the opening to the tap: a third are quick, the others look first. */
export function reactionMs(random: RandomSource): number {
  if (random.next() < 0.35) return 280 + random.next() * 720;
  return 1000 + random.next() ** 2 * 17_000;
}

export type Fate = { what: 'pay' | 'release' | 'leave'; afterMs: number };

/** What becomes of a hold of so many ms. Most are paid soon; some are given back, some run out. */
export function fateOf(holdMs: number, random: RandomSource): Fate {
  const roll = random.next();
  const afterMs = Math.min(5000 + random.next() * 35_000, Math.max(0, holdMs - 5000));
  if (roll < 0.86) return { what: 'pay', afterMs };
  return { what: roll < 0.93 ? 'release' : 'leave', afterMs };
}
