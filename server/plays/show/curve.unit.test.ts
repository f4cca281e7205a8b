import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketOf, Curve, MINUTE_MS, NOTHING } from './curve.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);
const row = fc.record({
  minute: fc.integer({ min: 0, max: 5000 }),
  viewers: fc.integer({ min: -1, max: 50 }),
  messages: fc.nat(9),
  revenueMinor: fc.integer({ min: -900, max: 900 }),
});

describe('a curve', () => {
  it('[SW4] has no gaps and no more rows than it may, and sums stay what they are', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), (rows) => {
        const curve = new Curve(100, 8);
        for (const { minute, ...more } of rows) curve.add(100 + minute, more);
        const buckets = curve.buckets();
        expect(buckets.length).toBeLessThanOrEqual(8);
        expect(buckets.map(({ atMs }) => atMs)).toEqual(
          buckets.map((_, i) => 100 * MINUTE_MS + i * curve.bucketMs),
        );
        expect(curve.sum()).toMatchObject({
          viewers: Math.max(-1, ...rows.map(({ viewers }) => viewers)),
          messages: rows.reduce((sum, { messages }) => sum + messages, 0),
          revenueMinor: rows.reduce((sum, { revenueMinor }) => sum + revenueMinor, 0),
        });
      }),
      { seed },
    );
  });

  it('[SW4] of two, each row is that of the same time in both, whichever came further', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), fc.array(row, { maxLength: 40 }), (some, others) => {
        const [one, other, both] = [new Curve(7, 16), new Curve(7, 16), new Curve(7, 16)];
        for (const { minute, ...more } of some) one.add(7 + minute, more);
        for (const { minute, ...more } of others) other.add(7 + minute, more);
        for (const { minute, ...more } of [...some, ...others]) both.add(7 + minute, more);
        expect(Curve.sumOf(one, other).buckets()).toEqual(both.buckets());
        expect(Curve.sumOf(other, one).bucketMs).toBe(both.bucketMs);
      }),
      { seed },
    );
  });

  it('[SW4] takes what a clock that was put back says as of its beginning', () => {
    const curve = new Curve(10, 4);
    curve.add(3, { messages: 1 });
    expect(curve.buckets()).toEqual([bucketOf(10 * MINUTE_MS, { ...NOTHING, messages: 1 })]);
  });

  it('[SW11] tells nobody from not known', () => {
    const curve = new Curve(10, 4);
    curve.add(11, { viewers: 0 });
    expect(curve.buckets().map(({ viewers }) => viewers)).toEqual([null, 0]);
  });
});
