import type { BoardState } from './model.ts';

/** So long after the last answer the figures are said to be old: two polls and a slow answer are not news. */
const STALE_AFTER_MS = 8_000;

export type Freshness = 'loading' | 'failed' | 'fresh' | 'stale';

export function freshnessOf(
  { board, receivedAtMs, problem }: BoardState,
  isOnline: boolean,
  nowMs: number,
): Freshness {
  if (board === null) return problem === null ? 'loading' : 'failed';
  const isOld = nowMs - receivedAtMs > STALE_AFTER_MS;
  return isOld || !isOnline ? 'stale' : 'fresh';
}
