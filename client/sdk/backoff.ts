import type { Random } from './time.ts';

export const RECONNECT_MIN_MS = 500;
export const RECONNECT_MAX_MS = 10_000;
const GROWTH = 1.6;

/** Grows by six tenths from `minMs` to `maxMs`; the upper half is random, so that a crowd does not come back at once. */
export function backoffMs(
  attempt: number,
  random: Random,
  minMs = RECONNECT_MIN_MS,
  maxMs = RECONNECT_MAX_MS,
): number {
  const ceiling = Math.min(maxMs, minMs * GROWTH ** Math.min(attempt, 20));
  return Math.round(ceiling * (0.5 + random() * 0.5));
}

/** After the server closed on purpose (a deploy): soon, spread over a second. */
export function returnMs(random: Random): number {
  return Math.round(100 + random() * 900);
}
