import { afterEach, expect, it } from 'vitest';
import { Lifetimes } from './kit/lifetimes.ts';
import { silentProgress } from './kit/progress.ts';
import { runStorm } from './scenarios/order-storm/order-storm.ts';

const lifetimes = new Lifetimes();
afterEach(async () => {
  expect(await lifetimes.close()).toEqual([]);
});

it('a storm of 100 buyers on two nodes, one of which is killed, breaks no invariant', async () => {
  const plan = {
    ...{ buyers: 100, nodes: 2, seed: Number(process.env.LIVESTALL_TEST_SEED ?? 1) % 1000 },
    ...{ actForMs: 4000, settleForMs: 2500, killEveryMs: 2500, killsMax: 1 },
    pausesMs: [100, 800] as [number, number],
  };
  const outcome = await runStorm(plan, { progress: silentProgress, lifetimes, pinning: null });
  expect(outcome.violations).toEqual([]);
  expect(outcome.figures.kills).toBe(1);
  expect(outcome.figures.acknowledged).toBeGreaterThan(100);
  expect(outcome.figures.latePaymentsGivenUnits).toBeGreaterThan(0);
}, 60_000);
