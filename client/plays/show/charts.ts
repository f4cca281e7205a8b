import type { ShowBucket } from '../../../shared/plays/show/contract.ts';
import { currencyExponent } from '../../text/format.ts';
import { format } from '../../text/i18n.ts';
import type { Layer, PlotSetup, Rows } from './plot-canvas.ts';
import { type Column, chatTrack, trackOf, type Value } from './series.ts';
import { shortMoney } from './words.ts';

/** What each of the four charts is made of. */

export const CHARTS = ['viewers', 'chat', 'units', 'revenue'] as const;
export type ChartName = (typeof CHARTS)[number];

/** `before`: with the ten minutes before behind it, and a last minute that still runs. */
export function setupsOf(currency: string, isLive: boolean): Readonly<Record<ChartName, PlotSetup>> {
  const ghost: Layer[] = isLive ? [{ style: 'ghost', token: '--curve-before' }] : [];
  const counts = { unit: 1, label: format.compact, isRunning: isLive };
  return {
    viewers: { ...counts, layers: [...ghost, { style: 'area', token: '--curve-viewers' }] },
    chat: { ...counts, layers: [...ghost, { style: 'area', token: '--curve-chat' }] },
    units: {
      ...counts,
      layers: [
        { style: 'hill', token: '--curve-grabs' },
        ...ghost,
        { style: 'bars', token: '--curve-held', width: 0.72 },
        { style: 'bars', token: '--curve-paid', width: 0.4 },
      ],
    },
    revenue: {
      layers: [...ghost, { style: 'bars', token: '--curve-paid', width: 0.62 }],
      unit: 10 ** currencyExponent(currency),
      label: shortMoney(currency),
      isRunning: isLive,
    },
  };
}

/** Rows of the live charts, in the order of their layers. */
export function liveRows(minutes: readonly ShowBucket[], nowMs: number): Readonly<Record<ChartName, Rows>> {
  const viewers = trackOf(minutes, 'viewers');
  const chat = chatTrack(minutes, nowMs);
  const paid = trackOf(minutes, 'paid');
  const revenue = trackOf(minutes, 'revenueMinor');
  return {
    viewers: [viewers.before, viewers.now],
    chat: [chat.before, chat.now],
    units: [trackOf(minutes, 'grabs').now, paid.before, trackOf(minutes, 'held').now, paid.now],
    revenue: [revenue.before, revenue.now],
  };
}

/** Rows of the charts of a whole show. */
export function wholeRows(buckets: readonly ShowBucket[]): Readonly<Record<ChartName, Rows>> {
  const row = (column: Column): Value[] => buckets.map((bucket) => bucket[column]);
  return {
    viewers: [row('viewers')],
    chat: [row('messages')],
    units: [row('grabs'), row('held'), row('paid')],
    revenue: [row('revenueMinor')],
  };
}
