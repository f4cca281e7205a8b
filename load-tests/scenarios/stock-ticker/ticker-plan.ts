import type { DecrementsResult } from '../../bots/sale/methods.ts';
import type { SaleWish } from '../sale-stage.ts';

/** What our nodes and a deployment are asked alike. */

export const ANSWER_TIMEOUT_MS = 30_000;
export const SETTLE_TIMEOUT_MS = 5000;

/** A sale of which half the units are taken, everybody's share as large as it must be. */
export function wishOf(
  { viewers, rate, seconds }: { viewers: number; rate: number; seconds: number },
  productId: string,
): SaleWish {
  const units = Math.round(rate * seconds);
  const limitPerBuyer = Math.ceil(units / viewers);
  return { productId, stock: units * 2, opensInMs: 0, limitPerBuyer, guard: 'none' };
}

/** After the first, which leaves at once: n intervals have n + 1 ends. */
export const framesPerSecond = ({ framesPerSocket, sendingMs }: DecrementsResult): number =>
  Math.max(0, framesPerSocket - 1) / (sendingMs / 1000);
