import type { Action } from '../../../shared/plays/moderation/actions.ts';
import type { Modes } from '../../../shared/plays/moderation/modes.ts';
import { deskText, lengthWords } from '../../text/desk.ts';
import { text } from '../../text/i18n.ts';
import type { DeskState } from './desk-reducer.ts';

/** What an action changed, from the few words of the program that the log keeps; '' when they say nothing more. */
export function detailOf({ kind, detail }: Pick<Action, 'kind' | 'detail'>, state: DeskState): string {
  switch (kind) {
    case 'modes':
      return modesWords(parsed(detail));
    case 'words':
      return listWords(parsed(detail), state);
    case 'appoint':
      return detail
        .split(' -> ')
        .map((role) => (Object.hasOwn(text.roles, role) ? text.roles[role as keyof typeof text.roles] : role))
        .join(' → ');
    case 'undo':
      return Object.hasOwn(deskText.log.kinds, detail)
        ? deskText.log.kinds[detail as Action['kind']]
        : detail;
    case 'reject':
      return detail === 'queue-full' ? deskText.log.queueFull : detail;
    // The id of the sanction that ended.
    case 'unmute':
    case 'unban':
    case 'appeal-accepted':
    case 'appeal-rejected':
      return '';
    default:
      return detail;
  }
}

function modesWords(change: Partial<Modes>): string {
  const words = deskText.modes;
  const parts: string[] = [];
  const { slowMs, followersMs, minLevel, links, allowedHosts } = change;
  if (slowMs !== undefined) parts.push(`${words.slow}: ${slowMs === 0 ? words.off : lengthWords(slowMs)}`);
  if (followersMs !== undefined) parts.push(`${words.followers}: ${followersWords(followersMs)}`);
  if (minLevel !== undefined)
    parts.push(`${words.fans}: ${minLevel === 0 ? words.off : words.level(minLevel)}`);
  if (links !== undefined) parts.push(`${words.links}: ${words.linkPolicies[links] ?? links}`);
  if (allowedHosts !== undefined) parts.push(`${words.hosts}: ${allowedHosts.join(', ') || words.off}`);
  return parts.join(' · ');
}

/** For how long one must have followed. */
export function followersWords(ms: number | null): string {
  const words = deskText.modes;
  if (ms === null) return words.off;
  return ms === 0 ? words.anyFollower : words.followedFor(lengthWords(ms));
}

type ListChange = { did?: string; listId?: string; added?: number; removed?: number; words?: number };

function listWords(
  { did = '', listId = '', added = 0, removed = 0, words = 0 }: ListChange,
  state: DeskState,
) {
  const names = deskText.log.lists;
  const title = state.lists.find((list) => list.listId === listId)?.title ?? listId;
  if (did === 'edited') return names.edited(title, added, removed);
  if (did === 'replaced') return names.replaced(title, words);
  return did === 'made' || did === 'changed' || did === 'removed' ? names[did](title) : title;
}

/** A log may be older than this page: what cannot be read is left out. */
function parsed(detail: string): Record<string, never> {
  try {
    const value: unknown = JSON.parse(detail);
    return typeof value === 'object' && value !== null ? (value as Record<string, never>) : {};
  } catch {
    return {};
  }
}
