import type { ShowBucket } from '../../../shared/plays/show/contract.ts';
import { chatRate, sum, trackOf, viewersFigure } from './series.ts';

/**
 * What a host should do something about: red numbers, each with a word on what helps. Few, and only where there is
 * enough to judge by, or nobody looks at red any more.
 */
export type Sign = 'viewers-leave' | 'chat-silent' | 'grabs-empty' | 'held-unpaid' | 'more-returned';

/** A third of the people went within minutes. */
const LEAVING = -0.33;
const PEOPLE_MIN = 10;
const GRABS_MIN = 10;
const HELD_MIN = 5;
/** Fewer units held than this share of the grabs. */
const EMPTY_SHARE = 0.3;
const PAID_SHARE = 0.3;
const SILENT_MINUTES = 2;
/** Holds of the last minutes may still be paid in time. */
const TO_PAY_MINUTES = 3;
const RECENT_MINUTES = 3;
/** Nodes tell every three seconds what they have counted, and a board asks every two. */
const TRIED_MS = 10_000;

/** What people want and cannot have, where a host could do something about it. */
export type Shortage = {
  /** A sale runs without a unit to grab. */
  isSoldOut: boolean;
  /** When somebody tried to grab last, as far as this page saw it; null: not while it looked. */
  triedAtMs: number | null;
};

/** None off air: nothing is to be done about a room that is empty then. */
export function signsOf(
  minutes: readonly ShowBucket[],
  isLive: boolean,
  nowMs: number,
  { isSoldOut, triedAtMs }: Shortage,
): ReadonlySet<Sign> {
  const signs = new Set<Sign>();
  if (!isLive) return signs;
  const { now: viewers, change } = viewersFigure(minutes);
  const before = trackOf(minutes, 'viewers').now.slice(0, -1);
  if (
    change?.kind === 'percent' &&
    change.by <= LEAVING &&
    Math.max(0, ...before.map(Number)) >= PEOPLE_MIN
  ) {
    signs.add('viewers-leave');
  }
  const { now: messages } = trackOf(minutes, 'messages');
  const spoke = sum(messages.slice(0, -SILENT_MINUTES - 1));
  const isSilent = chatRate(minutes, nowMs) === 0 && sum(messages.slice(-SILENT_MINUTES - 1)) === 0;
  if (isSilent && spoke > 0 && (viewers ?? 0) >= PEOPLE_MIN) signs.add('chat-silent');

  const grabs = sum(trackOf(minutes, 'grabs').now.slice(-RECENT_MINUTES));
  const held = trackOf(minutes, 'held').now;
  const isEmpty = grabs >= GRABS_MIN && sum(held.slice(-RECENT_MINUTES)) < grabs * EMPTY_SHARE;
  // Minutes remember longer than people wait: once the sale is over, restocked, or left alone, nothing is to be done.
  const isTried = triedAtMs !== null && nowMs - triedAtMs < TRIED_MS;
  if (isEmpty && isSoldOut && isTried) signs.add('grabs-empty');

  const due = sum(held.slice(0, -TO_PAY_MINUTES));
  const paid = sum(trackOf(minutes, 'paid').now);
  if (due >= HELD_MIN && paid < due * PAID_SHARE) signs.add('held-unpaid');
  if (sum(trackOf(minutes, 'revenueMinor').now) < 0) signs.add('more-returned');
  return signs;
}
