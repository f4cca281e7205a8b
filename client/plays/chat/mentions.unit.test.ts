import { expect, test } from 'vitest';
import { CHAT_TEXT_MAX_CODE_UNITS, CHAT_TEXT_MAX_GRAPHEMES } from '../../../shared/plays/chat/contract.ts';
import { complete, mentionsIn, nameBeingTyped, peopleIn, suggestions } from './mentions.ts';
import type { ChatEntry } from './reducer.ts';
import { TEXT_MAX_CODE_UNITS, TEXT_MAX_GRAPHEMES, tooMany } from './text-length.ts';

const ana = { userId: 'u1', name: 'Ana' };
const anton = { userId: 'u2', name: 'Anton' };
const bo = { userId: 'u3', name: 'Bo Wang' };
const people = [ana, anton, bo];

function entry(person: typeof ana): ChatEntry {
  const message = {
    messageId: person.userId,
    role: 'viewer' as const,
    text: '',
    mentions: [],
    badge: null,
    replyTo: null,
    atMs: 0,
  };
  return { kind: 'message', key: person.userId, seq: 1, message: { ...message, ...person } };
}

test('people are those who spoke, the latest first, each once', () => {
  expect(peopleIn([entry(ana), entry(bo), entry(ana)])).toEqual([ana, bo]);
});

test('names in the text become user ids, also names with a space', () => {
  expect(mentionsIn('thanks @ana and @Bo Wang!', people)).toEqual(['u1', 'u3']);
  expect(mentionsIn('nobody here', people)).toEqual([]);
});

test('a name is suggested while it is typed at the end', () => {
  expect(nameBeingTyped('hi @an')).toBe('an');
  expect(nameBeingTyped('mail@example')).toBe(null);
  expect(nameBeingTyped('hi @ana ')).toBe(null);
  expect(suggestions('hi @an', people)).toEqual([ana, anton]);
  expect(complete('hi @an', anton)).toBe('hi @Anton ');
});

test('length is counted as people see it, with the limit of the contract', () => {
  expect(TEXT_MAX_GRAPHEMES).toBe(CHAT_TEXT_MAX_GRAPHEMES);
  expect(tooMany('a'.repeat(300))).toBe(0);
  expect(tooMany('a'.repeat(303))).toBe(3);
  expect(tooMany('👍🏽'.repeat(300))).toBe(0);
  expect(TEXT_MAX_CODE_UNITS).toBe(CHAT_TEXT_MAX_CODE_UNITS);
  // Seven code units each.
  expect(tooMany('👩🏽‍🎤'.repeat(300))).toBe(300 - 214);
  expect(tooMany(` Z${'\u0301'.repeat(10_000)} `)).toBe(1);
});
