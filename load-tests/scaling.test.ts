import { afterEach, beforeEach, expect, it } from 'vitest';
import { Lifetimes } from './kit/lifetimes.ts';
import { silentProgress } from './kit/progress.ts';
import { runMillion } from './scenarios/million/million.ts';
import { runScaling } from './scenarios/scaling/scaling.ts';

let lifetimes: Lifetimes;
beforeEach(() => {
  lifetimes = new Lifetimes();
});
afterEach(async () => {
  expect(await lifetimes.close()).toEqual([]);
});

const context = () => ({ progress: silentProgress, lifetimes, pinning: null });

it('every viewer of 40 and 80 gets every message, on the way up and down', async () => {
  const outcome = await runScaling({ sizes: [40, 80], rate: 8, seconds: 1, seed: 1, down: true }, context());
  expect(outcome.violations).toEqual([]);
  expect(outcome.tables?.legs?.map(({ viewers }) => viewers)).toEqual([10, 10, 40, 80, 80, 40]);
  expect(outcome.tables?.legs?.map(({ deliveries }) => deliveries)).toEqual(
    [10, 10, 40, 80, 80, 40].map((viewers) => viewers * 8),
  );
}, 60_000);

it('the room code hands every frame to each of 500, 1,000 and 2,000 members without sockets', async () => {
  const outcome = await runMillion({ sizes: [500, 1000, 2000], legs: 2, packets: 20_000 }, context());
  expect(outcome.violations).toEqual([]);
  expect(outcome.figures.members).toBe(2000);
}, 30_000);
