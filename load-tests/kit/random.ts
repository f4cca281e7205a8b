import { seededRandom } from '../../server/kernel/random.ts';

/** Seeded randomness, so that a run can be repeated. Not for secrets. */
export type Random = {
  /** In [0, 1). */
  next(): number;
  /** A whole number from `min` to `max`, both possible. */
  between(min: number, max: number): number;
  pick<T>(items: readonly [T, ...T[]]): T;
};

export function seeded(seed: number): Random {
  const { next } = seededRandom(seed);
  return {
    next,
    between: (min, max) => min + Math.floor(next() * (max - min + 1)),
    pick: (items) => items[Math.floor(next() * items.length)] ?? items[0],
  };
}
