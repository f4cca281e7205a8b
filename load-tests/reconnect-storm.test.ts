import { afterEach, expect, it } from 'vitest';
import { Lifetimes } from './kit/lifetimes.ts';
import { silentProgress } from './kit/progress.ts';
import { runReconnectStorm } from './scenarios/reconnect-storm/reconnect-storm.ts';

const lifetimes = new Lifetimes();
afterEach(async () => {
  expect(await lifetimes.close()).toEqual([]);
});

it('[LK31] 80 viewers whose node is killed come back on the other one and miss nothing', async () => {
  const plan = { viewers: 80, messagesPerSecond: 20, chatSeconds: 2.5, pairs: 1, seed: 1 };
  const outcome = await runReconnectStorm(plan, { progress: silentProgress, lifetimes, pinning: null });
  expect(outcome.violations).toEqual([]);
  expect(outcome.figures).toMatchObject({ resumedShare: 1, missedEvents: 0, repeatedEvents: 0 });
  expect(outcome.figures.oursTimeTo99Ms).toBeGreaterThan(0);
  expect(outcome.figures.baselineTimeTo99Ms).toBeGreaterThan(0);
}, 60_000);
