import { afterEach, beforeEach, expect, it } from 'vitest';
import { Lifetimes } from './kit/lifetimes.ts';
import { silentProgress } from './kit/progress.ts';
import { runStampede } from './scenarios/flash-sale-stampede.ts';
import { measureInStock } from './scenarios/stampede-in-stock.ts';
import { measureRedisCost } from './scenarios/stampede-redis-cost.ts';
import { stockTicker } from './scenarios/stock-ticker/stock-ticker.ts';

let lifetimes: Lifetimes;
beforeEach(() => {
  lifetimes = new Lifetimes();
});
afterEach(async () => {
  expect(await lifetimes.close()).toEqual([]);
});

it('[FS2] a stampede of 300 users on two nodes oversells nothing and loses no answer', async () => {
  const plan = { users: 300, units: 20, grabsPerUser: 4, seed: 1, pausesMs: [50, 200] as const };
  const outcome = await runStampede(plan, { progress: silentProgress, lifetimes, pinning: null });
  expect(outcome.violations).toEqual([]);
  expect(outcome.figures.grabs).toBe(1200);
  expect(outcome.figures.redisCommandsPerGrab).toBeLessThan(1);
}, 90_000);

it('[FS2] with units for all, everybody gets one on ours and on the plain server', async () => {
  const plan = { viewers: 40, grabs: 40, pairs: 1 };
  const context = { progress: silentProgress, lifetimes, pinning: null };
  const { figures, violations } = await measureInStock(plan, context);
  expect(violations).toEqual([]);
  expect(figures.baselinePacketsPerViewerAndLeg).toBe(40);
  expect(figures.oursPacketsPerViewerAndLeg).toBeLessThan(40);
}, 90_000);

it('what a batch costs Redis is measured against its grabs one by one', async () => {
  const context = { progress: silentProgress, lifetimes, pinning: null };
  const { figures } = await measureRedisCost({ pairs: 1, grabs: 640 }, context);
  expect(figures.redisMicrosBatched).toBeGreaterThan(0);
  expect(figures.redisMicrosSingle).toBeGreaterThan(0);
}, 90_000);

it('[FS14] however fast the stock changes, viewers are told now and then, and of the last in the end', async () => {
  const context = { progress: silentProgress, lifetimes, pinning: null };
  const outcome = await stockTicker.run({ viewers: 60, rate: 150, seconds: 1, quick: true }, context);
  expect(outcome.violations).toEqual([]);
  expect(outcome.figures.finalStateLagMs).toBeLessThan(5000);
  expect(outcome.tables?.legs).toHaveLength(3);
}, 90_000);
