import type { ShowBucket, ShowTotals } from '../../../shared/plays/show/contract.ts';

/** From minutes to what is drawn and said of them. Nothing here knows a page. */

/** So many minutes are in front; as many before them are behind, on the same axis. */
export const SPAN = 10;
const TREND = 5;
const MINUTE_MS = 60_000;
/** Below this, a percentage says less than the difference. */
const SMALL = 10;

export type Value = number | null;
export type Column = 'viewers' | 'messages' | 'grabs' | 'held' | 'paid' | 'revenueMinor';
/** Both oldest first and as long as each other; null where nothing is known. */
export type Track = { now: readonly Value[]; before: readonly Value[] };
export type Change = { kind: 'percent' | 'difference'; by: number };
/** What is told now, and how it has changed; null where that is not known. */
export type Figure = { now: Value; change: Change | null };

/** The last ten minutes in front of the ten before. */
export function trackOf(minutes: readonly ShowBucket[], column: Column, span = SPAN): Track {
  const values = [...Array<null>(2 * span).fill(null), ...minutes.map((minute) => minute[column])];
  return { now: values.slice(-span), before: values.slice(-2 * span, -span) };
}

/** How much of the last minute has passed, 0 to 1. */
export function passedOfLast(minutes: readonly ShowBucket[], nowMs: number): number {
  const last = minutes.at(-1);
  return last === undefined ? 0 : Math.min(1, Math.max(0, (nowMs - last.atMs) / MINUTE_MS));
}

/**
 * Messages of the last sixty seconds: the minute that runs, and of the one before as much as still counts. So a curve
 * does not fall at the turn of each minute.
 */
export function chatRate(minutes: readonly ShowBucket[], nowMs: number): number | null {
  const [before, running] = minutes.slice(-2);
  if (before === undefined) return null;
  if (running === undefined) return before.messages;
  return Math.round(running.messages + before.messages * (1 - passedOfLast(minutes, nowMs)));
}

/** As `trackOf`, its end by the last sixty seconds. */
export function chatTrack(minutes: readonly ShowBucket[], nowMs: number, span = SPAN): Track {
  const { now, before } = trackOf(minutes, 'messages', span);
  return { now: [...now.slice(0, -1), chatRate(minutes, nowMs)], before };
}

/** Who is here, against the five minutes before. */
export function viewersFigure(minutes: readonly ShowBucket[]): Figure {
  const seen = minutes.slice(-2).map(({ viewers }) => viewers);
  const now = seen.findLast((viewers) => viewers !== null) ?? null;
  return { now, change: changeOf(now, mean(trendOf(minutes, 'viewers'))) };
}

/** Messages a minute, against the five minutes before. */
export function chatFigure(minutes: readonly ShowBucket[], nowMs: number): Figure {
  const now = chatRate(minutes, nowMs);
  return { now, change: changeOf(now, mean(trendOf(minutes, 'messages'))) };
}

/** The sum of ten minutes, against as much of the ten before as has passed of these. */
export function sumFigure(minutes: readonly ShowBucket[], column: Column, nowMs: number): Figure {
  const { now, before } = trackOf(minutes, column);
  if (now.every((value) => value === null)) return { now: null, change: null };
  const passed = passedOfLast(minutes, nowMs);
  const like = before.every((value) => value === null)
    ? null
    : sum(before.slice(0, -1)) + (before.at(-1) ?? 0) * passed;
  return { now: sum(now), change: changeOf(sum(now), like) };
}

export function changeOf(now: Value, before: Value): Change | null {
  if (now === null || before === null || before <= 0) return null;
  const by = now - before;
  if (before < SMALL && Math.abs(by) < SMALL) {
    const rounded = Math.round(by);
    return rounded === 0 ? null : { kind: 'difference', by: rounded };
  }
  const share = Math.round((by / before) * 100) / 100;
  return share === 0 ? null : { kind: 'percent', by: share };
}

/** Of all who came in, how many bought; null before anybody came. */
export function conversionOf({ buyers, visitors }: Pick<ShowTotals, 'buyers' | 'visitors'>): number | null {
  // Visitors are counted within about 1 %, so that a small show could have more buyers than visitors.
  return visitors === 0 ? null : Math.min(1, buyers / visitors);
}

export function sum(values: readonly Value[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}

export function most(values: readonly Value[]): Value {
  return values.reduce(
    (best, value) => (value === null || (best !== null && best >= value) ? best : value),
    null,
  );
}

/** The full minutes before the one that runs. */
function trendOf(minutes: readonly ShowBucket[], column: Column): Value[] {
  return minutes.slice(-TREND - 1, -1).map((minute) => minute[column]);
}

function mean(values: readonly Value[]): Value {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : sum(known) / known.length;
}
