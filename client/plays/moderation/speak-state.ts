import type { Sanction } from '../../../shared/kernel/sanction.ts';
import type { Role } from '../../../shared/kernel/units.ts';
import { type ConductState, inForce } from './reducer.ts';

/** What keeps you from speaking right now; one of these at a time. */
export type SpeakState =
  | { state: 'free' }
  | { state: 'muted'; sanction: Sanction; leftMs: number | null }
  | { state: 'slow'; leftMs: number }
  /** `leftMs`: how much longer you must follow; null: you do not follow yet. */
  | { state: 'followers'; leftMs: number | null }
  | { state: 'level'; level: number; isFan: boolean };

export type Speaker = {
  role: Role;
  followingSinceMs: number | null;
  /** 0: no member of the fan club. */
  fanLevel: number;
  /** When you last said something that was taken; 0: not yet. */
  spokeAtMs: number;
};

const STAFF: readonly Role[] = ['host', 'cohost', 'moderator'];

/** In the order in which the server asks; staff are bound by a mute alone. */
export function speakStateOf(
  { modes, sanctions }: ConductState,
  speaker: Speaker,
  nowMs: number,
): SpeakState {
  const sanction = inForce(sanctions, 'speak', nowMs);
  if (sanction !== undefined) {
    return { state: 'muted', sanction, leftMs: sanction.untilMs === null ? null : sanction.untilMs - nowMs };
  }
  if (modes === null || STAFF.includes(speaker.role)) return { state: 'free' };
  const slowMs = speaker.spokeAtMs + modes.slowMs - nowMs;
  if (modes.slowMs > 0 && slowMs > 0) return { state: 'slow', leftMs: slowMs };
  if (modes.followersMs !== null) {
    if (speaker.followingSinceMs === null) return { state: 'followers', leftMs: null };
    const leftMs = speaker.followingSinceMs + modes.followersMs - nowMs;
    if (leftMs > 0) return { state: 'followers', leftMs };
  }
  if (speaker.fanLevel < modes.minLevel) {
    return { state: 'level', level: modes.minLevel, isFan: speaker.fanLevel > 0 };
  }
  return { state: 'free' };
}
