import type { Action } from '../../../shared/plays/moderation/actions.ts';
import { deskText, lengthWords } from '../../text/desk.ts';
import { format } from '../../text/i18n.ts';
import { nameInWords } from '../../ui/simulated-words.ts';
import { type DeskState, nameOf } from './desk-reducer.ts';

/** What was done, in words: who to whom, for how long. */

/** Keeps a name of another direction from turning the sentence around it (Unicode's isolates). */
const apart = (name: string) => `\u2068${name}\u2069`;

export function actorOf({ actorId, actorName }: Action): string {
  if (actorId === 'system') return deskText.log.system;
  return apart(nameInWords({ userId: actorId, name: actorName === '' ? actorId : actorName }));
}

/** "banned Bo and 19 more". */
export function deedOf(action: Action, state: DeskState): string {
  return deskText.log.did[action.kind](targetsOf(action, state));
}

/** How long a sanction was meant to be; null for what has no length. */
export function lengthOf({ kind, untilMs, atMs }: Action): string | null {
  if (kind === 'mute' || (kind === 'ban' && untilMs === null)) return lengthWords(null);
  return untilMs === null ? null : lengthWords(untilMs - atMs);
}

/** "21:30" today, with the date otherwise. */
export function whenWords(atMs: number, nowMs: number): string {
  return nowMs - atMs < 20 * 3_600_000 && atMs - nowMs < 20 * 3_600_000
    ? format.timeOfDay(atMs)
    : `${new Date(atMs).toLocaleDateString(document.documentElement.lang)} ${format.timeOfDay(atMs)}`;
}

function targetsOf(action: Action, state: DeskState): string {
  const { log } = deskText;
  const evidence = new Map(action.messages.map(({ userId, name }) => [userId, name]));
  const [first, second, ...more] = action.userIds.map((userId) =>
    apart(nameInWords({ userId, name: evidence.get(userId) ?? nameOf(state, userId) })),
  );
  if (first === undefined) return log.somebody;
  if (second === undefined) return first;
  return more.length === 0 ? log.and(first, second) : log.andMore(first, more.length + 1);
}
