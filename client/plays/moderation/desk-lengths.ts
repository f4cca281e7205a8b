import type { SanctionKind } from '../../../shared/kernel/sanction.ts';
import type { Role } from '../../../shared/kernel/units.ts';
import type { Action } from '../../../shared/plays/moderation/actions.ts';

/** How long things last, what can be undone, who stands above whom. The contract's limits carry zod; a test compares. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export const TIMEOUT_MS = 10 * MINUTE_MS;
export const KICK_MS = MINUTE_MS;
export const TARGETS_MAX = 100;
export const MESSAGES_MAX = 50;
export const WORDS_PER_CALL = 100;
export const REASON_MAX = 200;
export const UNDO_MS = DAY_MS;

/** null: until it is lifted. A mute has no length, a timeout has. */
export const SPEAK_CHOICES_MS: readonly (number | null)[] = [
  ...[MINUTE_MS, 5 * MINUTE_MS, TIMEOUT_MS, 30 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, DAY_MS, 7 * DAY_MS],
  null,
];
export const KICK_CHOICES_MS: readonly (number | null)[] = [
  ...[KICK_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS],
];
export const BAN_CHOICES_MS: readonly (number | null)[] = [
  ...[HOUR_MS, DAY_MS, 7 * DAY_MS, 30 * DAY_MS, 365 * DAY_MS],
  null,
];
export const SHIFT_CHOICES_MS: readonly (number | null)[] = [
  ...[HOUR_MS, 4 * HOUR_MS, DAY_MS, 7 * DAY_MS, 30 * DAY_MS],
  null,
];

export const SLOW_CHOICES_MS = [0, 5_000, 10_000, 30_000, 60_000, 300_000] as const;
export const FOLLOWERS_CHOICES_MS = [null, 0, 10 * MINUTE_MS, HOUR_MS, DAY_MS, 7 * DAY_MS] as const;

/** What is sent for "do not speak for this long": without an end it is a mute. */
export function speakSanction(durationMs: number | null): { kind: SanctionKind; durationMs?: number } {
  return durationMs === null ? { kind: 'mute' } : { kind: 'timeout', durationMs };
}

/** What the server takes back. A held message is shown by a review instead; a rejected one is gone for good. */
const UNDONE = new Set<Action['kind']>([
  ...(['delete', 'mute', 'timeout', 'kick', 'ban', 'unmute', 'unban', 'modes', 'appoint'] as const),
]);

export function isUndone(kind: Action['kind']): boolean {
  return UNDONE.has(kind) || kind === 'hold';
}

/** Whether the log offers to take an action back. */
export function canUndo(action: Action, yourRole: Role, nowMs: number): boolean {
  return (
    action.undoneBy === null &&
    UNDONE.has(action.kind) &&
    nowMs - action.atMs < UNDO_MS &&
    !isAbove(action.actorRole, yourRole)
  );
}

const RANKS: readonly Role[] = ['host', 'cohost', 'moderator', 'viewer', 'guest'];

export function isAbove(a: Role, b: Role): boolean {
  return RANKS.indexOf(a) < RANKS.indexOf(b);
}

export function chunksOf<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let at = 0; at < items.length; at += size) chunks.push(items.slice(at, at + size));
  return chunks;
}
