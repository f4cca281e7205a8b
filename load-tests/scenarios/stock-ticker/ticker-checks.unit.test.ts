import { expect, it } from 'vitest';
import { type TickerAftermath, tickerViolations } from './ticker-checks.ts';

function fine(): TickerAftermath {
  const holds = ['a', 'b', 'c'].map((userId) => ({ orderId: `o-${userId}`, userId, quantity: 1 }));
  return {
    result: {
      ...{ planned: 3, sent: 3, answered: 3, answers: { OK: 3 }, retries: {}, sendingMs: 1, latestSendMs: 0 },
      ...{ busyShare: 0, latenciesMs: [1, 1, 1], framesPerSocket: 1, grantedAtMs: 1 },
    },
    seen: { sampled: 1, frames: 2, known: [{ available: 7, commitAtMs: 1, seenAtMs: 2 }] },
    stored: {
      ...{ sale: { total: 10, available: 7, held: 3, sold: 0 }, holds, ledgerHolds: holds },
      ...{ buyers: { a: 1, b: 1, c: 1 }, ledgerGaps: 0 },
    },
  };
}

it('a leg in which all is well has no violation', () => {
  expect(tickerViolations(fine())).toEqual([]);
});

it.each<[string, (after: TickerAftermath) => void]>([
  ['answered', ({ result }) => (result.answered = 2)],
  ['not all were granted', ({ result }) => (result.answers = { OK: 2, SOLD_OUT: 1 })],
  ['of 10', ({ stored }) => (stored.sale.available = 6)],
  ['Redis holds 4', ({ stored }) => (stored.sale.held = 4)],
  ['Redis has 2 orders', ({ stored }) => (stored.holds = stored.holds.slice(1))],
  ['the ledger tells of 2', ({ stored }) => (stored.ledgerHolds = stored.ledgerHolds.slice(1))],
  ['gaps', ({ stored }) => (stored.ledgerGaps = 1)],
  ['0 of 1 sampled', ({ seen }) => (seen.known = [])],
])('says "%s" where it is so', (words, spoil) => {
  const after = fine();
  spoil(after);
  expect(tickerViolations(after).join('\n')).toContain(words);
});
