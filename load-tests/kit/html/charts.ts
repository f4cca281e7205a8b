import type UPlot from 'uplot';
import type { Chart } from './charts-data.ts';

/** The script of the report's page: draws each chart with uPlot, anew when the window or the colours change. */

declare const uPlot: typeof UPlot;

const HEIGHT_PX = 260;
const COLOURS = 6;

const shown = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 4 });

const lineColour = (line: Chart['lines'][number] | undefined): string =>
  `chart-${(line?.colour ?? 0) % COLOURS}`;

function dataOf({ lines }: Chart): UPlot.AlignedData {
  return uPlot.join(
    lines.map(({ points }) => [points.map(([x]) => x), points.map(([, y]) => y)] as UPlot.AlignedData),
  );
}

function optionsOf(chart: Chart, width: number): UPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const axis = { stroke: colour('soft'), grid: { stroke: colour('line'), width: 1 }, ticks: { show: false } };
  const isShare = chart.x === 'share';
  const xName = (at: number | null): string => {
    if (at === null) return '–';
    return isShare ? (chart.ticks[at] ?? '') : `${shown(at)} s`;
  };
  return {
    ...{ width, height: HEIGHT_PX, padding: [12, 16, 0, 0] },
    cursor: { drag: { x: false, y: false } },
    legend: {
      markers: {
        fill: (_plot, n) => {
          const line = chart.lines[n - 1];
          return line?.dashed ? 'transparent' : colour(lineColour(line));
        },
      },
    },
    scales: {
      x: { time: false, range: (_plot, min, max) => (min === max ? [min - 1, max + 1] : [min, max]) },
      // From nought, so that a small difference does not look like a large one.
      y: { range: (_plot, min, max) => [Math.min(0, min), max <= 0 && min >= 0 ? 1 : max * 1.08] },
    },
    axes: [
      {
        ...axis,
        ...(isShare ? { splits: () => chart.ticks.map((_, at) => at) } : {}),
        ...{ size: 32, space: isShare ? 34 : 60 },
        values: (_plot, splits) => thinned(splits.map(xName), isShare ? width : Number.POSITIVE_INFINITY),
      },
      { ...axis, size: 56, values: (_plot, splits) => splits.map(shown) },
    ],
    series: [
      { label: isShare ? 'share' : 'time', value: (_plot, at) => xName(at) },
      ...chart.lines.map((line) => ({
        label: line.name,
        stroke: colour(lineColour(line)),
        width: 2,
        spanGaps: true,
        points: { show: isShare },
        ...(line.dashed ? { dash: [6, 4] } : {}),
        value: (_plot: UPlot, value: number | null) =>
          value === null ? '–' : `${shown(value)} ${chart.unit}`.trim(),
      })),
    ],
  };
}

/** Labels that would touch each other on a narrow page are left out. */
function thinned(labels: string[], width: number): string[] {
  const step = Math.max(1, Math.ceil((labels.length * 44) / Math.max(1, width - 72)));
  return labels.map((label, n) => ((labels.length - 1 - n) % step === 0 ? label : ''));
}

const charts = JSON.parse(document.getElementById('charts-data')?.textContent ?? '[]') as Chart[];
const plots: (UPlot | undefined)[] = [];

function draw(): void {
  for (const [n, chart] of charts.entries()) {
    const place = document.getElementById(`chart-${n}`);
    if (!place) continue;
    plots[n]?.destroy();
    plots[n] = new uPlot(optionsOf(chart, place.clientWidth), dataOf(chart), place);
  }
}

draw();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
let width = window.innerWidth;
window.addEventListener('resize', () => {
  if (window.innerWidth === width) return;
  width = window.innerWidth;
  draw();
});
