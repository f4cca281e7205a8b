import { beforeAll, describe, expect, it } from 'vitest';
import { COMMUNITY_FACTS } from '../../../shared/trade/community-facts.ts';
import { useHarness } from '../../testing/harness.ts';
import { checkRoom } from '../check-room.ts';
import { publicFact } from '../public-fact.ts';
import { type CommunityScene, playCommunity } from '../testing/community-scene.ts';
import { dataOf, readAllFacts, renumbered, withData } from '../testing/facts.ts';
import type { Invariant } from './findings.ts';
import { LedgerCheck } from './ledger-check.ts';
import type { RawFact } from './replay.ts';

const harness = useHarness();
let scene: CommunityScene;
let facts: RawFact[];

beforeAll(async () => {
  scene = await playCommunity(harness);
  facts = await readAllFacts(scene.node.core.redis, scene.node.core.keys.room(scene.roomId).ledger);
}, 60_000);

type Change = (facts: RawFact[]) => RawFact[];

const at = (kind: string, fits: (data: Record<string, unknown>) => boolean = () => true): number => {
  const found = facts.findIndex((fact) => fact.kind === kind && fits(dataOf(fact)));
  if (found < 0) throw new Error(`the scene has no such ${kind}`);
  return found;
};
const changed =
  (kind: string, data: (old: Record<string, unknown>) => Record<string, unknown>): Change =>
  (all) => {
    const i = at(kind);
    return all.with(i, withData(all[i] as RawFact, data(dataOf(all[i] as RawFact))));
  };
const without =
  (kind: string): Change =>
  (all) =>
    renumbered(all.toSpliced(at(kind), 1));
const twice =
  (kind: string): Change =>
  (all) =>
    renumbered(all.toSpliced(at(kind) + 1, 0, { ...(all[at(kind)] as RawFact), op: '' }));
const later =
  (kind: string, by: string): Change =>
  (all) => {
    const [moved] = all.splice(at(kind), 1) as [RawFact];
    return renumbered(all.toSpliced(all.findIndex((fact) => fact.kind === by) + 1, 0, moved));
  };
const timed =
  (kind: string, by: number): Change =>
  (all) =>
    all.with(at(kind), { ...(all[at(kind)] as RawFact), at: (all[at(kind)] as RawFact).at + by });
const hex = (byte: string): string => byte.repeat(32);
const users = (data: Record<string, unknown>) => data.userIds as string[];
const tickets = (data: Record<string, unknown>) => data.tickets as number[];

function found(change: Change): { invariant: Invariant; message: string }[] {
  const check = new LedgerCheck({ roomId: scene.roomId });
  for (const fact of change([...facts])) check.add(fact);
  return check.finish();
}

describe('draws, fans and moderation in the ledger', () => {
  it('[LG20] whatever happens in them, nothing is wrong, in the facts and in the live keys', async () => {
    const { redis, keys } = scene.node.core;
    const verdict = await checkRoom(redis, keys, scene.roomId, { late: 'note' });
    expect(verdict.violations).toEqual([]);
    const seen = new Set(facts.map(({ kind }) => kind));
    expect(Object.keys(COMMUNITY_FACTS).filter((kind) => !seen.has(kind))).toEqual([]);
    expect(found((all) => all)).toEqual([]);
  });

  const cases: [what: string, change: Change, invariant: Invariant, says: RegExp][] = [
    ['a draw announced twice', twice('draw-announced'), 10, /second time/],
    ['entries before the commitment', later('draw-announced', 'draw-entered'), 10, /never announced/],
    [
      'a gap in the tickets',
      changed('draw-entered', ({ fromTicket }) => ({ fromTicket: Number(fromTicket) + 1 })),
      10,
      /follows ticket/,
    ],
    [
      'a second ticket',
      changed('draw-entered', (data) => ({ userIds: [...users(data).slice(1), users(data)[1]] })),
      10,
      /second ticket/,
    ],
    ['an entry after closing', later('draw-entered', 'draw-closed'), 10, /while the draw is closed/],
    ['an entry out of its time', timed('draw-entered', 86_400_000), 10, /were not open/],
    ['another number at the close', changed('draw-closed', () => ({ entries: 99 })), 10, /99 entries/],
    ['a draw that was never frozen', without('draw-frozen'), 10, /drawn while the draw is closed/],
    ['a list frozen after the beacon', timed('draw-frozen', 86_400_000), 10, /beacon was out/],
    [
      'another round, not said',
      changed('draw-frozen', ({ beaconRound }) => ({ beaconRound: Number(beaconRound) + 1 })),
      10,
      /another round/i,
    ],
    [
      'a round changed for nothing',
      changed('draw-frozen', ({ beaconRound }) => ({
        beaconRound: Number(beaconRound) + 1,
        movedFromRound: beaconRound,
      })),
      10,
      /still to come/,
    ],
    ['a draw drawn twice', twice('draw-drawn'), 10, /drawn a second time|while the draw is drawn/],
    [
      'a winner twice',
      changed('draw-drawn', (data) => ({ tickets: [tickets(data)[0], tickets(data)[0]] })),
      10,
      /won twice/,
    ],
    [
      'another winner',
      changed('draw-drawn', (data) => ({ tickets: tickets(data).map((ticket) => (ticket % 12) + 1) })),
      10,
      /comes to|won twice/,
    ],
    [
      'a winner who never entered',
      changed('draw-drawn', (data) => ({ tickets: [999, ...tickets(data).slice(1)] })),
      10,
      /999 won/,
    ],
    [
      'a winner left out',
      changed('draw-drawn', (data) => ({ tickets: tickets(data).slice(1) })),
      10,
      /there should be/,
    ],
    ['other randomness', changed('draw-drawn', () => ({ randomness: hex('ab') })), 10, /signature/],
    ['another seed', changed('draw-revealed', () => ({ seed: hex('ab') })), 10, /committed/],
    [
      'a prize that was claimed and passed on',
      changed('prize-claimed', () => ({ award: 1 })),
      10,
      /cannot be passed on/,
    ],
    [
      'a next in line out of turn',
      changed('prize-passed-on', ({ toTicket }) => ({ toTicket: (Number(toTicket) % 12) + 1 })),
      10,
      /next in line|drawn twice/,
    ],
    ['a claimed prize drawn anew', changed('draw-redrawn', () => ({ awards: [5] })), 10, /drawn anew/],
    ['a fan who joins twice', twice('fan-joined'), 2, /second time/],
    ['points of nobody', without('fan-joined'), 2, /is no fan/],
    [
      'points above the cap',
      changed('points-earned', ({ grants }) => ({
        grants: (grants as [string, number][]).map(([user]) => [user, 500]),
      })),
      2,
      /cap/,
    ],
    [
      'a level that no points reach',
      changed('fan-level-changed', ({ to }) => ({ to: Number(to) + 1 })),
      2,
      /level/,
    ],
    ['a level that is not told of', without('fan-level-changed'), 2, /no fact says so|was level/],
    [
      'more points taken than there are',
      changed('points-taken', () => ({ points: 5000 })),
      2,
      /less than no points|points, not/,
    ],
    [
      'an opId with two effects',
      (all) => renumbered(all.toSpliced(at('draw-cancelled') + 1, 0, all[at('draw-cancelled')] as RawFact)),
      5,
      /second effect/,
    ],
  ];
  it.each(cases)('[LG21] %s is found out', (_what, change, invariant, says) => {
    const violations = found(change);
    expect(violations.map(({ message }) => message).join('\n')).toMatch(says);
    expect(violations.map((violation) => violation.invariant)).toContain(invariant);
  });

  it.each([
    ['fan-joined', 'max', { userId: 'max' }],
    ['draw-entered', 'system', { drawId: 'd', fromTicket: 1, userIds: ['ana', 'max'] }],
    ['waitlist-left', 'system', { saleId: 's', userId: 'max', reason: 'offered' }],
    ['order-held', 'max', {}],
    ['session-ended', 'max', {}],
  ])('[LG22] a %s of somebody who is banned is found out', (kind, actor, data) => {
    const ban = at('moderated', ({ kind: what }) => what === 'ban');
    const by = { n: 0, op: '', at: (facts[ban] as RawFact).at + 1, kind, actor, data: JSON.stringify(data) };
    const violations = found((all) => renumbered(all.toSpliced(ban + 1, 0, by)));
    expect(violations).toContainEqual(expect.objectContaining({ invariant: 12, n: ban + 2 }));
  });

  it.each<[what: string, change: Change, says: RegExp]>([
    ['starts twice', twice('media-started'), /a second time/],
    ['is replaced and goes on', without('media-ended'), /camera twice at once/],
    ['ends twice', twice('media-ended'), /media-ended of camera-1, which is not published/],
    ['is aligned before it starts', later('media-started', 'media-aligned'), /media-aligned of camera-1/],
  ])('[LG24] a publication that %s is found out', (_what, change, says) => {
    expect(found(change)).toContainEqual({
      invariant: 2,
      n: expect.any(Number),
      message: expect.stringMatching(says),
    });
  });

  it('[LG24] what is published in Redis and not in the ledger, or the other way round, is found out', async () => {
    const { redis, keys } = scene.node.core;
    const { publications } = keys.room(scene.roomId);
    const says = async (): Promise<string[]> =>
      (await checkRoom(redis, keys, scene.roomId, { late: 'note' })).violations.map(({ message }) => message);
    const kept = (await redis.hget(publications, 'microphone-1')) ?? '';
    await redis.hset(publications, 'ghost', kept.replace('microphone-1', 'ghost'));
    expect(await says()).toEqual(['no fact tells of the publication ghost']);
    await redis.hdel(publications, 'ghost', 'microphone-1');
    expect(await says()).toEqual(['publication microphone-1 is not there']);
    await redis.hset(publications, 'microphone-1', kept);
    expect(await says()).toEqual([]);
  });

  it('[LG22] an appeal is theirs to make, and after the ban everything is', () => {
    const appeal = at('appeal-made');
    expect(appeal).toBeGreaterThan(at('moderated', ({ kind }) => kind === 'ban'));
    expect(facts.slice(appeal).some(({ kind, actor }) => kind === 'fan-joined' && actor === 'mal')).toBe(
      true,
    );
    expect(found((all) => all)).toEqual([]);
  });

  it('[LG12] what is public of them has no user, no reason of a moderator and no pseudonym', () => {
    const nameOf = (userId: string): string => `pseudonym of ${userId}`;
    const shown = facts
      .filter(({ kind }) => Object.hasOwn(COMMUNITY_FACTS, kind))
      .map((fact) => JSON.stringify(publicFact(fact, nameOf)));
    for (const line of shown)
      expect(line).not.toMatch(/pseudonym|brother|spam|"(ana|bo|cy|dan|eve|mal|max|e\d+)"/);
    expect(shown.join('\n')).toContain('"root":"');
  });

  it('[LG23] live keys of draws and fans that are not what the facts lead to are found out', async () => {
    const { redis, keys } = scene.node.core;
    const room = keys.room(scene.roomId);
    const [drawId = ''] = scene.drawIds;
    const says = async (): Promise<string> => {
      const { violations } = await checkRoom(redis, keys, scene.roomId, { late: 'note' });
      return violations.map(({ invariant, message }) => `${invariant}: ${message}`).join('\n');
    };
    const tries: [() => Promise<unknown>, () => Promise<unknown>, RegExp][] = [
      [
        () => redis.lset(room.drawTickets(drawId), 4, 'mal'),
        () => redis.lset(room.drawTickets(drawId), 4, 'e4'),
        /^10: the tickets are not of those/m,
      ],
      [
        () => redis.setrange(room.drawStates(drawId), 5, 'x'),
        () => redis.setrange(room.drawStates(drawId), 5, '.'),
        /^10: the list does not come to its Merkle root/m,
      ],
      [
        () => redis.hset(room.draw(drawId), 'phase', 'drawn'),
        () => redis.hset(room.draw(drawId), 'phase', 'revealed'),
        /^2: it is drawn/m,
      ],
      [
        () => redis.zadd(room.draws, 1, 'd_x'),
        () => redis.zrem(room.draws, 'd_x'),
        /^2: no fact tells of this draw/m,
      ],
      [
        () => redis.zincrby(room.fanBoard('all'), 5, 'ana'),
        () => redis.zincrby(room.fanBoard('all'), -5, 'ana'),
        /on the board/,
      ],
    ];
    for (const [spoil, mend, expected] of tries) {
      await spoil();
      expect(await says()).toMatch(expected);
      await mend();
      expect(await says()).toBe('');
    }
    const fan = (await redis.hget(room.fans, 'ana')) ?? '';
    await redis.hset(room.fans, 'ana', fan.replace(/^\d+/, '19'));
    expect(await says()).toMatch(/ana is level 19/);
  });
});
