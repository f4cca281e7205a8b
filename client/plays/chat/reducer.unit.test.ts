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
  return state.entries.map((entry) => (entry.kind === 'message' ? entry.message.text : `+${entry.count}`));
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
