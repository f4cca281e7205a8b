import type { CallError } from '../../../shared/kernel/ack.ts';
import type { ChatMessage, ChatSnapshot } from '../../../shared/plays/chat/contract.ts';
import { type EventOf, ignoreUnknown, type NoticeOf } from '../events.ts';

export const MESSAGES_KEPT = 200;

/** `seq` is null for messages of the snapshot: they come before any that has one. */
export type ChatEntry =
  | { kind: 'message'; key: string; seq: number | null; message: ChatMessage }
  /** So many messages were left out here, because more came than people can read. */
  | { kind: 'omitted'; key: string; seq: number; count: number };

export type Draft = {
  opId: string;
  text: string;
  mentions: string[];
  replyTo: ChatMessage['replyTo'];
};
/** An own line that the server has not taken yet. */
export type PendingLine = Draft & { refusal: CallError | null };

export type ChatState = {
  entries: ChatEntry[];
  pinned: ChatMessage | null;
  pending: PendingLine[];
};

export const emptyChat: ChatState = { entries: [], pinned: null, pending: [] };

/** Own lines under way outlive a snapshot: their fate is still to be told. */
export function chatFromSnapshot(snapshot: ChatSnapshot, before: ChatState = emptyChat): ChatState {
  const known = new Set(snapshot.messages.map(({ messageId }) => messageId));
  const entries = snapshot.messages.map(
    (message): ChatEntry => ({ kind: 'message', key: message.messageId, seq: null, message }),
  );
  return {
    entries: entries.slice(-MESSAGES_KEPT),
    pinned: snapshot.pinned,
    pending: before.pending.filter((line) => !known.has(line.opId)),
  };
}

export function reduceChat(state: ChatState, event: EventOf<'chat'>, yourId: string): ChatState {
  switch (event.name) {
    case 'chat:said':
      return addMessage(forgetTwin(state, event.data, yourId), event.data, event.seq);
    case 'chat:pinned':
      return { ...state, pinned: event.data.message };
    default:
      return ignoreUnknown(state, event);
  }
}

export function reduceChatNotice(state: ChatState, notice: NoticeOf<'chat'>): ChatState {
  switch (notice.name) {
    case 'chat:mentioned':
      return addMessage(state, notice.data.message, notice.data.seq);
    default:
      return state;
  }
}

/** The frame that ends at `toSeq` left `count` messages out. */
export function noteOmitted(state: ChatState, toSeq: number, count: number): ChatState {
  if (count === 0) return state;
  const last = state.entries.at(-1);
  if (last?.kind === 'omitted') {
    const merged: ChatEntry = { ...last, seq: toSeq, count: last.count + count };
    return { ...state, entries: [...state.entries.slice(0, -1), merged] };
  }
  const entry: ChatEntry = { kind: 'omitted', key: `omitted-${toSeq}`, seq: toSeq, count };
  return { ...state, entries: trim([...state.entries, entry]) };
}

export function saying(state: ChatState, draft: Draft): ChatState {
  const others = state.pending.filter((line) => line.opId !== draft.opId);
  return { ...state, pending: [...others, { ...draft, refusal: null }] };
}

export function said(state: ChatState, opId: string, seq: number, message: ChatMessage): ChatState {
  return addMessage(dropLine(state, opId), message, seq);
}

export function refused(state: ChatState, opId: string, refusal: CallError): ChatState {
  const pending = state.pending.map((line) => (line.opId === opId ? { ...line, refusal } : line));
  return { ...state, pending };
}

export function dropLine(state: ChatState, opId: string): ChatState {
  return { ...state, pending: state.pending.filter((line) => line.opId !== opId) };
}

/** An own line may be heard before its ack comes: then the dimmed one goes, so that it never shows twice. */
function forgetTwin(state: ChatState, message: ChatMessage, yourId: string): ChatState {
  if (message.userId !== yourId) return state;
  const plain = message.text.trim();
  const twin = state.pending.find((line) => line.text.normalize('NFKC').trim() === plain);
  return twin === undefined ? state : dropLine(state, twin.opId);
}

function addMessage(state: ChatState, message: ChatMessage, seq: number): ChatState {
  const { entries } = state;
  if (entries.some((entry) => entry.key === message.messageId)) return state;
  let at = entries.length;
  while (at > 0 && (entries[at - 1]?.seq ?? -1) > seq) at -= 1;
  const entry: ChatEntry = { kind: 'message', key: message.messageId, seq, message };
  return { ...state, entries: trim([...entries.slice(0, at), entry, ...entries.slice(at)]) };
}

function trim(entries: ChatEntry[]): ChatEntry[] {
  return entries.length > MESSAGES_KEPT ? entries.slice(entries.length - MESSAGES_KEPT) : entries;
}
