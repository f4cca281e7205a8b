import type { ChatMessage } from '../../../shared/plays/chat/contract.ts';
import type { ChatState } from './reducer.ts';

export type Announced = {
  /** Of the last entry that was looked at. */
  lastSeq: number;
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
  const lastSeq = Math.max(before?.lastSeq ?? 0, ...state.entries.map(({ seq }) => seq ?? 0));
  const pinnedId = state.pinned?.messageId ?? null;
  if (before === null) return { lastSeq, pinnedId, messages: [], pinned: null };
  const messages = state.entries.flatMap((entry) =>
    entry.kind === 'message' && (entry.seq ?? 0) > before.lastSeq && matters(entry.message, yourId)
      ? [entry.message]
      : [],
  );
  const isNewPin = pinnedId !== before.pinnedId;
  return { lastSeq, pinnedId, messages: messages.slice(-AT_ONCE), pinned: isNewPin ? state.pinned : null };
}

function matters({ userId, role, mentions, replyTo }: ChatMessage, yourId: string): boolean {
  if (userId === yourId) return false;
  return role === 'host' || role === 'cohost' || mentions.includes(yourId) || replyTo?.userId === yourId;
}
