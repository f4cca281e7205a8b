import { percentile, significant } from './stats.ts';

/**
 * Something over time, for the chart of the HTML report. `points` are `[seconds since the start, value]`, in order;
 * a few hundred say as much as many thousands (`percentilesOverTime`). Series of one `group` share a chart: their units
 * are the same. Without one, a series has a chart of its own.
 */
export type Series = {
  name: string;
  unit: string;
  points: readonly (readonly [number, number])[];
  group?: string;
};

/** How values are spread: `[share of the values, the value that so many do not exceed]`, rising. */
export type Distribution = {
  name: string;
  unit: string;
  /** Of how many values. */
  count: number;
  percentiles: readonly (readonly [number, number])[];
  /** Distributions of one group share a chart, e.g. ours and a baseline's latency. */
  group?: string;
};

const SHARES = [0, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1];

/** The distribution of `values`; few values have no far percentiles. */
export function distribution(
  name: string,
  unit: string,
  values: readonly number[],
  group?: string,
): Distribution {
  const told = SHARES.filter((share) => share === 1 || values.length * (1 - share) >= 1);
  return {
    ...{ name, unit, count: values.length },
    percentiles:
      values.length === 0
        ? []
        : told.map((share) => [share, significant(percentile(values, share))] as const),
    ...(group === undefined ? {} : { group }),
  };
}

/**
 * p50 and p99 of samples as time passes, one point a step, at the step's end. Steps without samples have no point.
 *
 * @param samples `[at ms, value]`, in any order.
 */
export function percentilesOverTime(
  samples: readonly (readonly [number, number])[],
  options: { unit: string; group: string; stepMs: number; startMs?: number; prefix?: string },
): Series[] {
  const { unit, group, stepMs, startMs = 0, prefix = '' } = options;
  const steps = new Map<number, number[]>();
  for (const [atMs, value] of samples) {
    const step = Math.max(0, Math.floor((atMs - startMs) / stepMs));
    const values = steps.get(step);
    if (values) values.push(value);
    else steps.set(step, [value]);
  }
  const ordered = [...steps].sort(([a], [b]) => a - b);
  return ([0.5, 0.99] as const).map((share) => ({
    name: `${prefix}p${share * 100}`,
    unit,
    group,
    points: ordered.map(
      ([step, values]) => [((step + 1) * stepMs) / 1000, significant(percentile(values, share))] as const,
    ),
  }));
}
