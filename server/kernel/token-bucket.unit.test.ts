import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RateLimits } from './rate-limits.ts';
import { TokenBucket } from './token-bucket.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);
const rates = fc.record({
  perSecond: fc.integer({ min: 1, max: 50 }),
  burst: fc.integer({ min: 1, max: 50 }),
});

it('[KN11] lets a burst through at once, then the rate', () => {
  const bucket = new TokenBucket({ perSecond: 2, burst: 3 }, 0);
  expect([1, 2, 3].map(() => bucket.take(0))).toEqual([0, 0, 0]);
  expect(bucket.take(0)).toBe(500);
  expect(bucket.take(250)).toBe(250);
  expect(bucket.take(500)).toBe(0);
  expect(bucket.take(500)).toBe(500);
});

it('[KN11] never lets more through than burst + time × rate, and the wait it tells is enough', () => {
  fc.assert(
    fc.property(rates, fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 }), (rate, gapsMs) => {
      const bucket = new TokenBucket(rate, 0);
      let nowMs = 0;
      let passed = 0;
      for (const gapMs of gapsMs) {
        nowMs += gapMs;
        const waitMs = bucket.take(nowMs);
        if (waitMs === 0) passed += 1;
        else {
          expect(Number.isInteger(waitMs) && waitMs > 0).toBe(true);
          nowMs += waitMs;
          expect(bucket.take(nowMs)).toBe(0);
          passed += 1;
        }
        expect(passed).toBeLessThanOrEqual(rate.burst + (nowMs / 1000) * rate.perSecond + 1e-6);
      }
    }),
    { seed },
  );
});

it('[KN11] the wait it tells is enough where fractions of a token do not add up (seed 1421492694)', () => {
  const bucket = new TokenBucket({ perSecond: 20, burst: 1 }, 0);
  expect(bucket.take(0)).toBe(0);
  expect(bucket.take(4)).toBe(46);
  expect(bucket.take(50)).toBe(0);
});

it('[KN11] a clock that goes back takes nothing and gives nothing', () => {
  const bucket = new TokenBucket({ perSecond: 1, burst: 1 }, 10_000);
  expect(bucket.take(10_000)).toBe(0);
  expect(bucket.take(5000)).toBe(1000);
  expect(bucket.take(5500)).toBe(500);
});

it('[KN11] what is spent without a token is paid back before others pass, but no more than a burst', () => {
  const bucket = new TokenBucket({ perSecond: 10, burst: 10 }, 0);
  for (let i = 0; i < 1000; i += 1) bucket.spend(0);
  expect(bucket.available(0)).toBe(0);
  expect(bucket.available(1000)).toBe(0);
  expect(bucket.available(1100)).toBe(1);
  expect(bucket.available(60_000)).toBe(10);
});

it('[KN12] a limit is forgotten only once it is full again', () => {
  let nowMs = 0;
  const limits = new RateLimits({ nowMs: () => 0, monotonicMs: () => nowMs });
  const slow = { perSecond: 0.01, burst: 1 };
  const quick = { perSecond: 10, burst: 1 };
  expect(limits.take('slow', slow)).toBe(0);
  for (let i = 0; i < 500; i += 1) limits.take(`quick ${i}`, quick);
  nowMs += 31_000;
  expect(limits.take('slow', slow)).toBeGreaterThan(0);
  expect(limits.size).toBe(1);
  nowMs += 100_000;
  expect(limits.take('other', quick)).toBe(0);
  expect(limits.size).toBe(1);
});
