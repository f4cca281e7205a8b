import { afterEach, expect, it } from 'vitest';
import { Lifetimes } from './kit/lifetimes.ts';
import { silentProgress } from './kit/progress.ts';
import { runSlowReaders } from './scenarios/slow-readers/slow-readers.ts';

const lifetimes = new Lifetimes();
afterEach(async () => {
  expect(await lifetimes.close()).toEqual([]);
});

it('[RT14] 4 of 64 viewers who stop to read get back to the same state, and are closed when they stay slow', async () => {
  const plan = {
    ...{ viewers: 60, stalled: 4, rate: 20, firstMessages: 600, seconds: 1, pairs: 1, seed: 1 },
    slowReaderMs: 6000,
  };
  const outcome = await runSlowReaders(plan, { progress: silentProgress, lifetimes, pinning: null });
  expect(outcome.violations).toEqual([]);
  expect(outcome.figures.resumedShare).toBe(1);
  expect(outcome.figures.disconnectedShare).toBe(1);
}, 90_000);
