import { expect, it } from 'vitest';
import { distribution, percentilesOverTime } from './series.ts';

it('a distribution tells no percentile that so few values do not have', () => {
  const values = Array.from({ length: 100 }, (_, n) => n + 1);
  const told = distribution('ours', 'ms', values, 'latency');
  expect(told).toMatchObject({ name: 'ours', unit: 'ms', count: 100, group: 'latency' });
  expect(Object.fromEntries(told.percentiles.map(([share, value]) => [share, value]))).toEqual({
    ...{ 0: 1, 0.05: 5, 0.1: 10, 0.25: 25, 0.5: 50, 0.75: 75, 0.9: 90, 0.95: 95, 0.99: 99, 1: 100 },
  });
  expect(distribution('none', 'ms', []).percentiles).toEqual([]);
});

it('percentiles over time have one point a step, and none where nothing came', () => {
  const samples = [
    [2100, 30],
    [10, 1],
    [990, 3],
  ] as const;
  const [p50, p99] = percentilesOverTime(samples, { unit: 'ms', group: 'g', stepMs: 1000, prefix: 'ours ' });
  expect(p50).toEqual({
    ...{ name: 'ours p50', unit: 'ms', group: 'g' },
    points: [
      [1, 1],
      [3, 30],
    ],
  });
  expect(p99?.points).toEqual([
    [1, 3],
    [3, 30],
  ]);
});
