import { afterEach, beforeEach, expect, it } from 'vitest';
import { Lifetimes } from './kit/lifetimes.ts';
import { silentProgress } from './kit/progress.ts';
import { chatFlood } from './scenarios/chat-flood.ts';

let lifetimes: Lifetimes;
beforeEach(() => {
  lifetimes = new Lifetimes();
});
afterEach(async () => {
  expect(await lifetimes.close()).toEqual([]);
});

it('[LK23] a flood for 40 viewers reaches each of them once, on ours, the baseline and the floor', async () => {
  const parameters = { viewers: 40, rate: 20, seconds: 1, pairs: 1, seed: 1, quick: true };
  const outcome = await chatFlood.run(parameters, { progress: silentProgress, lifetimes, pinning: null });
  expect(outcome.violations).toEqual([]);
  expect(outcome.figures).toMatchObject({ oursDeliveries: 800, baselineDeliveries: 800 });
  expect(outcome.figures.floorDeliveries ?? 800).toBe(800);
  expect(outcome.goals.map(({ figure }) => figure)).toContain('cpuPerDeliveryRatio');
}, 60_000);

it('[LK23] says how many viewers a rate needs', async () => {
  const parameters = { viewers: 40, rate: 50, seconds: 1, pairs: 1, seed: 1, quick: true };
  const run = chatFlood.run(parameters, { progress: silentProgress, lifetimes, pinning: null });
  await expect(run).rejects.toThrow('--rate 50 needs --viewers 63 or more');
});
