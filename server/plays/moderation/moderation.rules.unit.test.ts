import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Action } from '../../../shared/plays/moderation/actions.ts';
import { MODERATION_LIMITS } from '../../../shared/plays/moderation/limits.ts';
import { matches, readCursor } from './action-log.ts';
import { readStaff } from './desk.reader.ts';
import { durationOf, vainFor } from './moderation.rules.ts';

const action: Action = {
  ...{
    actionId: 'a7',
    kind: 'ban',
    actorId: 'mo',
    actorName: 'Mo',
    actorRole: 'moderator',
    userIds: ['ana'],
  },
  messages: [{ messageId: 'm_1', userId: 'ana', name: 'Ana', text: 'Straße Ｎｏ 1' }],
  ...{ reason: 'spam', untilMs: null, detail: '', undoes: null, undoneBy: null, atMs: 1000 },
};

describe('lengths', () => {
  it('[MO6] are those given, or of the kind', () => {
    expect((['mute', 'timeout', 'kick', 'ban'] as const).map((kind) => durationOf(kind, undefined))).toEqual([
      0, 600_000, 60_000, 0,
    ]);
    expect(durationOf('timeout', 90_000)).toBe(90_000);
  });

  it('[MO14] of an undo are the same in the script and the contract', () => {
    const lua = readFileSync(new URL('lua/action.lua', import.meta.url), 'utf8');
    const [, undoMs, keepMs] = /ACTION_UNDO_MS, ACTION_KEEP_MS = (\d+), (\d+)/.exec(lua) ?? [];
    expect(Number(undoMs)).toBe(MODERATION_LIMITS.undoMs.value);
    expect(Number(keepMs)).toBeGreaterThan(MODERATION_LIMITS.undoMs.value);
  });
});

describe('guests', () => {
  it('[MO25] can only be kicked', () => {
    expect(vainFor('kick', ['guest:1'])).toBe(-1);
    expect(vainFor('ban', ['ana', 'guest:1', 'guest:2'])).toBe(1);
    expect(vainFor('mute', ['ana'])).toBe(-1);
  });
});

describe('a search', () => {
  it('[MO19] finds words in reasons, names and messages, whatever their case and width', () => {
    for (const text of ['SPAM', 'strasse'.slice(0, 4), 'no 1', 'ANA', 'mo']) {
      expect([text, matches({ text })(action)]).toEqual([text, true]);
    }
    expect(matches({ text: 'nothing' })(action)).toBe(false);
    expect(matches({ fromMs: 1000, toMs: 1000 })(action)).toBe(true);
    expect(matches({ fromMs: 1001 })(action)).toBe(false);
    expect(matches({ toMs: 999 })(action)).toBe(false);
    expect(matches({ actorId: 'mo', userId: 'ana', kind: 'ban' })(action)).toBe(true);
    expect(matches({ userId: 'mo' })(action)).toBe(false);
  });

  it('[MO19] goes on from cursors of ours alone', () => {
    expect([readCursor('17'), readCursor('0'), readCursor('017'), readCursor('1e3'), readCursor('')]).toEqual(
      [17, ...[undefined, undefined, undefined, undefined]],
    );
  });
});

describe('staff', () => {
  it('[MO20] are those whose role counts now, the highest first, each once with the highest role', () => {
    const roles = {
      ...{ 't mo': 'moderator 0', 'a mo': 'moderator 5000', 'a kay': 'cohost 5000', 't kay': 'moderator 0' },
      ...{ 't host': 'host 0', 'a gone': 'moderator 1000', 'a al': 'moderator 1001' },
    };
    expect(readStaff(Object.entries(roles).flat(), 1000)).toEqual([
      { userId: 'host', role: 'host', untilMs: null },
      { userId: 'kay', role: 'cohost', untilMs: 5000 },
      { userId: 'al', role: 'moderator', untilMs: 1001 },
      { userId: 'mo', role: 'moderator', untilMs: null },
    ]);
  });
});
