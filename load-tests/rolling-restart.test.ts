import { afterEach, expect, it } from 'vitest';
import { Lifetimes } from './kit/lifetimes.ts';
import { silentProgress } from './kit/progress.ts';
import { runRollingRestart } from './scenarios/rolling-restart/rolling-restart.ts';

const lifetimes = new Lifetimes();
afterEach(async () => {
  expect(await lifetimes.close()).toEqual([]);
});

it('[LK31] [LK32] 80 viewers who chat and tap while two nodes are replaced see no error and miss nothing', async () => {
  const plan = {
    ...{ viewers: 80, nodes: 2, messagesPerSecond: 10, seed: 1 },
    ...{ saleEveryMs: 1500, pauseMs: 500, drainMs: 2000 },
  };
  const outcome = await runRollingRestart(plan, { progress: silentProgress, lifetimes, pinning: null });
  expect(outcome.violations).toEqual([]);
  expect(outcome.figures).toMatchObject({ restarts: 2, missedEvents: 0, userVisibleErrors: 0 });
  // Whoever was on the first node had to go at least once.
  expect(outcome.figures.reconnectsPerViewer).toBeGreaterThan(0.4);
  expect(outcome.figures.grabs).toBeGreaterThanOrEqual(160);
}, 60_000);
