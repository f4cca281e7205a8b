import { afterEach, expect, it } from 'vitest';
import { Lifetimes } from './kit/lifetimes.ts';
import { silentProgress } from './kit/progress.ts';
import { runStampede } from './scenarios/flash-sale-stampede.ts';

const lifetimes = new Lifetimes();
afterEach(async () => {
  expect(await lifetimes.close()).toEqual([]);
});

it('[FS2] a stampede of 300 users on two nodes oversells nothing and loses no answer', async () => {
  const plan = { users: 300, units: 20, grabsPerUser: 4, seed: 1, pausesMs: [50, 200] as const };
  const outcome = await runStampede(plan, { progress: silentProgress, lifetimes, pinning: null });
  expect(outcome.violations).toEqual([]);
  expect(outcome.figures.grabs).toBe(1200);
  expect(outcome.figures.redisCommandsPerGrab).toBeLessThan(1);
}, 30_000);
