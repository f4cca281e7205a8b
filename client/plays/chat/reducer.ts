import type { CallError } from '../../../shared/kernel/ack.ts';
import type { ChatMessage, ChatSnapshot } from '../../../shared/plays/chat/contract.ts';
import { type EventOf, ignoreUnknown, type NoticeOf } from '../events.ts';

export const MESSAGES_KEPT = 200;
/** Of the quiet lines between what people say; older ones make room, so that they push nobody's words away. */
export const NOTES_KEPT = 3;
/** Messages taken back that may still be on their way in an answer or a notice. */
const GONE_KEPT = 200;

/** Something about a fan of the room that happened between two messages. */
export type ChatNote = { what: 'level-up' | 'entered'; userId: string; name: string; level: number };

/** `seq` is null for messages of the snapshot: they come before any that has one. */
export type ChatEntry =
  | { kind: 'message'; key: string; seq: number | null; message: ChatMessage }
  | { kind: 'note'; key: string; seq: number; note: ChatNote }
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

type Gone = { messageId: string; seq: number | null };

export type ChatState = {
  entries: ChatEntry[];
  pinned: ChatMessage | null;
  pending: PendingLine[];
  /** Messages that were taken back, the latest last, and where they stood, as far as is known. */
  gone: readonly Gone[];
};

export const emptyChat: ChatState = { entries: [], pinned: null, pending: [], gone: [] };

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
    gone: [],
  };
}

export function reduceChat(state: ChatState, event: EventOf<'chat'>, yourId: string): ChatState {
  switch (event.name) {
    case 'chat:said':
      return addMessage(forgetTwin(state, event.data, yourId), event.data, event.seq);
    case 'chat:pinned':
      return { ...state, pinned: event.data.message };
    case 'chat:removed':
      return takeBack(state, event.data.messageIds);
    case 'chat:restored':
      return putBack(state, event.data.message);
    default:
      return ignoreUnknown(state, event);
  }
}

/** A quiet line about a fan, where it happened. */
export function noteFan(state: ChatState, event: EventOf<'fan-badges'>): ChatState {
  if (event.name !== 'fan-badges:level-up' && event.name !== 'fan-badges:entered') return state;
  const { seq, data } = event;
  const what = event.name === 'fan-badges:level-up' ? 'level-up' : 'entered';
  const key = `note-${seq}`;
  if (state.entries.some((entry) => entry.key === key)) return state;
  const notes = state.entries.filter(({ kind }) => kind === 'note');
  const surplus = new Set(notes.slice(0, Math.max(0, notes.length - NOTES_KEPT + 1)));
  const entries = state.entries.filter((entry) => !surplus.has(entry));
  return { ...state, entries: insert(entries, { kind: 'note', key, seq, note: { what, ...data } }) };
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
  const { messageId } = message;
  if (isGone(state, messageId) || entries.some((entry) => entry.key === messageId)) return state;
  return { ...state, entries: insert(entries, { kind: 'message', key: messageId, seq, message }) };
}

/** In the order of `seq`. */
function insert(entries: ChatEntry[], entry: ChatEntry): ChatEntry[] {
  let at = entries.length;
  while (at > 0 && (entries[at - 1]?.seq ?? -1) > (entry.seq ?? -1)) at -= 1;
  return trim([...entries.slice(0, at), entry, ...entries.slice(at)]);
}

/** What quotes a message keeps the quote: it is part of what somebody else said. */
function takeBack(state: ChatState, messageIds: readonly string[]): ChatState {
  const ids = new Set(messageIds);
  const taken = messageIds.map((messageId) => ({
    messageId,
    seq: state.entries.find(({ key }) => key === messageId)?.seq ?? null,
  }));
  const isPinned = state.pinned !== null && ids.has(state.pinned.messageId);
  return {
    ...state,
    entries: state.entries.filter(({ key }) => !ids.has(key)),
    pinned: isPinned ? null : state.pinned,
    gone: [...state.gone.filter(({ messageId }) => !ids.has(messageId)), ...taken].slice(-GONE_KEPT),
  };
}

/**
 * Back where it stood, else in its place by time: then it gets the `seq` of its neighbour, so that the order by `seq`
 * still holds.
 */
function putBack(state: ChatState, message: ChatMessage): ChatState {
  const { entries } = state;
  const { messageId } = message;
  const known = state.gone.find((each) => each.messageId === messageId)?.seq ?? null;
  const gone = state.gone.filter((each) => each.messageId !== messageId);
  if (entries.some(({ key }) => key === messageId)) return { ...state, gone };
  if (known !== null) {
    const back: ChatEntry = { kind: 'message', key: messageId, seq: known, message };
    return { ...state, gone, entries: insert(entries, back) };
  }
  let at = entries.length;
  while (at > 0 && isAfter(entries[at - 1] as ChatEntry, message.atMs)) at -= 1;
  const seq = entries[at - 1]?.seq ?? null;
  const entry: ChatEntry = { kind: 'message', key: messageId, seq, message };
  return { ...state, gone, entries: trim([...entries.slice(0, at), entry, ...entries.slice(at)]) };
}

/** Whether a message was taken back. */
export function isGone({ gone }: ChatState, messageId: string): boolean {
  return gone.some((each) => each.messageId === messageId);
}

/** Lines without a time stand where the message before them does. */
function isAfter(entry: ChatEntry, atMs: number): boolean {
  return entry.kind !== 'message' || entry.message.atMs > atMs;
}

function trim(entries: ChatEntry[]): ChatEntry[] {
  return entries.length > MESSAGES_KEPT ? entries.slice(entries.length - MESSAGES_KEPT) : entries;
}
