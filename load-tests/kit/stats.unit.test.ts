import { describe, expect, it } from 'vitest';
import { seeded } from './random.ts';
import { abba, interval, median, percentile, significant, sum } from './stats.ts';

describe('median', () => {
  it('is the middle value, or the mean of the two middle ones', () => {
    expect(median([5, 1, 3])).toBe(3);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([7])).toBe(7);
    expect(median([])).toBeNaN();
  });

  it('sorts by value, not as text, and leaves its input alone', () => {
    const values = [10, 9, 100];
    expect(median(values)).toBe(10);
    expect(values).toEqual([10, 9, 100]);
  });
});

describe('percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);

  it('is the nearest rank', () => {
    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile(hundred, 1)).toBe(100);
    expect(percentile([3], 0.99)).toBe(3);
    expect(percentile([], 0.5)).toBeNaN();
  });
});

describe('interval, sum, significant, abba', () => {
  it('gives the median between the extremes', () => {
    expect(interval([4, 2, 9])).toEqual({ median: 4, min: 2, max: 9 });
  });

  it('adds, and rounds to significant digits', () => {
    expect(sum([1, 2, 3])).toBe(6);
    expect(significant(0.123456)).toBe(0.1235);
    expect(significant(123456)).toBe(123500);
    expect(significant(Number.NaN)).toBeNaN();
  });

  it('turns every second pair round', () => {
    expect(abba(3, 'a', 'b')).toEqual([
      ['a', 'b'],
      ['b', 'a'],
      ['a', 'b'],
    ]);
  });
});

describe('seeded', () => {
  it('repeats itself, and differs by seed', () => {
    const draw = (seed: number) => {
      const random = seeded(seed);
      return Array.from({ length: 20 }, () => random.between(0, 9));
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expect(new Set(Array.from({ length: 300 }, (_, seed) => draw(seed)[0])).size).toBe(10);
  });
});
