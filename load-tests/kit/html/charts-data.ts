import type { Report } from '../report.ts';
import type { Distribution, Series } from '../series.ts';

/** One chart as the page's script gets it: lines over a common x. */
export type Chart = {
  title: string;
  unit: string;
  /** `seconds` counts up; `share` has one place for each percentile, named by `ticks`. */
  x: 'seconds' | 'share';
  ticks: string[];
  lines: Line[];
};

export type Line = {
  name: string;
  points: (readonly [number, number])[];
  /** Number of a colour; a side has one in all charts. */
  colour: number;
  /** Another line of the same side, e.g. its p99 beside its p50. */
  dashed: boolean;
};

type Bare = Omit<Chart, 'lines'> & { lines: Omit<Line, 'colour' | 'dashed'>[] };

/** What has one group, or none and is alone, in the order of first appearance. */
function grouped<T extends { name: string; unit: string; group?: string }>(
  items: readonly T[],
): [string, T[]][] {
  const groups = new Map<string, { title: string; items: T[] }>();
  for (const item of items) {
    // Another unit would need another axis.
    const key = item.group === undefined ? `alone ${groups.size}` : `${item.group} ${item.unit}`;
    const group = groups.get(key) ?? { title: item.group ?? item.name, items: [] };
    group.items.push(item);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ title, items: members }) => [title, members]);
}

export function shareName(share: number): string {
  if (share === 0) return 'least';
  if (share === 1) return 'most';
  return `p${Number((share * 100).toFixed(3))}`;
}

const finite = (points: readonly (readonly [number, number])[]) =>
  points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));

function overTime(series: readonly Series[]): Bare[] {
  return grouped(series).map(([title, members]) => ({
    ...{ title, unit: members[0]?.unit ?? '', x: 'seconds', ticks: [] },
    lines: members.map(({ name, points }) => ({ name, points: finite(points) })),
  }));
}

function spread(distributions: readonly Distribution[]): Bare[] {
  return grouped(distributions).map(([title, members]) => {
    const shares = [...new Set(members.flatMap(({ percentiles }) => percentiles.map(([share]) => share)))];
    shares.sort((a, b) => a - b);
    return {
      ...{ title, unit: members[0]?.unit ?? '', x: 'share', ticks: shares.map(shareName) },
      lines: members.map(({ name, percentiles }) => ({
        name,
        points: finite(percentiles.map(([share, value]) => [shares.indexOf(share), value] as const)),
      })),
    };
  });
}

/** `ours p99` is of the side `ours`. */
const sideOf = (name: string): string => name.replace(/ p[\d.]+$/, '');

function coloured(charts: readonly Bare[]): Chart[] {
  const sides = new Set(charts.flatMap(({ lines }) => lines.map(({ name }) => sideOf(name))));
  // Ours is always the first.
  const order = [...sides].sort((a, b) => Number(b === 'ours') - Number(a === 'ours'));
  return charts.map((chart) => ({
    ...chart,
    lines: chart.lines.map((line, n) => ({
      ...line,
      colour: order.indexOf(sideOf(line.name)),
      dashed: chart.lines.slice(0, n).some(({ name }) => sideOf(name) === sideOf(line.name)),
    })),
  }));
}

/** The charts of a report; lines without points are left out, and charts without lines. */
export function chartsOf({
  series = [],
  distributions = [],
}: Pick<Report, 'series' | 'distributions'>): Chart[] {
  const charts = [...overTime(series), ...spread(distributions)]
    .map((chart) => ({ ...chart, lines: chart.lines.filter(({ points }) => points.length > 0) }))
    .filter(({ lines }) => lines.length > 0);
  return coloured(charts);
}
