import { expect, test } from 'vitest';
import { FAN_DEFAULTS, FAN_LEVELS, type Fan, POINT_SOURCES } from '../../../shared/community/fans.ts';
import { FAN_LIMITS } from '../../../shared/plays/fan-badges/contract.ts';
import type { EventOf } from '../events.ts';
import * as ladder from './ladder.ts';
import * as fans from './reducer.ts';

const fan: Fan = {
  ...{ level: 2, points: 30, lit: false, joinedAtMs: 0 },
  today: { watch: 6, chat: 1, share: 0, paid: 0, invite: 0 },
};
const start = fans.fansFromSnapshot({ rules: FAN_DEFAULTS, fans: 4 }, { fan, keeperAsk: null, invites: 0 });

test('points light the badge; points that a refund takes back do not', () => {
  const told = (points: number, level: number) =>
    fans.reduceFanNotice(start, { roomId: 'r1', name: 'fan-badges:points-changed', data: { points, level } })
      .you.fan;
  expect(told(36, 2)).toMatchObject({ points: 36, lit: true });
  expect(told(20, 2)).toMatchObject({ points: 20, lit: false });
});

test('a level of yours is taken over, one of somebody else is not', () => {
  const levelUp = (userId: string): EventOf<'fan-badges'> => ({
    ...{ seq: 1, atMs: 0, name: 'fan-badges:level-up' },
    data: { userId, name: userId, level: 3 },
  });
  expect(fans.reduceFans(start, levelUp('ana'), 'ana').you.fan?.level).toBe(3);
  expect(fans.reduceFans(start, levelUp('bo'), 'ana')).toBe(start);
});

test('notices about points are nothing to one who is not in the club', () => {
  const outside = fans.fanYouAnew(start, { fan: null, keeperAsk: null, invites: 0 });
  const data = { points: 36, level: 2 };
  expect(fans.reduceFanNotice(outside, { roomId: 'r1', name: 'fan-badges:points-changed', data })).toBe(
    outside,
  );
});

test('who joins is counted once', () => {
  const outside = fans.fanYouAnew(start, { fan: null, keeperAsk: null, invites: 0 });
  const joined = fans.joinedClub(outside, start.you);
  expect([joined.fans, fans.joinedClub(joined, start.you).fans]).toEqual([5, 5]);
});

test('the question to moderate stands until it is answered', () => {
  const asked = fans.reduceFanNotice(start, {
    ...{ roomId: 'r1', name: 'fan-badges:keeper-asked' },
    data: { untilMs: 9, shiftMs: 5 },
  });
  expect(asked.you.keeperAsk).toEqual({ untilMs: 9, shiftMs: 5 });
  expect(fans.keeperAnswered(asked).you.keeperAsk).toBe(null);
});

test('the way to the next level is between two thresholds, also when the host has raised them', () => {
  expect(ladder.climbOf(FAN_DEFAULTS, 2, 40)).toEqual({
    ...{ level: 2, points: 40, share: 0.5 },
    next: { level: 3, atPoints: 60, missing: 20 },
  });
  const raised = { thresholds: FAN_DEFAULTS.thresholds.map((at) => at * 10) };
  const climb = ladder.climbOf(raised, 2, 40);
  expect([climb.share, climb.next?.missing]).toEqual([0, 560]);
  expect(ladder.climbOf(FAN_DEFAULTS, 2, 75)).toMatchObject({ share: 1, next: { missing: 0 } });
  expect(ladder.climbOf(FAN_DEFAULTS, 20, 50_000)).toMatchObject({ share: 1, next: null });
});

test('perks are listed by level; an entrance that never comes is not', () => {
  expect(ladder.perksOf(FAN_DEFAULTS).map(({ what, fromLevel }) => `${what} ${fromLevel}`)).toEqual([
    ...['badge 1', 'entrance 7', 'core 10'],
  ]);
  expect(ladder.perksOf({ entranceLevel: 21 }).map(({ what }) => what)).toEqual(['badge', 'core']);
});

test('the values that the page carries are those of the contract', () => {
  expect([ladder.FAN_LEVELS, ladder.CORE_LEVEL]).toEqual([FAN_LEVELS, FAN_LIMITS.coreLevel.value]);
  expect(ladder.POINT_SOURCES).toEqual(POINT_SOURCES);
});
