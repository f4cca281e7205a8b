import { describe, expect, it } from 'vitest';
import { pairedRatio, ratioFigures } from './interval.ts';

const leg = (side: 'ours' | 'baseline', cost: number) => ({ side, cost });
const cost = (of: { cost: number }) => of.cost;

describe('pairedRatio', () => {
  it('[LK11] is the median of the ratios of the pairs, whichever side went first', () => {
    const pairs = [
      [leg('baseline', 8), leg('ours', 2)],
      [leg('ours', 1), leg('baseline', 6)],
      // Twice as slow both: the weather of a pair cancels out.
      [leg('baseline', 20), leg('ours', 4)],
    ];
    const ratio = pairedRatio(pairs, 'baseline', 'ours', cost);
    expect(ratio).toEqual({ ratios: [4, 6, 5], median: 5, min: 4, max: 6 });
    expect(ratioFigures('cpuRatio', ratio)).toEqual({ cpuRatio: 5, cpuRatioMin: 4, cpuRatioMax: 6 });
  });

  it('[LK11] is not a number when a leg measured nothing', () => {
    const pairs = [
      [leg('ours', 1), leg('baseline', 2)],
      [leg('ours', 0), leg('baseline', 2)],
    ];
    expect(pairedRatio(pairs, 'baseline', 'ours', cost).median).toBeNaN();
    const none: ReturnType<typeof leg>[][] = [];
    expect(pairedRatio(none, 'baseline', 'ours', cost).median).toBeNaN();
  });

  it('does not take a pair without one of the sides', () => {
    expect(() => pairedRatio([[leg('ours', 1)]], 'baseline', 'ours', cost)).toThrow(
      'Pair 1 has no leg of baseline.',
    );
  });

  it('rounds figures to what was measured', () => {
    expect(ratioFigures('x', { median: 1.234567, min: 1, max: 12.34567 })).toEqual({
      ...{ x: 1.235, xMin: 1, xMax: 12.35 },
    });
  });
});
