import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../../../shared/plays/chat/contract.ts';
import type { ChatEntry } from '../../plays/chat/reducer.ts';
import { isQuestion, ofPeople, ofSimulated, openQuestions, SIMULATED_SHOWN, stillOpen } from './questions.ts';

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

describe('a question whose line the chat has let go', () => {
  const look = (
    entries: ChatEntry[],
    before: readonly ChatMessage[],
    gone: string[] = [],
    ticked: string[] = [],
  ) =>
    openQuestions({
      ...{ entries, yourId: 'host', answered: new Set(ticked), nowMs: NOW_MS },
      kept: stillOpen(before, { entries, gone: gone.map((messageId) => ({ messageId, seq: null })) }),
    });
  const asked = look(
    [said('a', 'is it cotton?'), said('s', 'big?', { userId: 'sim:1' }), said('b', 'hi')],
    [],
  );
  const ofIds = (messages: readonly ChatMessage[]) => messages.map(({ messageId }) => messageId);

  it('[PG66] waits on, until it is answered, ticked off or taken back; one of a simulated viewer does not', () => {
    expect(ofIds(asked)).toEqual(['a', 's']);
    const later = look([said('b', 'hi'), said('c', 'which size?')], asked);
    expect(ofIds(later)).toEqual(['a', 'c']);
    expect(ofIds(look([said('d', 'nice')], later))).toEqual(['a', 'c']);
    expect(ofIds(look([said('d', 'nice')], later, ['a']))).toEqual(['c']);
    expect(ofIds(look([said('d', 'nice')], later, [], ['a']))).toEqual(['c']);
    const answer = said('r', 'yes', { ...host, replyTo: replyTo('a'), mentions: ['u-a'] });
    expect(ofIds(look([said('d', 'nice'), answer], later))).toEqual(['c']);
  });

  it('[PG66] is forgotten after half an hour, as every other', () => {
    const old = look([said('o', 'cotton?', { atMs: NOW_MS - 31 * 60_000 })], []);
    expect(old).toEqual([]);
    const kept = [...asked].map((message) => ({ ...message, atMs: NOW_MS - 31 * 60_000 }));
    expect(look([said('d', 'nice')], kept)).toEqual([]);
  });
});

describe('[AU11] questions of simulated viewers', () => {
  const asks = (from: number, to: number): ChatEntry[] =>
    Array.from({ length: to - from }, (_, i) =>
      said(`s${from + i}`, `how big is number ${from + i}?`, {
        ...{ userId: `sim:${from + i}`, atMs: NOW_MS - 60_000 + from + i },
      }),
    );
  const open = (entries: ChatEntry[], answered: string[] = []) =>
    openQuestions({ entries, yourId: 'host', answered: new Set(answered), nowMs: NOW_MS });
  const idsOf = (messages: readonly ChatMessage[]) => messages.map(({ messageId }) => messageId);

  it('[AU11] do not count, and few of them stand behind people', () => {
    const asked = open([...asks(0, 30), said('ana', 'is it cotton?'), ...asks(30, 60)]);
    expect(idsOf(ofPeople(asked))).toEqual(['ana']);
    expect(idsOf(ofSimulated(asked, new Set()))).toEqual(['s55', 's56', 's57', 's58', 's59']);
    expect(SIMULATED_SHOWN).toBe(5);
  });

  it('[AU11] keep their places while newer ones come, until they are answered or gone', () => {
    const first = idsOf(ofSimulated(open(asks(0, 10)), new Set()));
    expect(first).toEqual(['s5', 's6', 's7', 's8', 's9']);
    expect(idsOf(ofSimulated(open(asks(0, 40)), new Set(first)))).toEqual(first);
    const answered = open(asks(0, 40), ['s6']);
    expect(idsOf(ofSimulated(answered, new Set(first)))).toEqual(['s5', 's7', 's8', 's9', 's39']);
    // The chat keeps so many lines, and no more.
    expect(idsOf(ofSimulated(open(asks(7, 40)), new Set(first)))).toEqual(['s7', 's8', 's9', 's38', 's39']);
  });
});
