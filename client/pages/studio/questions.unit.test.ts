import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../../../shared/plays/chat/contract.ts';
import type { ChatEntry } from '../../plays/chat/reducer.ts';
import { isQuestion, openQuestions } from './questions.ts';

const NOW_MS = 10_000_000;

function said(messageId: string, text: string, part: Partial<ChatMessage> = {}): ChatEntry {
  const message: ChatMessage = {
    ...{ messageId, text, userId: `u-${messageId}`, name: messageId, role: 'viewer', badge: null },
    ...{ mentions: [], replyTo: null, atMs: NOW_MS, ...part },
  };
  return { kind: 'message', key: messageId, seq: null, message };
}
const host = { userId: 'host', role: 'host' } as const;
const replyTo = (messageId: string) => ({ messageId, userId: `u-${messageId}`, name: '', excerpt: '' });
const ids = (entries: ChatEntry[], answered: string[] = []) =>
  openQuestions({ entries, yourId: 'host', answered: new Set(answered), nowMs: NOW_MS }).map(
    ({ messageId }) => messageId,
  );

describe('a line', () => {
  it.each([
    'is it cotton?',
    'how much is the shirt',
    'can you show the back again',
    '@Lin does it shrink in the wash',
    '纯棉的吗',
    '這件有嗎～',
    '多少钱',
    '尺码怎么选',
    '有没有黑色的',
    '請問什麼時候出貨',
    '还有货？',
    'هل هو قطن؟',
    '这件呢',
  ])('[PG66] asks: %s', (text) => expect(isQuestion(text)).toBe(true));

  it.each([
    'lovely shirt',
    '好看',
    '太棒了!!',
    'see https://shop.example/p?id=3',
    '???',
    'is it',
    'what!',
    '我要三件',
    '',
  ])('[PG66] asks nothing: %s', (text) => expect(isQuestion(text)).toBe(false));
});

describe('what is asked and not answered', () => {
  it('[PG66] is every line that asks or names the host, oldest first', () => {
    const entries = [
      said('a', 'is it cotton?'),
      said('b', 'nice'),
      said('c', 'hello', { mentions: ['host'] }),
      said('d', 'me too', { replyTo: { ...replyTo('x'), userId: 'host' } }),
    ];
    expect(ids(entries)).toEqual(['a', 'c', 'd']);
  });

  it('[PG66] loses what a seller replied to, what a seller answered by name, and what was ticked off', () => {
    const entries = [
      said('a', 'is it cotton?'),
      said('b', 'which size?'),
      said('c', 'how long?'),
      said('d', 'washable?'),
      said('r1', 'yes', { ...host, replyTo: replyTo('a'), mentions: ['u-a'] }),
      said('r2', '@b take M', { userId: 'co', role: 'cohost', mentions: ['u-b'] }),
    ];
    expect(ids(entries, ['c'])).toEqual(['d']);
  });

  it('[PG66] keeps what is asked again after the answer, and what other viewers or moderators say about it', () => {
    const entries = [
      said('a', 'is it cotton?', { userId: 'ana' }),
      said('r1', 'yes', { ...host, replyTo: { ...replyTo('a'), userId: 'ana' } }),
      said('b', 'and the lining?', { userId: 'ana' }),
      said('c', 'I think so', { replyTo: { ...replyTo('b'), userId: 'ana' } }),
      said('m', 'any questions so far?', { role: 'moderator' }),
      said('h', 'who wants another one?', host),
    ];
    expect(ids(entries)).toEqual(['b']);
  });

  it('answers one question of somebody who asked two by a reply to it', () => {
    const entries = [
      said('a', 'cotton?', { userId: 'ana' }),
      said('b', 'washable?', { userId: 'ana' }),
      said('r', 'yes', { ...host, mentions: ['ana'], replyTo: { ...replyTo('b'), userId: 'ana' } }),
    ];
    expect(ids(entries)).toEqual(['a']);
  });

  it('counts what one person asks twice once, and forgets what nobody answered for half an hour', () => {
    const entries = [
      said('old', 'cotton?', { atMs: NOW_MS - 31 * 60_000 }),
      said('a', 'washable?', { userId: 'ana' }),
      said('b', 'washable? ', { userId: 'ana' }),
      said('c', 'washable?', { userId: 'bo' }),
    ];
    expect(ids(entries)).toEqual(['a', 'c']);
    expect(ids(entries, ['a'])).toEqual(['c']);
  });
});
