import { type Interval, interval, significant } from './stats.ts';

/** A ratio of two sides, measured in pairs of legs: one ratio a pair, and their median between the extremes. */
export type PairedRatio = Interval & { readonly ratios: readonly number[] };

/**
 * The ratio `above` ÷ `below` of each pair of legs, whichever of the two went first (`abba()`). Both legs of a pair had
 * the same weather; the median of the pairs' ratios is therefore steadier than the ratio of two medians.
 *
 * A value of 0 or NaN makes the whole ratio NaN: a leg that measured nothing must not hide between the others.
 *
 * @param value what of a leg is compared, e.g. `(leg) => leg.cpuMicros`.
 * @throws for a pair that lacks a side.
 */
export function pairedRatio<S extends string, L extends { readonly side: S }>(
  pairs: readonly (readonly L[])[],
  above: NoInfer<S>,
  below: NoInfer<S>,
  value: (leg: L) => number,
): PairedRatio {
  const ratios = pairs.map((pair, n) => {
    const of = (side: S): number => {
      const leg = pair.find((each) => each.side === side);
      if (!leg) throw new Error(`Pair ${n + 1} has no leg of ${side}.`);
      return value(leg);
    };
    return of(above) / of(below);
  });
  if (ratios.length === 0 || !ratios.every(Number.isFinite)) {
    return { median: Number.NaN, min: Number.NaN, max: Number.NaN, ratios };
  }
  return { ...interval(ratios), ratios };
}

/** `name`, `nameMin` and `nameMax`, rounded: how figures say an interval. The HTML report draws it. */
export function ratioFigures<N extends string>(
  name: N,
  { median, min, max }: Interval,
): Record<N | `${N}Min` | `${N}Max`, number> {
  const figures = { [name]: median, [`${name}Min`]: min, [`${name}Max`]: max } as Record<
    N | `${N}Min` | `${N}Max`,
    number
  >;
  for (const each of Object.keys(figures) as (keyof typeof figures)[]) {
    figures[each] = significant(figures[each]);
  }
  return figures;
}
