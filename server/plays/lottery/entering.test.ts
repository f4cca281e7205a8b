import { describe, expect, it } from 'vitest';
import type { Condition } from '../../../shared/plays/lottery/draw.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId, useHarness } from '../../testing/harness.ts';
import { announce, type DrawRoom, drawRoom, enter, refused, users } from './testing.ts';

const harness = useHarness();
const MINUTE_MS = 60_000;

const tickets = (outcomes: { ok: boolean; data?: { ticket: number } }[]) =>
  outcomes.map((outcome) => outcome.data?.ticket);
const viewers = (ids: readonly string[]) => ids.map((userId) => ({ userId, role: 'viewer' as const }));

describe('tickets', () => {
  it('[LO1] entering twice, from two devices and nodes, also after closing, gives one ticket', async () => {
    const room = await drawRoom(harness, { nodes: 2 });
    const { drawId } = await announce(room.host);
    const [phone, laptop] = [await room.join('ana'), await room.join('ana', room.nodes[1])];
    const first = await enter(phone, drawId);
    expect(first).toMatchObject({
      ok: true,
      data: { ticket: 1, entryId: expect.stringMatching(/^[\w-]{16}$/) },
    });
    expect(await Promise.all([enter(laptop, drawId), enter(phone, drawId)])).toEqual([first, first]);
    await eventually(() =>
      expect(laptop.notices).toMatchObject([
        { name: 'lottery:you-changed', data: { drawId, you: { ticket: 1, state: null, award: null } } },
      ]),
    );
    room.time.advance(10_000);
    expect(await enter(laptop, drawId)).toEqual(first);
    expect(await enter(await room.join('bo'), drawId)).toMatchObject(refused('ENTRIES_CLOSED'));
  });

  it('[LO2] two nodes at once leave no gap, and the facts say who has which', async () => {
    const room = await drawRoom(harness, { nodes: 2 });
    const { drawId } = await announce(room.host);
    const stores = room.nodes.map(({ core }) => core.stores.lottery);
    const all = users(500);
    const calls: ReturnType<DrawRoom['store']['enter']>[] = [];
    for (let at = 0; at < 500; at += 10) {
      // Each comes through both nodes, and twice in one of the batches.
      const part = viewers(all.slice(at, at + 10));
      calls.push(...stores.map((store) => store.enter(room.roomId, drawId, [...part, ...part.slice(0, 3)])));
    }
    await Promise.all(calls);
    const byTicket = await room.redis.lrange(room.keys.drawTickets(drawId), 0, -1);
    expect(byTicket.toSorted()).toEqual(all.toSorted());
    const known = await room.redis.hgetall(room.keys.drawEntrants(drawId));
    expect(byTicket.map((user) => known[user])).toEqual(byTicket.map((_, at) => String(at + 1)));
    const told = (await room.facts(drawId)).flatMap(({ kind, data }) =>
      kind === 'draw-entered'
        ? (data.userIds as string[]).map((user, at) => [user, (data.fromTicket as number) + at])
        : [],
    );
    expect(told).toEqual(byTicket.map((user, at) => [user, at + 1]));
  });

  it('[LO30] entries of a moment share a call, in their order', async () => {
    const room = await drawRoom(harness, { config: { grabBatchMs: 50, maxConnectionsPerUser: 100 } });
    const { drawId } = await announce(room.host);
    const clients = await Promise.all(users(20).map((user) => room.join(user)));
    const replies = await Promise.all(clients.map((client) => enter(client, drawId)));
    expect(replies.every(({ ok }) => ok)).toBe(true);
    const batches = (await room.facts(drawId)).filter(({ kind }) => kind === 'draw-entered');
    expect(batches.length).toBeLessThan(10);
  });

  it('[LO27] the number of entries is told now and then, and the last one always', async () => {
    const room = await drawRoom(harness);
    const { drawId } = await announce(room.host);
    for (const user of users(30)) await room.store.enter(room.roomId, drawId, viewers([user]));
    const counts = () =>
      room.host.events('lottery:entries-changed').map(({ data }) => (data as { entries: number }).entries);
    await eventually(() => expect(counts()).toEqual([1]));
    room.time.advance(200);
    await enter(await room.join('ana'), drawId);
    await eventually(() => expect(counts()).toEqual([1, 31]));
    // Nobody comes after her: the node tells by itself once it may.
    await enter(await room.join('bo'), drawId);
    room.time.advance(200);
    await eventually(() => expect(counts()).toEqual([1, 31, 32]));
    await room.store.enter(room.roomId, drawId, viewers(['cy']));
    room.time.advance(9_600);
    await eventually(() => expect(counts()).toEqual([1, 31, 32, 33]));
  });
});

describe('times', () => {
  it('[LO3] Redis time decides, to the millisecond and without a poller', async () => {
    const room = await drawRoom(harness);
    await room.node.core.due.close();
    const { drawId, opensAtMs } = await announce(room.host, { opensInMs: 5000 });
    const ana = await room.join('ana');
    expect(await enter(ana, drawId)).toMatchObject(refused('ENTRIES_NOT_OPEN', { retryAfterMs: 5000 }));
    room.time.nowMs = opensAtMs - 1;
    expect(await enter(ana, drawId)).toMatchObject(refused('ENTRIES_NOT_OPEN', { retryAfterMs: 1 }));
    room.time.nowMs = opensAtMs;
    expect(await enter(ana, drawId)).toMatchObject({ ok: true, data: { ticket: 1 } });
    expect(await room.draw(drawId)).toMatchObject({ phase: 'open' });
    room.time.nowMs = opensAtMs + 9999;
    expect(await enter(await room.join('bo'), drawId)).toMatchObject({ ok: true, data: { ticket: 2 } });
    room.time.nowMs = opensAtMs - 100;
    const early = await enter(await room.join('di'), drawId);
    expect(early).toMatchObject(refused('ENTRIES_NOT_OPEN', { retryAfterMs: 100 }));
    room.time.nowMs = opensAtMs + 10_000;
    expect(await enter(await room.join('cy'), drawId)).toMatchObject(refused('ENTRIES_CLOSED'));
    expect(await room.draw(drawId)).toMatchObject({ phase: 'closed', entries: 2 });
  });

  it('[LO3] an unknown draw and a cancelled one', async () => {
    const room = await drawRoom(harness);
    const ana = await room.join('ana');
    expect(await enter(ana, 'd_none')).toMatchObject(refused('DRAW_NOT_FOUND', { path: 'drawId' }));
    const { drawId } = await announce(room.host);
    await enter(ana, drawId);
    await room.host.must('lottery:cancel', { opId: opId(), drawId, reason: 'The bag is torn.' });
    expect(await enter(ana, drawId)).toMatchObject(refused('ENTRIES_CLOSED'));
  });
});

describe('who may not', () => {
  it('[LO4] somebody who is banned, from the ban on', async () => {
    const room = await drawRoom(harness);
    const { drawId } = await announce(room.host);
    const ana = await room.join('ana');
    await room.redis.hset(room.keys.sanctions, 'b ana', `${room.time.nowMs + 1000} a1`);
    expect(await enter(ana, drawId)).toMatchObject(refused('BANNED'));
    room.time.advance(1000);
    expect(await enter(ana, drawId)).toMatchObject({ ok: true });
  });

  it('[LO5] the host and cohosts, however they became that', async () => {
    const room = await drawRoom(harness);
    const { drawId } = await announce(room.host);
    const excluded = refused('SELLERS_EXCLUDED');
    expect(await enter(room.host, drawId)).toMatchObject(excluded);
    const co = await harness.join(room.node, room.roomId, { userId: 'co', role: 'cohost' });
    expect(await enter(co, drawId)).toMatchObject(excluded);
    const mod = await harness.join(room.node, room.roomId, { userId: 'mod', role: 'moderator' });
    expect(await enter(mod, drawId)).toMatchObject({ ok: true });
    const ana = await room.join('ana');
    await room.redis.hset(room.keys.roles, 'a ana', `cohost ${room.time.nowMs + 1000}`);
    expect(await enter(ana, drawId)).toMatchObject(excluded);
    room.time.advance(1000);
    expect(await enter(ana, drawId)).toMatchObject({ ok: true });
    // What a token said on another connection counts too.
    const { outcomes } = await room.store.enter(room.roomId, drawId, viewers(['host']));
    expect(outcomes).toMatchObject([{ ok: false, code: 'SELLERS_EXCLUDED' }]);
  });

  it('[LO6] who won within the time that the draw names', async () => {
    const room = await drawRoom(harness);
    await room.redis.zadd(room.keys.wonAt, room.time.nowMs - 1000, 'ana');
    const ana = await room.join('ana');
    const strict = await announce(room.host, { repeatMs: 5000 });
    const open = await announce(room.host, { repeatMs: 0 });
    expect(await enter(ana, strict.drawId)).toMatchObject(refused('WON_RECENTLY'));
    expect(await enter(ana, open.drawId)).toMatchObject({ ok: true });
    expect(await ana.must('lottery:progress', { drawId: strict.drawId })).toEqual({
      conditions: [],
      wonRecently: true,
    });
    room.time.advance(4000);
    expect(await enter(ana, strict.drawId)).toMatchObject({ ok: true });
  });

  it('[LO3] when the draw is full', async () => {
    const room = await drawRoom(harness);
    const { drawId } = await announce(room.host);
    await room.redis.hset(room.keys.draw(drawId), 'entries', 4_999_999);
    const { outcomes } = await room.store.enter(room.roomId, drawId, viewers(['ana', 'bo', 'ana']));
    expect(outcomes).toMatchObject([
      { ok: true, data: { ticket: 5_000_000, isNew: true } },
      { ok: false, code: 'DRAW_FULL' },
      { ok: true, data: { ticket: 5_000_000, isNew: false } },
    ]);
  });
});

describe('conditions', () => {
  const meets: [Condition, (room: DrawRoom) => Promise<unknown>, [have: number, need: number]][] = [
    [{ kind: 'present' }, ({ redis, keys }) => redis.hset(keys.presence, 'ana', 1), [1, 1]],
    [
      { kind: 'phrase', phrase: 'spring bag' },
      ({ redis, keys }) => redis.sadd(`${keys.draws}:x:said`, 'ana'),
      [1, 1],
    ],
    [
      { kind: 'level', level: 4 },
      ({ redis, keys }) => redis.hset(keys.fans, 'ana', '4 130 0 20261123 0 0 0 0 0 0 1 Ana'),
      [4, 4],
    ],
    [{ kind: 'follow' }, ({ redis, keys }) => redis.zadd(keys.followers, 1, 'ana'), [1, 1]],
    [{ kind: 'invites', count: 3 }, ({ redis, keys }) => redis.hset(keys.invites, 'ana', 3), [3, 3]],
    [{ kind: 'purchase' }, ({ redis, keys }) => redis.hset(keys.paidOrders, 'ana', 1), [1, 1]],
  ];

  it.each(meets)('[LO7] [LO32] %o', async (condition, meet, [have, need]) => {
    const room = await drawRoom(harness, { config: { regionProfile: 'open' } });
    const { drawId } = await announce(room.host, { conditions: [condition], repeatMs: 0 });
    const of = (userId: string) => room.store.progress(room.roomId, drawId, userId);
    expect(await of('ana')).toEqual({
      ok: true,
      data: { conditions: [{ met: false, have: 0, need }], wonRecently: false },
    });
    const asked = () => room.store.enter(room.roomId, drawId, viewers(['bo', 'ana']));
    const wait = condition.kind === 'present' ? { retryAfterMs: 1000 } : {};
    const no = { ok: false, code: 'CONDITION_NOT_MET', path: 'conditions.0', ...wait };
    expect((await asked()).outcomes).toEqual([no, no]);
    if (condition.kind === 'phrase') await room.redis.sadd(room.keys.drawSaid(drawId), 'ana');
    else await meet(room);
    expect((await asked()).outcomes).toEqual([
      no,
      { ok: true, data: expect.objectContaining({ ticket: 1 }) },
    ]);
    expect(await of('ana')).toMatchObject({ data: { conditions: [{ met: true, have, need }] } });
  });

  it('[LO7] [LO32] minutes watched in this session, by the server, with the time that is missing', async () => {
    const room = await drawRoom(harness);
    const { drawId } = await announce(room.host, {
      conditions: [{ kind: 'watch', minutes: 5 }],
      durationMs: 3_600_000,
    });
    const ana = await room.join('ana');
    await room.node.core.presence.sync();
    expect(await enter(ana, drawId)).toEqual({
      ok: false,
      error: expect.objectContaining({ code: 'CONDITION_NOT_MET', path: 'conditions.0' }),
    });
    await room.host.must('room:start-session', { opId: opId(), title: 'Live' });
    room.time.advance(2 * MINUTE_MS);
    expect(await enter(ana, drawId)).toMatchObject(
      refused('CONDITION_NOT_MET', { path: 'conditions.0', retryAfterMs: 3 * MINUTE_MS }),
    );
    expect(await ana.must('lottery:progress', { drawId })).toEqual({
      conditions: [{ met: false, have: 2, need: 5 }],
      wonRecently: false,
    });
    room.time.advance(3 * MINUTE_MS);
    expect(await enter(ana, drawId)).toMatchObject({ ok: true });
  });

  it('[LO7] the first that is not met is named', async () => {
    const room = await drawRoom(harness);
    const { drawId } = await announce(room.host, {
      conditions: [{ kind: 'follow' }, { kind: 'invites', count: 1 }, { kind: 'level', level: 2 }],
    });
    await room.redis.zadd(room.keys.followers, 1, 'bo', 1, 'cy');
    await room.redis.hset(room.keys.invites, 'cy', 1);
    const { outcomes } = await room.store.enter(room.roomId, drawId, viewers(['ana', 'bo', 'cy']));
    expect(outcomes.map((outcome) => !outcome.ok && outcome.path)).toEqual([
      'conditions.0',
      'conditions.1',
      'conditions.2',
    ]);
    expect(tickets(outcomes)).toEqual([undefined, undefined, undefined]);
  });

  it('[LO8] a passphrase counts in look-alike letters, from the announcement until closing', async () => {
    const room = await drawRoom(harness);
    const ana = await room.join('ana');
    const say = (client: typeof ana, text: string) => client.must('chat:say', { opId: opId(), text });
    await say(ana, 'spring bag');
    const { drawId } = await announce(room.host, {
      conditions: [{ kind: 'phrase', phrase: 'Spring Bag' }],
      opensInMs: 1000,
    });
    room.time.advance(1000);
    const notMet = refused('CONDITION_NOT_MET', { path: 'conditions.0' });
    expect(await enter(ana, drawId)).toMatchObject(notMet);
    // A Cyrillic "а", full-width letters, capitals, words around it.
    await say(ana, 'I want the ＳPRING bаg!');
    expect(await enter(ana, drawId)).toMatchObject({ ok: true });
    const bo = await room.join('bo');
    await say(bo, 'spring b a g');
    expect(await enter(bo, drawId)).toMatchObject(notMet);
    await room.host.must('lottery:close', { opId: opId(), drawId });
    await say(bo, 'spring bag');
    expect(await room.redis.exists(room.keys.phrases)).toBe(0);
    expect(await enter(bo, drawId)).toMatchObject(refused('ENTRIES_CLOSED'));
  });
});
