import { describe, expect, it } from 'vitest';
import { fixedCost, lessFixed, logLogSlope } from './slope.ts';

const points = (cost: (viewers: number) => number) =>
  [1000, 2000, 4000, 8000, 16_000].map((viewers) => ({ viewers, cpuPerSecond: cost(viewers) }));

describe('logLogSlope', () => {
  it('is the power of the cost', () => {
    expect(logLogSlope(points((n) => n * 3e-6))).toBeCloseTo(1, 10);
    expect(logLogSlope(points((n) => n ** 1.2))).toBeCloseTo(1.2, 10);
    expect(logLogSlope(points(() => 0.5))).toBeCloseTo(0, 10);
  });

  it('is flatter where there is a fixed cost, and 1 again without it', () => {
    const cost = (n: number) => 0.02 + n * 4e-5;
    const measured = points(cost);
    expect(logLogSlope(measured)).toBeLessThan(0.9);
    const last = measured.at(-1) as (typeof measured)[number];
    const fixed = fixedCost({ viewers: 16, cpuPerSecond: cost(16) }, last);
    expect(fixed).toBeCloseTo(0.02, 10);
    expect(logLogSlope(lessFixed(measured, fixed))).toBeCloseTo(1, 10);
  });
});
