import { type Html, html } from '../../../server/http/docs-page/html.ts';
import { type JudgedGoal, type Report, shown } from '../report.ts';
import { name } from './sections.ts';

/** An interval over pairs: the median between the extremes, each pair a dot, where it is known. */
export type IntervalRow = {
  figure: string;
  median: number;
  min: number;
  max: number;
  ratios: readonly number[];
  goal?: JudgedGoal;
};

/** Figures of the form `x`, `xMin`, `xMax`, in their order. */
export function intervalsOf({
  figures,
  goals,
  pairs = {},
}: Pick<Report, 'figures' | 'goals' | 'pairs'>): IntervalRow[] {
  return Object.entries(figures).flatMap(([figure, median]) => {
    const [min, max] = [figures[`${figure}Min`], figures[`${figure}Max`]];
    if (min === undefined || max === undefined || ![median, min, max].every(Number.isFinite)) return [];
    const goal = goals.find((each) => each.figure === figure);
    const ratios = (pairs[figure] ?? []).filter(Number.isFinite);
    return [{ figure, median, min, max, ratios, ...(goal ? { goal } : {}) }];
  });
}

/** Air at both ends of the scale, so that marks do not touch the edge. */
const MARGIN = 0.08;

/** A mark that is much farther away than the interval is wide would squeeze the interval to a dot. */
const FAR = 20;

function row({ figure, median, min, max, ratios, goal }: IntervalRow): Html {
  const width = max - min || Math.abs(median) * 0.05 || 1;
  const near = (value: number) => Math.abs(value - median) <= width * FAR;
  const isRatio = figure.endsWith('Ratio');
  const marks = [
    min,
    max,
    ...ratios,
    ...(goal && near(goal.value) ? [goal.value] : []),
    ...(isRatio && near(1) ? [1] : []),
  ];
  const [from, to] = [Math.min(...marks), Math.max(...marks)];
  const span = to - from || width;
  const percent = (value: number): string =>
    `${((MARGIN + ((value - from) / span) * (1 - 2 * MARGIN)) * 100).toFixed(2)}%`;
  const at = (value: number, kind: string, label: string): Html =>
    html`<i class="${kind}" style="left:${percent(value)}" title="${label} ${shown(value)}"></i>`;
  const sign = goal?.direction === 'at most' ? '≤' : '≥';
  return html`<div class="interval"><div class="interval-name">${name(figure)}</div>
<div class="track" role="img" aria-label="${figure}: median ${shown(median)}, from ${shown(min)} to ${shown(max)}">
<i class="span" style="left:${percent(min)};right:calc(100% - ${percent(max)})"></i>
${isRatio && near(1) ? at(1, 'parity', 'even at') : ''}${goal && near(goal.value) ? at(goal.value, 'goal', 'goal') : ''}${ratios.map((ratio, n) => at(ratio, 'dot', `pair ${n + 1}:`))}${at(median, 'median', 'median')}</div>
<div class="interval-text"><b>${shown(median)}</b> <span>${shown(min)} … ${shown(max)}</span>${goal ? html` <span class="mark ${goal.met ? 'good' : 'bad'}">${goal.met ? '✓' : '✗'} ${sign} ${shown(goal.value)}</span>` : ''}</div></div>`;
}

export function intervalsSection(report: Report): Html {
  const rows = intervalsOf(report);
  if (rows.length === 0) return html``;
  return html`<section><h2>Intervals over pairs</h2>
<p class="key"><span><i class="key-median"></i>median</span><span><i class="key-dot"></i>one pair</span><span><i class="key-span"></i>least to most</span><span><i class="key-goal"></i>goal</span><span><i class="key-parity"></i>even (1)</span></p>
${rows.map(row)}</section>`;
}
