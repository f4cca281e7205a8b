import { describe, expect, it } from 'vitest';
import { judge, type Report } from '../report.ts';
import { chartsOf } from './charts-data.ts';
import { htmlReport } from './html-report.ts';
import { intervalsOf } from './intervals.ts';
import { sideBySide } from './sections.ts';

const EVIL = `</script><script>alert(1)</script><img src="x" onerror='alert(2)'>`;

const report = (changes: Partial<Report> = {}): Report => ({
  ...{ scenario: 'chat-flood', ok: true, violations: [], warnings: [], withheld: [], goals: [] },
  figures: { ratio: 4.8, ratioMin: 4.4, ratioMax: 5.3, oursCostMicros: 2, baselineCostMicros: 9 },
  parameters: { viewers: 1000, quick: false },
  command: 'npm run load -- chat-flood',
  ...{ date: '2026-01-01T00:00:00.000Z', durationMs: 12_345 },
  machine: { cpu: 'x', cores: 2, memoryGb: 4, node: 'v24', redis: '7.0.15' },
  ...changes,
});
const goals = judge(
  [
    { figure: 'ratio', direction: 'at least', value: 5 },
    { figure: 'gone', direction: 'at most', value: 1 },
  ],
  { ratio: 4.8 },
);

describe('htmlReport', () => {
  it('[LK9] is one file without addresses of anything outside', async () => {
    const series = [{ name: 'memory', unit: 'MiB', points: [[0, 1] as const] }];
    const page = await htmlReport(report({ series, goals }));
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).not.toMatch(/(?:src|href)\s*=\s*["']?(?:https?:)?\/\//i);
    expect(page).not.toMatch(/@import|url\(/i);
    expect(page).toContain("default-src 'none'");
    expect(page).toContain('var uPlot=');
  });

  it('[LK9] escapes whatever a run or a server said, in text and in data', async () => {
    const page = await htmlReport(
      report({
        ...{ scenario: EVIL, violations: [EVIL], warnings: [EVIL], error: EVIL, command: EVIL },
        withheld: [{ figure: EVIL, why: EVIL }],
        tables: { [EVIL]: [{ [EVIL]: EVIL }] },
        figures: { [EVIL]: 1, oursCost: 1, [`${EVIL}Cost`]: 2 },
        goals: judge([{ figure: EVIL, direction: 'at least', value: 1 }], {}),
        target: { url: EVIL, roomId: EVIL },
        machine: { cpu: EVIL, cores: 2, memoryGb: 4, node: EVIL, redis: EVIL },
        series: [{ name: EVIL, unit: EVIL, points: [[0, 1]], group: EVIL }],
        distributions: [{ name: EVIL, unit: EVIL, count: 1, percentiles: [[1, 1]], group: EVIL }],
      }),
    );
    expect(page).not.toContain('<script>alert');
    expect(page).not.toContain('<img');
    // Data, uPlot and the script that draws.
    expect(page.match(/<script/g)).toHaveLength(3);
    expect(page.match(/<\/script>/g)).toHaveLength(3);
  });

  it('says what each goal came to, beside its figure', async () => {
    const page = await htmlReport(report({ goals, withheld: [{ figure: 'gone', why: 'late' }] }));
    expect(page).toMatch(
      /ratio<\/code><\/th><td class="n">≥ 5<\/td><td class="n">4.8<\/td><td><span class="mark bad">✗ missed/,
    );
    expect(page).toMatch(/gone<\/code><\/th><td class="n">≤ 1<\/td><td class="n">withheld<\/td>/);
    expect(page).toContain('4.4 … 5.3');
  });

  it('has no script where there are no charts, and tells of a run that failed', async () => {
    const page = await htmlReport(report({ ok: false, error: 'no redis', figures: {} }));
    expect(page).not.toContain('<script');
    expect(page).toContain('could not run');
    expect(page).toContain('no redis');
  });
});

describe('its parts', () => {
  it('puts the figures of all sides in one row, and leaves the others alone', () => {
    const figures = {
      ...{ oursCpuMicros: 1, baselineCpuMicros: 2, floorCpuMicros: 3, oursServerCpuMicros: 4 },
      ...{ baselineServerCpuMicros: 5, oursOnly: 6, busyShare: 7, CpuMicros: 8, 'peers.faye': 9 },
    };
    const { sides, rows, rest } = sideBySide(figures);
    expect(sides).toEqual(['ours', 'baseline', 'floor']);
    expect(rows).toEqual([
      { figure: 'CpuMicros', values: { ours: 1, baseline: 2, floor: 3 } },
      { figure: 'ServerCpuMicros', values: { ours: 4, baseline: 5 } },
    ]);
    expect(Object.fromEntries(rest)).toEqual({ oursOnly: 6, busyShare: 7, CpuMicros: 8, 'peers.faye': 9 });
  });

  it('draws an interval for each figure that has bounds', () => {
    const figures = {
      a: 2,
      aMin: 1,
      aMax: 3,
      b: 1,
      bMin: 1,
      cMin: 1,
      cMax: 2,
      d: Number.NaN,
      dMin: 1,
      dMax: 2,
    };
    expect(intervalsOf({ figures, goals: [], pairs: { a: [1, 2, 3, Number.NaN] } })).toEqual([
      { figure: 'a', median: 2, min: 1, max: 3, ratios: [1, 2, 3] },
    ]);
  });

  it('gives a side one colour in all charts, ours the first, and dashes what it has twice', () => {
    const line = (name: string) => ({ name, unit: 'ms', points: [[0, 1]] as const, group: 'time' });
    const spread = { name: 'ours', unit: 'ms', count: 1, percentiles: [[1, 2]] as const, group: 'all' };
    const charts = chartsOf({
      series: ['baseline p50', 'baseline p99', 'ours p50', 'ours p99.9'].map(line),
      distributions: [spread],
    });
    expect(
      charts.map(({ lines }) => lines.map(({ name, colour, dashed }) => [name, colour, dashed])),
    ).toEqual([
      [
        ['baseline p50', 1, false],
        ['baseline p99', 1, true],
        ['ours p50', 0, false],
        ['ours p99.9', 0, true],
      ],
      [['ours', 0, false]],
    ]);
  });

  it('shares a chart between what has one group and one unit', () => {
    const points = [[0, 1]] as const;
    const charts = chartsOf({
      series: [
        { name: 'ours', unit: 'ms', points, group: 'latency' },
        { name: 'memory', unit: 'MiB', points },
        { name: 'baseline', unit: 'ms', points, group: 'latency' },
        { name: 'bytes', unit: 'B', points, group: 'latency' },
        { name: 'empty', unit: 'B', points: [] },
      ],
      distributions: [
        {
          name: 'ours',
          unit: 'ms',
          count: 2,
          percentiles: [
            [0.5, 1],
            [1, 2],
          ],
          group: 'latency',
        },
        { name: 'baseline', unit: 'ms', count: 1, percentiles: [[1, 3]], group: 'latency' },
      ],
    });
    expect(charts.map(({ title, unit, lines }) => [title, unit, lines.map(({ name }) => name)])).toEqual([
      ['latency', 'ms', ['ours', 'baseline']],
      ['memory', 'MiB', ['memory']],
      ['latency', 'B', ['bytes']],
      ['latency', 'ms', ['ours', 'baseline']],
    ]);
    expect(charts[3]).toMatchObject({ ticks: ['p50', 'most'], lines: [{}, { points: [[1, 3]] }] });
  });
});
