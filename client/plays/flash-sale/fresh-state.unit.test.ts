import { expect, test } from 'vitest';
import { meantBy, SETTLE_MS } from './fresh-state.ts';

test('[PG16] a press right after the button has changed means what it said before', () => {
  const meant = (
    from: 'open' | 'working' | 'sold-out' | null,
    state: 'open' | 'sold-out' | 'held' | 'waiting',
  ) => meantBy({ state, from, atMs: 1_000 }, 1_000 + SETTLE_MS - 1);
  expect(meant('open', 'sold-out')).toBe('grab');
  expect([meant('working', 'held'), meant('working', 'waiting'), meant('working', 'sold-out')]).toEqual([
    ...['nothing', 'nothing', 'nothing'],
  ]);
  expect([meant('sold-out', 'open'), meant(null, 'sold-out')]).toEqual(['now', 'now']);
});

test('[PG16] after that it means what it says', () => {
  const meant = (state: 'sold-out' | 'held' | 'waiting') =>
    meantBy({ state, from: 'open', atMs: 1_000 }, 1_000 + SETTLE_MS);
  expect([meant('sold-out'), meant('held'), meant('waiting')]).toEqual(['now', 'now', 'now']);
});
