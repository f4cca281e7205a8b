import type { ComponentChildren } from 'preact';
import { showText } from '../../text/show.ts';
import { Icon } from '../../ui/icon.tsx';
import { lazy } from '../../ui/lazy.tsx';
import type { PlotProps } from './plot.tsx';
import type { Change } from './series.ts';
import type { Sign } from './signs.ts';
import { changeSize } from './words.ts';
import './chart-card.css';

/** The chart library comes with the first chart, not with the page. */
const Plot = lazy<PlotProps>(async () => (await import('./plot.tsx')).Plot);

type Props = PlotProps & {
  testId: string;
  label: string;
  /** What stretch of time the large figure is of, beside the label. */
  of: string;
  change: Change | null;
  against: string;
  /** In words, for who does not see the curve. */
  said: string;
  figure: ComponentChildren;
  /** Below the figure: sums, or what is pointed at. */
  note: ComponentChildren;
  sign: Sign | null;
  /** Below the curve, from left to right. */
  times: readonly [string, string];
};

/** One curve under its figure. The figure is that of the minute pointed at, so that no finger covers it. */
export function ChartCard({ testId, label, of, change, against, said, sign, ...props }: Props) {
  const { figure, note, times, setup, rows, slot, onPoint } = props;
  return (
    <figure class="chart" data-testid={testId} data-state={sign ?? 'fine'}>
      <figcaption class="chart-head">
        <span class="chart-label">{label}</span>
        <span class="chart-of">{of}</span>
        <ChangeChip change={change} against={against} isBad={sign !== null} />
      </figcaption>
      <p class="visually-hidden" data-testid={`${testId}-said`}>
        {said}
      </p>
      <div class="chart-figure num" aria-hidden="true">
        {figure}
      </div>
      <div class="chart-note num">
        {sign === null || slot !== null ? (
          note
        ) : (
          <strong class="chart-sign">
            <Icon name="flag" size={14} /> {showText.signs[sign]}
          </strong>
        )}
      </div>
      <div class="chart-plot">
        <Plot setup={setup} rows={rows} slot={slot} onPoint={onPoint} />
      </div>
      <div class="chart-times num" aria-hidden="true">
        <span>{times[0]}</span>
        <span>{times[1]}</span>
      </div>
    </figure>
  );
}

function ChangeChip({ change, against, isBad }: { change: Change | null; against: string; isBad: boolean }) {
  if (change === null) return null;
  const isUp = change.by > 0;
  const size = changeSize(change);
  const tone = isUp ? 'up' : isBad ? 'bad' : 'down';
  return (
    <span class={`chart-change num is-${tone}`} title={against}>
      <span aria-hidden="true">
        {isUp ? '▲' : '▼'} {size}
      </span>
      <span class="visually-hidden">
        {isUp ? showText.said.up(size) : showText.said.down(size)} {against}
      </span>
    </span>
  );
}
