import { describe, expect, it } from 'vitest';
import { rateProblem, withhold } from './rate.ts';

const kept = {
  ...{ planned: 500, sent: 500, plannedMs: 10_000, sendingMs: 10_020 },
  ...{ latestSendMs: 12, busyShare: 0.4 },
};
const problem = (changes: Partial<typeof kept>) => rateProblem({ ...kept, ...changes });

describe('rateProblem', () => {
  it('[LK5] finds nothing in a load that was kept', () => {
    expect(problem({})).toBeNull();
    expect(rateProblem({ planned: 10, sent: 10 })).toBeNull();
    expect(problem({ sent: 491 })).toBeNull();
  });

  it.each([
    [{ busyShare: 0.93 }, /generator was the bottleneck \(its core 93 % busy\)/],
    [{ busyShare: Number.NaN }, /bottleneck/],
    [{ sent: 480 }, /480 of 500 were sent/],
    [{ sendingMs: 10_400 }, /10400 ms instead of 10000/],
    [{ latestSendMs: 1200 }, /1200 ms late, in a burst/],
  ])('[LK5] says why a load is not what it should be: %j', (changes, message) => {
    expect(problem(changes)).toMatch(message);
  });

  it('allows for a short leg that a timer ends a moment late', () => {
    expect(rateProblem({ planned: 50, sent: 50, plannedMs: 1000, sendingMs: 1090 })).toBeNull();
  });
});

describe('withhold', () => {
  const figures = { ratio: 3, deliveries: 100 };

  it('[LK5] takes named figures out, with the first reason and how many more there are', () => {
    expect(withhold(figures, ['ratio', 'unknown'], ['leg 1: late', 'leg 2: late'])).toEqual({
      figures: { deliveries: 100 },
      withheld: [{ figure: 'ratio', why: 'leg 1: late, and 1 more of the kind' }],
    });
  });

  it('leaves everything where there is no reason', () => {
    expect(withhold(figures, ['ratio'], [])).toEqual({ figures, withheld: [] });
  });
});
