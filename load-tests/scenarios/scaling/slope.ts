import { sum } from '../../kit/stats.ts';

export type Point = { viewers: number; cpuPerSecond: number };

/** Slope of the least-squares line through (ln viewers, ln cpu): 1 means that a viewer costs the same in any crowd. */
export function logLogSlope(points: readonly Point[]): number {
  const xs = points.map(({ viewers }) => Math.log(viewers));
  const ys = points.map(({ cpuPerSecond }) => Math.log(cpuPerSecond));
  const [meanX, meanY] = [sum(xs) / xs.length, sum(ys) / ys.length];
  const covariance = sum(xs.map((x, i) => (x - meanX) * ((ys[i] ?? Number.NaN) - meanY)));
  return covariance / sum(xs.map((x) => (x - meanX) ** 2));
}

/**
 * What the same messages cost with nobody to deliver them to: what was measured with the talkers alone, less what they
 * themselves cost as an audience.
 */
export function fixedCost(alone: Point, largest: Point): number {
  const each = (largest.cpuPerSecond - alone.cpuPerSecond) / (largest.viewers - alone.viewers);
  return Math.max(0, alone.cpuPerSecond - each * alone.viewers);
}

export const lessFixed = (points: readonly Point[], fixed: number): Point[] =>
  points.map(({ viewers, cpuPerSecond }) => ({ viewers, cpuPerSecond: cpuPerSecond - fixed }));
