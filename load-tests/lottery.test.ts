import { afterEach, expect, it } from 'vitest';
import { Lifetimes } from './kit/lifetimes.ts';
import { silentProgress } from './kit/progress.ts';
import { runLottery } from './scenarios/lottery-1m/lottery-1m.ts';

const lifetimes = new Lifetimes();
afterEach(async () => {
  expect(await lifetimes.close()).toEqual([]);
});

it('a draw among 700 entrants by a node of its own is proved from its record, list and ledger', async () => {
  const plan = { entrants: 700, longEntrants: 200, winners: 20, pairs: 1, seed: 1 };
  const outcome = await runLottery(plan, { progress: silentProgress, lifetimes, pinning: null });
  expect(outcome.violations).toEqual([]);
  expect(outcome.figures.entrants).toBe(700);
  expect(outcome.figures.redisCommandsPerEntry).toBeLessThan(1);
}, 30_000);
