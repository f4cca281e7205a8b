import { expect, test } from 'vitest';
import { MODERATION_LIMITS } from '../../../shared/plays/moderation/limits.ts';
import { validateWithContracts } from '../../sdk/validate.ts';
import { DESK_KEYS, deskCommand } from './desk-keys.ts';
import * as lengths from './desk-lengths.ts';
import { actionOf } from './desk-testing.ts';
import { wordAt, wordsIn } from './desk-words-model.ts';

const press = (key: string, part = {}) =>
  deskCommand({
    ...{
      key,
      ctrlKey: false,
      metaKey: false,
      altKey: false,
      repeat: false,
      isComposing: false,
      isTyping: false,
    },
    ...part,
  });

test('each key means one thing, with or without Caps Lock', () => {
  for (const [key, command] of Object.entries(DESK_KEYS)) {
    expect([key, press(key), press(key.toUpperCase())]).toEqual([key, command, command]);
  }
  expect(new Set(Object.values(DESK_KEYS)).size).toBe(Object.keys(DESK_KEYS).length);
  expect([press('x'), press('Enter'), press('toString')]).toEqual([null, null, null]);
});

test('keys rest while somebody types, composes, or uses the browser', () => {
  for (const part of [{ isTyping: true }, { isComposing: true }, { ctrlKey: true }, { metaKey: true }]) {
    expect([part, press('d', part)]).toEqual([part, null]);
  }
});

test('a key that is kept down moves on, and acts once', () => {
  expect([press('j', { repeat: true }), press('b', { repeat: true })]).toEqual(['next', null]);
});

test('numbers that the contract has too are the same', () => {
  const { timeoutMs, kickMs, targetsMax, messagesMax, wordsPerCall, reasonMaxCharacters, undoMs } =
    MODERATION_LIMITS;
  expect([lengths.TIMEOUT_MS, lengths.KICK_MS, lengths.TARGETS_MAX, lengths.MESSAGES_MAX]).toEqual(
    [timeoutMs, kickMs, targetsMax, messagesMax].map(({ value }) => value),
  );
  expect([lengths.WORDS_PER_CALL, lengths.REASON_MAX, lengths.UNDO_MS]).toEqual(
    [wordsPerCall, reasonMaxCharacters, undoMs].map(({ value }) => value),
  );
});

test('every choice of a length can be sent', () => {
  const problem = (kind: string, durationMs: number | null) =>
    validateWithContracts('moderation:sanction', {
      ...{ opId: 'op-12345', userIds: ['bo'], kind },
      ...(durationMs === null ? {} : { durationMs }),
    });
  for (const ms of lengths.SPEAK_CHOICES_MS) {
    const { kind, durationMs = null } = lengths.speakSanction(ms);
    expect([ms, problem(kind, durationMs)]).toEqual([ms, null]);
  }
  for (const ms of lengths.KICK_CHOICES_MS) expect([ms, problem('kick', ms)]).toEqual([ms, null]);
  for (const ms of lengths.BAN_CHOICES_MS) expect([ms, problem('ban', ms)]).toEqual([ms, null]);
  for (const durationMs of lengths.SHIFT_CHOICES_MS) {
    const input = { opId: 'op-12345', userId: 'bo', role: 'moderator', durationMs };
    expect([durationMs, validateWithContracts('moderation:appoint', input)]).toEqual([durationMs, null]);
  }
  for (const slowMs of lengths.SLOW_CHOICES_MS)
    for (const followersMs of lengths.FOLLOWERS_CHOICES_MS) {
      const input = { opId: 'op-12345', modes: { slowMs, followersMs } };
      expect(validateWithContracts('moderation:set-modes', input)).toBe(null);
    }
});

test('undo is offered for a day, once, and not against somebody above', () => {
  const ban = actionOf('a1', { kind: 'ban', atMs: 0 });
  expect(lengths.canUndo(ban, 'moderator', 1_000)).toBe(true);
  expect(lengths.canUndo(ban, 'moderator', lengths.UNDO_MS)).toBe(false);
  expect(lengths.canUndo({ ...ban, undoneBy: 'a2' }, 'moderator', 1_000)).toBe(false);
  expect(lengths.canUndo({ ...ban, actorRole: 'host' }, 'moderator', 1_000)).toBe(false);
  expect(lengths.canUndo({ ...ban, kind: 'undo' }, 'host', 1_000)).toBe(false);
  // Not by the log, but by the key: that approves it.
  expect([lengths.canUndo({ ...ban, kind: 'hold' }, 'host', 1_000), lengths.isUndone('hold')]).toEqual([
    false,
    true,
  ]);
  expect(lengths.isUndone('reject')).toBe(false);
});

test('words are read a line each, and a problem names its word', () => {
  expect(wordsIn(' bad \r\nworse\n\nbad\n two words ')).toEqual(['bad', 'worse', 'two words']);
  expect([
    wordAt('add.1', ['a', 'b']),
    wordAt('add.7', ['a']),
    wordAt('listId', ['a']),
    wordAt(undefined, []),
  ]).toEqual(['b', null, null, null]);
});
