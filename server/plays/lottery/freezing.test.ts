import { describe, expect, it } from 'vitest';
import { roundAfter } from '../../../shared/lottery/beacon-info.ts';
import { ENTRY_STATES, type EntryState, STATE_CODES } from '../../../shared/lottery/fair-draw.ts';
import { CHUNK_LEAVES } from '../../../shared/lottery/merkle-log.ts';
import type { Condition } from '../../../shared/plays/lottery/draw.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId, useHarness } from '../../testing/harness.ts';
import { announce, type DrawRoom, drawRoom, enter, faults, prize, users } from './testing.ts';

const harness = useHarness();

describe('judging once more', () => {
  const changes: [EntryState, Condition | null, (room: DrawRoom, drawId: string) => unknown][] = [
    ['void:banned', null, ({ redis, keys }) => redis.hset(keys.sanctions, 'b ana', '0 a1')],
    ['void:won-recently', null, ({ redis, keys, time }) => redis.zadd(keys.wonAt, time.nowMs, 'ana')],
    ['void:absent', { kind: 'present' }, ({ redis, keys }) => redis.hdel(keys.presence, 'ana')],
    ['void:follow', { kind: 'follow' }, ({ redis, keys }) => redis.zrem(keys.followers, 'ana')],
    ['void:level', { kind: 'level', level: 2 }, ({ redis, keys }) => redis.hdel(keys.fans, 'ana')],
    ['void:invites', { kind: 'invites', count: 1 }, ({ redis, keys }) => redis.hdel(keys.invites, 'ana')],
    ['void:purchase', { kind: 'purchase' }, ({ redis, keys }) => redis.hset(keys.paidOrders, 'ana', 0)],
    [
      'void:phrase',
      { kind: 'phrase', phrase: 'spring bag' },
      ({ redis, keys }, drawId) => redis.srem(keys.drawSaid(drawId), 'ana'),
    ],
    ['void:watch', { kind: 'watch', minutes: 1 }, ({ redis, keys }) => redis.hdel(keys.watch, 'ana')],
  ];

  it.each(changes)('[LO15] [LO4] [LO6] %s', async (state, condition, change) => {
    const room = await drawRoom(harness, { config: { regionProfile: 'open' } });
    const { redis, keys } = room;
    for (const user of ['ana', 'bo']) {
      await redis.hset(keys.presence, user, 1);
      await redis.zadd(keys.followers, 1, user);
      await redis.hset(keys.fans, user, '4 130 0 20261123 0 0 0 0 0 0 1 Fan');
      await redis.hset(keys.invites, user, 1);
      await redis.hset(keys.paidOrders, user, 1);
      await redis.hset(keys.watch, user, '60000 - 0 0');
    }
    const { drawId } = await announce(room.host, { conditions: condition ? [condition] : [] });
    await redis.sadd(keys.drawSaid(drawId), 'ana', 'bo');
    await room.enterMany(drawId, ['bo', 'ana']);
    await change(room, drawId);
    room.time.advance(10_000);
    await room.until(drawId, 'revealed');
    const list = await room.list(drawId);
    expect(list.map(([ticket, , each]) => [ticket, each])).toEqual([
      [1, 'ok'],
      [2, state],
    ]);
    expect(await room.draw(drawId)).toMatchObject({ entries: 2, voided: 1, winners: 1 });
    expect(faults(await room.record(drawId), list)).toEqual([]);
  });

  it('[LO15] the first reason counts, and what happens later changes nothing', async () => {
    const room = await drawRoom(harness, { drand: true });
    const { redis, keys } = room;
    await redis.zadd(keys.followers, 1, 'ana', 1, 'bo');
    const { drawId } = await announce(room.host, { conditions: [{ kind: 'follow' }], prizes: [prize(2)] });
    await room.enterMany(drawId, ['ana', 'bo']);
    await redis.hset(keys.sanctions, 'b ana', '0 a1');
    await redis.zrem(keys.followers, 'ana');
    room.time.advance(10_000);
    await room.until(drawId, 'frozen');
    const list = await room.list(drawId);
    expect(list.map(([, , state]) => state)).toEqual(['void:banned', 'ok']);
    const frozen = (await room.record(drawId)).frozen;
    // Bo is banned and leaves after the freeze: too late to be void.
    await redis.hset(keys.sanctions, 'b bo', '0 a2');
    await redis.zrem(keys.followers, 'bo');
    await room.turnToBeacon(drawId);
    await room.until(drawId, 'revealed');
    const record = await room.record(drawId);
    expect(record.frozen).toEqual(frozen);
    expect(record.awards.map(({ ticket }) => ticket)).toEqual([2]);
    expect(faults(record, await room.list(drawId))).toEqual([]);
    await room.close();
  });

  it('[LO33] whose ticket became void is told, on each node', async () => {
    const room = await drawRoom(harness, { nodes: 2 });
    const { drawId } = await announce(room.host);
    const [ana, bo] = [await room.join('ana'), await room.join('bo', room.nodes[1])];
    await enter(ana, drawId);
    await enter(bo, drawId);
    await room.redis.zadd(room.keys.wonAt, room.time.nowMs, 'bo');
    room.time.advance(10_000);
    await eventually(() =>
      expect(bo.notices.at(-1)).toMatchObject({
        name: 'lottery:you-changed',
        data: { drawId, you: { ticket: 2, state: 'void:won-recently', award: null } },
      }),
    );
    await room.until(drawId, 'revealed');
    expect(ana.notices.length).toBeGreaterThan(0);
    expect(JSON.stringify(ana.notices)).not.toContain('void');
  });
});

describe('freezing', () => {
  it('[LO16] goes on from what is judged, on another node, to the same root', async () => {
    const room = await drawRoom(harness, { drand: true });
    const { redis, keys, roomId, steps } = room;
    const { drawId } = await announce(room.host);
    await room.enterMany(drawId, users(2500));
    // A node that judged 1,100 tickets, stored one root, and died.
    await room.node.core.due.close();
    const op = { actor: 'host', opId: opId(), fingerprint: '' };
    await room.store.close(roomId, op, drawId);
    for (let from = 0; from < 1100; from += 100) {
      const part = await steps.freeze(roomId, drawId, { from, count: 100, done: { from: 0, roots: [] } });
      expect(part?.codes).toBe('.'.repeat(100));
    }
    // Two are banned between: only the one who is not judged yet becomes void.
    await redis.hset(keys.sanctions, 'b e1', '0 a1', 'b e2000', '0 a2');
    // The same again changes nothing; beyond what is judged it is refused.
    const again = { from: 0, count: 100, done: { from: 0, roots: [] } };
    expect((await steps.freeze(roomId, drawId, again))?.codes).toBe('.'.repeat(100));
    expect(await steps.freeze(roomId, drawId, { ...again, from: 1200 })).toBeUndefined();
    expect(await redis.strlen(keys.drawStates(drawId))).toBe(1100);
    const successor = await harness.node({
      time: room.time,
      config: { beaconUrls: [room.drand?.url as string], beaconInfo: room.drand?.info },
    });
    room.time.advance(5000);
    await room.until(drawId, 'frozen');
    expect(await redis.strlen(keys.drawRoots(drawId))).toBe(3 * 32);
    const list = await room.list(drawId);
    expect(list.filter(([, , state]) => state !== 'ok').map(([ticket]) => ticket)).toEqual([2000]);
    expect(faults(await room.record(drawId), list)).toEqual([]);
    await Promise.all([successor.close(), room.close()]);
  });

  it('[LO16] of stored roots only full chunks are used, and a wrong place for them is not taken', async () => {
    const room = await drawRoom(harness);
    await room.node.core.due.close();
    const { redis, keys, roomId, steps } = room;
    const { drawId } = await announce(room.host);
    await room.enterMany(drawId, users(CHUNK_LEAVES + 10));
    await room.store.close(roomId, { actor: 'host', opId: opId(), fingerprint: '' }, drawId);
    const root = Buffer.alloc(32, 7);
    const call = (from: number) =>
      steps.freeze(roomId, drawId, { from: 0, count: 10, done: { from, roots: [root] } });
    await call(1);
    expect(await redis.exists(keys.drawRoots(drawId))).toBe(0);
    await call(0);
    await call(0);
    expect(await redis.getBuffer(keys.drawRoots(drawId))).toEqual(root);
    await expect(steps.frozen(roomId, drawId, '0'.repeat(64), { from: 0, roots: [] })).rejects.toThrow(
      'before all of its tickets were judged',
    );
  });

  it('[LO16] four nodes at once write one draw-frozen', async () => {
    const room = await drawRoom(harness, { drand: true, nodes: 4 });
    const { drawId } = await announce(room.host, { prizes: [prize(5)] });
    await room.enterMany(drawId, users(1500));
    room.time.advance(10_000);
    // The watchdog runs out again and again, so that every node takes the draw over.
    for (let i = 0; i < 5; i += 1) {
      await Promise.all(room.nodes.map(({ core }) => core.due.poll()));
      if (i < 3) room.time.advance(3000);
    }
    await room.until(drawId, 'frozen');
    await room.turnToBeacon(drawId);
    await room.until(drawId, 'revealed');
    const kinds = (await room.facts(drawId))
      .map(({ kind }) => kind)
      .filter((kind) => kind !== 'draw-entered');
    expect(kinds).toEqual(['draw-announced', 'draw-closed', 'draw-frozen', 'draw-drawn', 'draw-revealed']);
    expect(faults(await room.record(drawId), await room.list(drawId))).toEqual([]);
    await room.close();
  });

  it('[LO17] a list that is frozen after its round takes a later one, and says so', async () => {
    const room = await drawRoom(harness, { drand: true });
    const draw = await announce(room.host);
    await room.enterMany(draw.drawId, users(3));
    const { info } = room.drand ?? {};
    if (!info || draw.beaconAtMs === null || draw.beaconRound === null) throw new Error('no beacon');
    room.drand?.publish(draw.beaconRound);
    room.time.nowMs = draw.beaconAtMs;
    await room.until(draw.drawId, 'frozen');
    const frozen = await room.draw(draw.drawId);
    expect(frozen.beaconRound).toBe(roundAfter(info, draw.beaconAtMs + 10_000));
    const fact = (await room.facts(draw.drawId)).find(({ kind }) => kind === 'draw-frozen');
    expect(fact?.data).toMatchObject({ movedFromRound: draw.beaconRound, beaconRound: frozen.beaconRound });
    // The announced round is there, and decides nothing.
    await eventually(() => expect(room.time.nowMs).toBeLessThan(frozen.beaconAtMs as number));
    await room.turnToBeacon(draw.drawId);
    await room.until(draw.drawId, 'revealed');
    const record = await room.record(draw.drawId);
    expect(record.beacon).toMatchObject({ movedFromRound: draw.beaconRound, round: frozen.beaconRound });
    expect(faults(record, await room.list(draw.drawId))).toEqual([]);
    await room.close();
  });

  it('[LO17] a millisecond before its round is not too late', async () => {
    const room = await drawRoom(harness, { drand: true });
    const draw = await announce(room.host);
    room.time.nowMs = (draw.beaconAtMs as number) - 1;
    await room.until(draw.drawId, 'frozen');
    expect(await room.draw(draw.drawId)).toMatchObject({ beaconRound: draw.beaconRound, entries: 0 });
    expect((await room.record(draw.drawId)).beacon?.movedFromRound).toBeNull();
    await room.close();
  });

  it('[LO35] the codes of states in the script are those of the method', async () => {
    const room = await drawRoom(harness, { config: { regionProfile: 'open' } });
    // Each kind of void ticket was made above by its own name; here no two share a letter, and `left` is never given.
    expect(new Set(Object.values(STATE_CODES)).size).toBe(ENTRY_STATES.length);
    const { drawId } = await announce(room.host);
    await room.enterMany(drawId, ['ana', 'bo', 'cy']);
    await room.redis.hset(room.keys.sanctions, 'b ana', '0 a1');
    await room.redis.zadd(room.keys.wonAt, room.time.nowMs, 'bo');
    room.time.advance(10_000);
    await room.until(drawId, 'revealed');
    const codes = [STATE_CODES['void:banned'], STATE_CODES['void:won-recently'], STATE_CODES.ok].join('');
    expect(await room.redis.get(room.keys.drawStates(drawId))).toBe(codes);
  });

  it('[LO35] the script counts rounds as the method does', async () => {
    const room = await drawRoom(harness, { drand: true });
    const { info } = room.drand ?? {};
    if (!info) throw new Error('no chain');
    for (const shiftMs of [0, 1, 1999, 2000, 2001, 2999]) {
      room.time.nowMs = 1_900_000_100_000 + shiftMs;
      const op = { actor: 'host', opId: opId(), fingerprint: '' };
      const terms = { title: 'Bag', prizes: [prize()], conditions: [], opensInMs: 1000, durationMs: 10_000 };
      const made = await room.store.announce(room.roomId, op, { ...terms, claimMs: 3_600_000, repeatMs: 0 });
      if (!made.ok) throw new Error(made.code);
      expect(made.data.beaconRound).toBe(roundAfter(info, room.time.nowMs + 21_000));
      await room.store.cancel(room.roomId, { ...op, opId: opId() }, made.data.drawId, 'Only counted.');
    }
    await room.close();
  });
});

it('[LO31] an entrant costs 120 bytes at most, the ledger included', async () => {
  const room = await drawRoom(harness, { drand: true });
  const { redis, keys } = room;
  const { drawId } = await announce(room.host);
  const before = Number(await redis.memory('USAGE', keys.ledger, 'SAMPLES', 0));
  const count = 20_000;
  await room.enterMany(drawId, users(count, 'u-100'));
  room.time.advance(10_000);
  await room.until(drawId, 'frozen', 20_000);
  const parts = [
    ...[keys.drawEntrants(drawId), keys.drawTickets(drawId), keys.drawStates(drawId), keys.drawRoots(drawId)],
    ...[keys.ledger, keys.draw(drawId)],
  ];
  const bytes = await Promise.all(parts.map((key) => redis.memory('USAGE', key, 'SAMPLES', 0)));
  const all = bytes.reduce<number>((sum, each) => sum + Number(each), 0) - before;
  expect(all / count).toBeLessThan(120);
  await room.close();
});
