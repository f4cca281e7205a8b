import { expect, test } from 'vitest';
import type { Sanction, SanctionKind } from '../../../shared/kernel/sanction.ts';
import { MODERATION_LIMITS } from '../../../shared/plays/moderation/limits.ts';
import { DEFAULT_MODES } from '../../../shared/plays/moderation/modes.ts';
import type { EventOf } from '../events.ts';
import * as conduct from './reducer.ts';
import { APPEAL_MAX } from './sanction-card.tsx';
import { type Speaker, speakStateOf } from './speak-state.ts';

const muted: Sanction = { actionId: 'a1', kind: 'mute', untilMs: null, reason: 'spam', appeal: 'none' };
const start = conduct.conductFromSnapshot({ modes: DEFAULT_MODES }, { sanctions: [] });

function hear(state: conduct.ConductState, ...events: Pick<EventOf<'moderation'>, 'name' | 'data'>[]) {
  return events
    .map((event, i) => ({ seq: i + 1, atMs: 0, ...event }) as EventOf<'moderation'>)
    .reduce((now, event) => conduct.reduceConduct(now, event, 'ana'), state);
}

const sanctioned = (kind: SanctionKind, untilMs: number | null, ...userIds: string[]) => ({
  ...{ userIds, kind, untilMs },
});

test('a sanction of yours shows at once, and in full once its notice comes', () => {
  const data = sanctioned('mute', null, 'bo', 'ana');
  const half = hear(start, { name: 'moderation:sanctioned', data });
  expect([conduct.isHalfTold(half), half.sanctions[0]?.kind]).toEqual([true, 'mute']);
  const told = conduct.reduceConductNotice(half, {
    ...{ roomId: 'r1', name: 'moderation:you-changed' },
    data: { sanctions: [muted] },
  });
  expect([conduct.isHalfTold(told), told.sanctions]).toEqual([false, [muted]]);
});

test('those of others are theirs', () => {
  const data = sanctioned('ban', null, 'bo');
  expect(hear(start, { name: 'moderation:sanctioned', data })).toBe(start);
  expect(hear(start, { name: 'moderation:lifted', data: { userIds: ['bo'], what: 'speak' } })).toBe(start);
});

test('a timeout replaces a mute, and what is lifted goes', () => {
  const data = sanctioned('timeout', 900, 'ana');
  const state = hear({ ...start, sanctions: [muted] }, { name: 'moderation:sanctioned', data });
  expect(state.sanctions.map(({ kind }) => kind)).toEqual(['timeout']);
  const lift = (what: 'speak' | 'enter') =>
    hear(state, { name: 'moderation:lifted', data: { userIds: ['ana'], what } }).sanctions.length;
  expect([lift('enter'), lift('speak')]).toEqual([1, 0]);
});

test('an appeal is open, then it ends the sanction or is turned down', () => {
  const open = conduct.appealed({ ...start, sanctions: [muted] }, 'a1');
  expect(open.sanctions[0]?.appeal).toBe('open');
  const answered = (accepted: boolean) =>
    conduct.reduceConductNotice(open, {
      ...{ roomId: 'r1', name: 'moderation:appeal-answered' },
      data: { actionId: 'a1', accepted, note: '' },
    }).sanctions;
  expect(answered(true)).toEqual([]);
  expect(answered(false)[0]?.appeal).toBe('rejected');
});

test('what has run out is not in force', () => {
  const sanctions = [{ ...muted, untilMs: 500 }];
  expect(conduct.inForce(sanctions, 'speak', 499)?.actionId).toBe('a1');
  expect(conduct.inForce(sanctions, 'speak', 500)).toBeUndefined();
  expect(conduct.inForce(sanctions, 'enter', 0)).toBeUndefined();
});

const NOW_MS = 1_000_000;
const speaker: Speaker = { role: 'viewer', followingSinceMs: null, fanLevel: 0, spokeAtMs: 0 };
const speak = (
  modes: Partial<typeof DEFAULT_MODES>,
  part: Partial<Speaker> = {},
  sanctions = [] as Sanction[],
) => speakStateOf({ modes: { ...DEFAULT_MODES, ...modes }, sanctions }, { ...speaker, ...part }, NOW_MS);

test('what keeps you from speaking, in the order in which the server asks', () => {
  const all = { slowMs: 10_000, followersMs: 600_000, minLevel: 3 } as const;
  const spoke = { spokeAtMs: NOW_MS - 4_000 };
  expect(speak({})).toEqual({ state: 'free' });
  expect(speak(all, spoke, [muted])).toMatchObject({ state: 'muted', leftMs: null });
  expect(speak(all, spoke, [{ ...muted, untilMs: NOW_MS + 5 }])).toMatchObject({ state: 'muted', leftMs: 5 });
  expect(speak(all, spoke)).toEqual({ state: 'slow', leftMs: 6_000 });
  expect(speak(all)).toEqual({ state: 'followers', leftMs: null });
  expect(speak(all, { followingSinceMs: NOW_MS - 1_000 })).toEqual({ state: 'followers', leftMs: 599_000 });
  expect(speak(all, { followingSinceMs: 0 })).toEqual({ state: 'level', level: 3, isFan: false });
  expect(speak(all, { followingSinceMs: 0, fanLevel: 2 })).toMatchObject({ state: 'level', isFan: true });
  expect(speak(all, { followingSinceMs: 0, fanLevel: 3 })).toEqual({ state: 'free' });
  expect(speak({ followersMs: 0 }, { followingSinceMs: NOW_MS })).toEqual({ state: 'free' });
});

test('moderators are bound by a mute alone', () => {
  const all = { slowMs: 10_000, followersMs: 0, minLevel: 3 } as const;
  expect(speak(all, { role: 'moderator', spokeAtMs: NOW_MS })).toEqual({ state: 'free' });
  expect(speak(all, { role: 'moderator' }, [muted]).state).toBe('muted');
});

test('the length of an appeal is that of the contract', () => {
  expect(APPEAL_MAX).toBe(MODERATION_LIMITS.appealMaxCharacters.value);
});
