import type { ChatMessage } from '../../../shared/plays/chat/contract.ts';
import type { ChatState } from './reducer.ts';

export type Announced = {
  /** What stood there: by key, since your own lines and what names you come before lines that were said earlier. */
  seen: ReadonlySet<string>;
  pinnedId: string | null;
  messages: ChatMessage[];
  pinned: ChatMessage | null;
};

/** More at once nobody listens to: the latest count. */
const AT_ONCE = 3;

/**
 * What of the chat is new since `before` and worth a word to somebody who listens: messages of the host and their team
 * about the show, whatever names or answers you, and what was pinned. Null: nothing was there before, and nothing is new.
 */
export function announced(state: ChatState, yourId: string, before: Announced | null): Announced {
  const seen = new Set(state.entries.map(({ key }) => key));
  const pinnedId = state.pinned?.messageId ?? null;
  if (before === null) return { seen, pinnedId, messages: [], pinned: null };
  const messages = state.entries.flatMap((entry) =>
    // Those of a snapshot have no `seq`: they were said before one came.
    entry.kind === 'message' &&
    entry.seq !== null &&
    !before.seen.has(entry.key) &&
    matters(entry.message, yourId)
      ? [entry.message]
      : [],
  );
  const isNewPin = pinnedId !== before.pinnedId;
  return { seen, pinnedId, messages: messages.slice(-AT_ONCE), pinned: isNewPin ? state.pinned : null };
}

function matters({ userId, role, mentions, replyTo }: ChatMessage, yourId: string): boolean {
  if (userId === yourId) return false;
  return role === 'host' || role === 'cohost' || mentions.includes(yourId) || replyTo?.userId === yourId;
}
