import { afterEach, expect, it } from 'vitest';
import { Lifetimes } from './kit/lifetimes.ts';
import { silentProgress } from './kit/progress.ts';
import { runRaid } from './scenarios/moderation-raid/moderation-raid.ts';

const lifetimes = new Lifetimes();
afterEach(async () => {
  expect(await lifetimes.close()).toEqual([]);
});

it('a raid of 60 on 30 viewers is seen by nobody, and 20 raiders who are banned are gone', async () => {
  const plan = {
    ...{ viewers: 30, raiders: 60, addresses: 6, honestPerSecond: 10, raidPerSecond: 60 },
    ...{ seconds: 0.8, pairs: 1, banned: 20, seed: 1 },
  };
  const outcome = await runRaid(plan, { progress: silentProgress, lifetimes, pinning: null });
  expect(outcome.violations).toEqual([]);
  expect(outcome.figures.wordsBlocked).toBeGreaterThan(15);
  expect(outcome.figures.linksHeld).toBeGreaterThan(0);
}, 40_000);
