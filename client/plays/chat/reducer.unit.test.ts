import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChatMessage } from '../../../shared/plays/chat/contract.ts';
import type { EventOf } from '../events.ts';
import * as chat from './reducer.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);

const message = (messageId: string, text = messageId, userId = 'u2'): ChatMessage => ({
  messageId,
  userId,
  name: userId,
  role: 'viewer',
  text,
  mentions: [],
  badge: null,
  replyTo: null,
  atMs: 0,
});
const saidEvent = (seq: number, data: ChatMessage): EventOf<'chat'> => ({
  seq,
  name: 'chat:said',
  atMs: 0,
  data,
});
const draft = (opId: string, text: string): chat.Draft => ({ opId, text, mentions: [], replyTo: null });
const refusal = { code: 'EMPTY_TEXT', message: '', retryable: false };

function lines(state: chat.ChatState): string[] {
  return state.entries.map((entry) => {
    if (entry.kind === 'message') return entry.message.text;
    return entry.kind === 'note' ? `${entry.note.name} ${entry.note.what}` : `+${entry.count}`;
  });
}

function hear(state: chat.ChatState, seq: number, data: ChatMessage): chat.ChatState {
  return chat.reduceChat(state, saidEvent(seq, data), 'me');
}

test('messages stand in the order of their seq, each once, however they arrive', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 80 }), (seqs) => {
      const state = seqs.reduce((now, seq) => hear(now, seq, message(`m${seq}`)), chat.emptyChat);
      const expected = [...new Set(seqs)].sort((a, b) => a - b).map((seq) => `m${seq}`);
      expect(lines(state)).toEqual(expected);
    }),
    { seed },
  );
});

test('the last 200 are kept', () => {
  let state = chat.emptyChat;
  for (let seq = 1; seq <= 230; seq += 1) state = hear(state, seq, message(`m${seq}`));
  expect(state.entries).toHaveLength(200);
  expect(lines(state)[0]).toBe('m31');
});

test('what the snapshot holds comes before what is heard later', () => {
  const before = chat.chatFromSnapshot({ messages: [message('a'), message('b')], pinned: null });
  expect(lines(hear(before, 1, message('c')))).toEqual(['a', 'b', 'c']);
  expect(lines(hear(before, 1, message('b')))).toEqual(['a', 'b']);
});

test('messages left out are counted where they were left out; neighbours add up', () => {
  let state = hear(chat.emptyChat, 1, message('a'));
  state = chat.noteOmitted(state, 13, 12);
  state = chat.noteOmitted(state, 20, 5);
  state = hear(state, 21, message('b'));
  state = chat.noteOmitted(state, 24, 3);
  state = chat.noteOmitted(state, 25, 0);
  expect(lines(state)).toEqual(['a', '+17', 'b', '+3']);
});

test('a message that names you is put where it was said', () => {
  let state = hear(chat.emptyChat, 1, message('a'));
  state = hear(state, 9, message('c'));
  state = chat.reduceChatNotice(state, {
    roomId: 'r1',
    name: 'chat:mentioned',
    data: { seq: 5, message: message('b') },
  });
  expect(lines(state)).toEqual(['a', 'b', 'c']);
});

test('an own line waits apart, then takes its place; heard before its ack it never shows twice', () => {
  const waiting = chat.saying(chat.emptyChat, draft('op-1', ' ｈello '));
  expect(waiting.pending).toHaveLength(1);
  const heard = hear(waiting, 4, message('m1', 'hello', 'me'));
  expect([lines(heard), heard.pending]).toEqual([['hello'], []]);
  const acked = chat.said(heard, 'op-1', 4, message('m1', 'hello', 'me'));
  expect([lines(acked), acked.pending]).toEqual([['hello'], []]);
});

test('the same words of someone else do not take an own line away', () => {
  const waiting = chat.saying(chat.emptyChat, draft('op-1', 'hello'));
  expect(hear(waiting, 4, message('m1', 'hello')).pending).toHaveLength(1);
});

test('a refused line stays with its reason until it is dropped or sent again', () => {
  const waiting = chat.saying(chat.saying(chat.emptyChat, draft('op-1', 'a')), draft('op-2', 'b'));
  const refused = chat.refused(waiting, 'op-1', refusal);
  expect(refused.pending.map((line) => line.refusal?.code ?? null)).toEqual(['EMPTY_TEXT', null]);
  expect(chat.saying(refused, draft('op-1', 'a')).pending.map((line) => line.refusal)).toEqual([null, null]);
  expect(chat.dropLine(refused, 'op-1').pending.map(({ opId }) => opId)).toEqual(['op-2']);
});

test('own lines under way outlive a new snapshot', () => {
  const waiting = chat.saying(chat.emptyChat, draft('op-1', 'a'));
  const anew = chat.chatFromSnapshot({ messages: [message('x')], pinned: message('x') }, waiting);
  expect([lines(anew), anew.pending.length, anew.pinned?.messageId]).toEqual([['x'], 1, 'x']);
});

test('one message is pinned, or none', () => {
  const pinned = (to: ChatMessage | null): EventOf<'chat'> => ({
    seq: 1,
    name: 'chat:pinned',
    atMs: 0,
    data: { message: to },
  });
  const state = chat.reduceChat(chat.emptyChat, pinned(message('a')), 'me');
  expect(state.pinned?.messageId).toBe('a');
  expect(chat.reduceChat(state, pinned(null), 'me').pinned).toBe(null);
});

const removed = (...messageIds: string[]): EventOf<'chat'> => ({
  ...{ seq: 50, name: 'chat:removed', atMs: 0 },
  data: { messageIds },
});
const restored = (restoredMessage: ChatMessage): EventOf<'chat'> => ({
  ...{ seq: 51, name: 'chat:restored', atMs: 0 },
  data: { message: restoredMessage },
});
const at = (messageId: string, atMs: number) => ({ ...message(messageId), atMs });

test('removed messages vanish, pinned too; what quotes them stays, with the quote', () => {
  const replyTo = { messageId: 'a', userId: 'u2', name: 'u2', excerpt: 'a' };
  let state = chat.chatFromSnapshot({ messages: [message('a'), message('b')], pinned: message('a') });
  state = hear(state, 3, { ...message('c'), replyTo });
  state = chat.reduceChat(state, removed('a', 'x'), 'me');
  expect([lines(state), state.pinned]).toEqual([['b', 'c'], null]);
  expect(state.entries.at(-1)).toMatchObject({ message: { replyTo } });
});

test('a removed message does not come back with an answer or a notice that was under way', () => {
  let state = chat.reduceChat(hear(chat.emptyChat, 1, message('a')), removed('a'), 'me');
  state = chat.said(state, 'op-1', 1, message('a'));
  state = chat.reduceChatNotice(state, {
    ...{ roomId: 'r1', name: 'chat:mentioned' },
    data: { seq: 1, message: message('a') },
  });
  expect(lines(state)).toEqual([]);
});

test('a restored message is back in its place by time, once, and what comes after it stands behind', () => {
  let state = chat.chatFromSnapshot({ messages: [at('a', 10), at('c', 30)], pinned: null });
  state = hear(state, 7, at('d', 40));
  state = chat.reduceChat(state, removed('b'), 'me');
  for (let i = 0; i < 2; i += 1) state = chat.reduceChat(state, restored(at('b', 20)), 'me');
  state = chat.reduceChat(state, restored(at('first', 5)), 'me');
  state = chat.reduceChat(state, restored(at('last', 50)), 'me');
  state = hear(state, 6, at('late', 39));
  state = hear(state, 60, at('e', 60));
  expect(lines(state)).toEqual(['first', 'a', 'b', 'c', 'late', 'd', 'last', 'e']);
});

const note = (
  seq: number,
  name: string,
  what: 'level-up' | 'entered' = 'entered',
): EventOf<'fan-badges'> => ({
  ...{ seq, atMs: 0, name: `fan-badges:${what}` },
  data: { userId: name, name, level: 7 },
});

test('fans that come in or rise are noted between messages, three lines at most', () => {
  let state = hear(chat.emptyChat, 1, message('a'));
  for (const [i, name] of ['ana', 'bo', 'cy', 'dee', 'eli'].entries())
    state = chat.noteFan(state, note(i + 2, name));
  state = hear(state, 9, message('b'));
  state = chat.noteFan(state, note(10, 'fay', 'level-up'));
  expect(lines(state)).toEqual(['a', 'dee entered', 'eli entered', 'b', 'fay level-up']);
  expect(chat.noteFan(state, note(10, 'fay', 'level-up'))).toBe(state);
});

test('messages of one moment come back where they stood', () => {
  let state = chat.emptyChat;
  for (const [i, id] of ['a', 'b', 'c'].entries()) state = hear(state, i + 1, at(id, 10));
  state = chat.reduceChat(state, removed('b', 'a'), 'me');
  for (const id of ['b', 'a']) state = chat.reduceChat(state, restored(at(id, 10)), 'me');
  expect(lines(state)).toEqual(['a', 'b', 'c']);
});
