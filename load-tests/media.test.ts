import { afterEach, expect, it } from 'vitest';
import { Lifetimes } from './kit/lifetimes.ts';
import { silentProgress } from './kit/progress.ts';
import { runFanout } from './scenarios/media-fanout/media-fanout.ts';

const lifetimes = new Lifetimes();
afterEach(async () => {
  expect(await lifetimes.close()).toEqual([]);
});

it('a publisher reaches six receivers over three relays, and is asked for few key frames while ten join', async () => {
  const plan = {
    ...{ viewers: 6, seconds: 0.6, pairs: 1, controlPairs: 1 },
    ...{ storm: { joins: 10, seconds: 1.2 }, ramp: { step: 10, most: 6, seconds: 0.3 } },
  };
  const outcome = await runFanout(plan, { progress: silentProgress, lifetimes, pinning: null });
  expect(outcome.violations).toEqual([]);
  expect(outcome.figures.consumersPerCore).toBe(6);
  expect(outcome.figures.keyFrameRequestsPerSecond).toBeLessThanOrEqual(1);
  expect(outcome.figures.microsPerPacket).toBeGreaterThan(0);
}, 30_000);
