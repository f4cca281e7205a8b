import { afterEach, expect, it } from 'vitest';
import { Lifetimes } from './kit/lifetimes.ts';
import { silentProgress } from './kit/progress.ts';
import { runJoinStorm } from './scenarios/join-storm/join-storm.ts';

const lifetimes = new Lifetimes();
afterEach(async () => {
  expect(await lifetimes.close()).toEqual([]);
});

it('[LK30] 120 viewers who come at once all get the whole room, and the message after it', async () => {
  const plan = { viewers: 120, pairs: 1, seed: 1 };
  const outcome = await runJoinStorm(plan, { progress: silentProgress, lifetimes, pinning: null });
  expect(outcome.violations).toEqual([]);
  expect(outcome.figures.cpuPerJoinRatio).toBeGreaterThan(0);
  expect(outcome.figures.snapshotBytes).toBeGreaterThan(5000);
  expect(outcome.figures.redisCommandsPerJoin).toBeGreaterThan(0);
  expect(outcome.figures.joinOnlyCpuMicros).toBeLessThan(outcome.figures.cpuMicrosPerJoin ?? 0);
}, 60_000);
