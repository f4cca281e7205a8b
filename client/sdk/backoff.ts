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

const FIRST_WITHIN_MS = 400;

/**
 * How long a lost connection waits for its `attempt`-th try (0: the first). A node that dies drops thousands in one
 * moment, and each knows only of itself: they spread evenly over a window, from its very start (full jitter), which
 * doubles with every try in vain. The first window is short, because the server spreads what it cannot take by
 * itself (`hintedMs`); so a few are back at once, and many as fast as they can be let in. Later tries leave at least
 * a quarter of their window, so that none hammers.
 */
export function reconnectMs(attempt: number, random: Random): number {
  const windowMs = Math.min(RECONNECT_MAX_MS, FIRST_WITHIN_MS * 2 ** Math.min(attempt, 20));
  return Math.round(windowMs * (attempt === 0 ? random() : 0.25 + random() * 0.75));
}

const HANDSHAKE_MIN_MS = 8_000;
const HANDSHAKE_MAX_MS = 20_000;

/**
 * How long the `attempt`-th try may take. Later ones get more: where a storm keeps a server busy, giving up early
 * throws away what it has already done, and asks it to do it again.
 */
export function handshakeMs(attempt: number): number {
  return Math.min(HANDSHAKE_MAX_MS, HANDSHAKE_MIN_MS * 1.5 ** Math.min(attempt, 20));
}

/** After the server closed on purpose and did not say when to come back: soon, spread over a second. */
export function returnMs(random: Random): number {
  return Math.round(100 + random() * 900);
}

export const HINT_MAX_MS = 60_000;
const HINT_SPREAD = 0.1;
const HINT_SPREAD_MIN_MS = 100;

/** The server said when: not earlier, a little spread, for several may have been told the same; a minute at most. */
export function hintedMs(retryAfterMs: number, random: Random): number {
  const saidMs = Math.min(retryAfterMs, (HINT_MAX_MS - HINT_SPREAD_MIN_MS) / (1 + HINT_SPREAD));
  return Math.floor(saidMs + random() * (HINT_SPREAD_MIN_MS + saidMs * HINT_SPREAD));
}
