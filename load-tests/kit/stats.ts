/** Small statistics over plain arrays. Nothing here changes its input. */

const sorted = (values: readonly number[]): Float64Array => Float64Array.from(values).sort();

const at = (values: Float64Array, index: number): number => values[index] ?? Number.NaN;

/** The middle value, or the mean of the two middle ones; NaN of nothing. */
export function median(values: readonly number[]): number {
  const ordered = sorted(values);
  const half = ordered.length >> 1;
  return ordered.length % 2 === 1 ? at(ordered, half) : (at(ordered, half - 1) + at(ordered, half)) / 2;
}

/**
 * Nearest-rank percentile: the smallest value that at least `share` of all values do not exceed.
 *
 * @param share over 0 up to 1, e.g. 0.99.
 */
export function percentile(values: readonly number[], share: number): number {
  const ordered = sorted(values);
  return at(ordered, Math.max(0, Math.ceil(share * ordered.length) - 1));
}

export type Interval = { median: number; min: number; max: number };

/** Median with the least and the greatest value, the interval that the kit reports. */
export function interval(values: readonly number[]): Interval {
  const ordered = sorted(values);
  return { median: median(values), min: at(ordered, 0), max: at(ordered, ordered.length - 1) };
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Rounds to `digits` significant digits, so that figures do not claim more than was measured. */
export function significant(value: number, digits = 4): number {
  return Number.isFinite(value) ? Number(value.toPrecision(digits)) : value;
}

/** ABBA order: `pairs` pairs, each even one turned round, so that a drift hits both sides alike. */
export function abba<A, B>(pairs: number, a: A, b: B): (readonly [A | B, A | B])[] {
  return Array.from({ length: pairs }, (_, pair): readonly [A | B, A | B] =>
    pair % 2 === 0 ? [a, b] : [b, a],
  );
}
