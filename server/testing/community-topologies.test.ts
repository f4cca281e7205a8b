import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkRoom } from '../ledger/check-room.ts';
import { playCommunity } from '../ledger/testing/community-scene.ts';
import {
  announce,
  drawRoom,
  enter,
  faults,
  prize,
  refused,
  users,
  wholeList,
} from '../plays/lottery/testing.ts';
import { eventually } from './eventually.ts';
import { opId, standaloneHarness, type TestNode, TestTime, useHarness } from './harness.ts';
import type { TestClient } from './test-client.ts';
import { startTestCluster, type TestCluster } from './test-topologies.ts';

const OPEN_MS = 10_000;

async function violations({ core }: TestNode, roomId: string): Promise<string[]> {
  const verdict = await checkRoom(core.redis, core.keys, roomId, { late: 'note' });
  return verdict.violations.map(({ invariant, message }) => `${invariant}: ${message}`);
}

async function untilPhase(host: TestClient, drawId: string, phase: string): Promise<void> {
  await eventually(
    async () => {
      const { draws } = await host.must('lottery:draws', {});
      expect(draws.find((draw) => draw.drawId === drawId)?.phase).toBe(phase);
    },
    { withinMs: 20_000, everyMs: 50 },
  );
}

/** Nothing is wrong with what anybody can fetch of a draw. */
async function expectGenuine({ core }: TestNode, roomId: string, drawId: string): Promise<void> {
  const record = await core.stores.lottery.record(roomId, drawId);
  if (!record) throw new Error('no record');
  expect(faults(record, await wholeList(core.stores.lottery, roomId, drawId))).toEqual([]);
}

describe('on a cluster', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startTestCluster();
  });
  const harness = useHarness();
  afterAll(() => cluster.close());

  /** A room on each of the three masters. */
  async function roomsOfAllShards(node: TestNode): Promise<string[]> {
    const rooms = new Map<number, string>();
    while (rooms.size < 3) {
      const roomId = await harness.room(node);
      rooms.set((await cluster.nodeOf(node.core.keys.room(roomId).head)).port, roomId);
    }
    return [...rooms.values()];
  }

  it('[CT1] a day of draws, fans and moderation leaves a ledger that verifies', {
    timeout: 60_000,
  }, async () => {
    const { node, roomId, drawIds } = await playCommunity(harness, { redisUrl: cluster.url });
    expect(await violations(node, roomId)).toEqual([]);
    expect(drawIds.length).toBeGreaterThan(2);
  });

  it('[CT2] two nodes are one in rooms of every shard', { timeout: 60_000 }, async () => {
    const time = new TestTime();
    const a = await harness.node({ time, redisUrl: cluster.url });
    const b = await harness.node({ time, redisUrl: cluster.url });
    for (const roomId of await roomsOfAllShards(a)) {
      const host = await harness.join(a, roomId, { userId: 'host', role: 'host' });
      const mo = await harness.join(b, roomId, { userId: 'mo', role: 'moderator' });
      const [ana, bo] = [
        await harness.join(a, roomId, { userId: 'ana' }),
        await harness.join(b, roomId, { userId: 'bo' }),
      ];
      await bo.must('fan-badges:join', { opId: opId() });
      const { drawId } = await announce(host, { prizes: [prize(2)], durationMs: OPEN_MS });
      const tickets = await Promise.all([
        ana.must('lottery:enter', { drawId }),
        bo.must('lottery:enter', { drawId }),
      ]);
      expect(tickets.map(({ ticket }) => ticket).sort()).toEqual([1, 2]);
      const raider = await harness.join(a, roomId, { userId: 'raider' });
      await mo.must('moderation:sanction', { opId: opId(), userIds: ['raider'], kind: 'ban' });
      await eventually(() => expect(raider.closings.map(({ reason }) => reason)).toEqual(['BANNED']));
      const back = await harness.connect(b, await b.token({ userId: 'raider', room: roomId }));
      expect(await back.call('room:join', { roomId })).toMatchObject(refused('BANNED'));
      time.advance(OPEN_MS);
      await untilPhase(host, drawId, 'revealed');
      for (const client of [ana, bo]) {
        await eventually(() =>
          expect(client.notices.at(-1)).toMatchObject({ name: 'lottery:won', data: { drawId } }),
        );
      }
      await expectGenuine(b, roomId, drawId);
      expect(await violations(a, roomId)).toEqual([]);
    }
  });

  it('[CT4] a shard that is away stops its rooms, others blink, and a draw due meanwhile happens on its return', {
    timeout: 60_000,
  }, async () => {
    const time = new TestTime();
    const node = await harness.node({ time, redisUrl: cluster.url });
    const rooms = await roomsOfAllShards(node);
    const shards = await Promise.all(rooms.map((roomId) => cluster.nodeOf(node.core.keys.room(roomId).head)));
    // Whatever is due in the others lies apart from it.
    const at = 0;
    const away = rooms[at] as string;
    const here = rooms[(at + 1) % rooms.length] as string;
    const people = async (roomId: string) => ({
      host: await harness.join(node, roomId, { userId: 'host', role: 'host' }),
      ana: await harness.join(node, roomId, { userId: 'ana' }),
    });
    const [stopped, going] = [await people(away), await people(here)];
    const draws = [
      await announce(stopped.host, { durationMs: OPEN_MS }),
      await announce(going.host, { durationMs: OPEN_MS }),
    ];
    const [late, onTime] = draws.map(({ drawId }) => drawId) as [string, string];
    await stopped.ana.must('lottery:enter', { drawId: late });
    await going.ana.must('lottery:enter', { drawId: onTime });
    const shard = shards[at] as (typeof shards)[number];
    await shard.kill();
    const ban = (by: TestClient) =>
      by.call('moderation:sanction', { opId: opId(), userIds: ['raider'], kind: 'ban' });
    // The clock stands still, and with it what a user may ask for again: few tries, however long the blink.
    const seldom = { withinMs: 10_000, everyMs: 500 };
    await eventually(
      async () =>
        expect(await ban(stopped.host)).toMatchObject({
          ok: false,
          error: { code: expect.stringMatching(/^(UNAVAILABLE|OUTCOME_UNKNOWN)$/), retryable: true },
        }),
      seldom,
    );
    await eventually(async () => expect(await ban(going.host)).toMatchObject({ ok: true }), seldom);
    time.advance(OPEN_MS);
    await untilPhase(going.host, onTime, 'revealed');
    await shard.restart();
    await cluster.whole();
    await eventually(async () => expect(await ban(stopped.host)).toMatchObject({ ok: true }), seldom);
    // Whatever step the shard stopped in is looked for again some seconds later.
    await eventually(
      async () => {
        time.advance(1000);
        await untilRevealed(stopped.host, late);
      },
      { withinMs: 20_000, everyMs: 50 },
    );
    for (const [roomId, drawId] of [
      [away, late],
      [here, onTime],
    ] as const) {
      await expectGenuine(node, roomId, drawId);
      expect(await violations(node, roomId)).toEqual([]);
    }
  });
});

async function untilRevealed(host: TestClient, drawId: string): Promise<void> {
  const { draws } = await host.must('lottery:draws', {});
  expect(draws.find((draw) => draw.drawId === drawId)?.phase).toBe('revealed');
}

/** So many that judging them takes long enough to be killed in. */
const ENTRANTS = 20_000;

it('[CT3] Redis is killed while a draw is frozen, and again before its beacon', {
  timeout: 120_000,
}, async () => {
  const harness = standaloneHarness({ appendonly: true });
  await harness.start();
  const room = await drawRoom(harness, { drand: true });
  try {
    const { redis, keys, time, node, roomId } = room;
    const ana = await room.join('ana');
    const { drawId } = await announce(room.host, { prizes: [prize(3)], durationMs: OPEN_MS });
    await room.enterMany(drawId, users(ENTRANTS));
    expect(await enter(ana, drawId)).toMatchObject({ ok: true, data: { ticket: ENTRANTS + 1 } });
    const states = async () => ((await redis.get(keys.drawStates(drawId))) ?? '').length;
    time.advance(OPEN_MS);
    await eventually(async () => expect(await states()).toBeGreaterThan(0), { everyMs: 1 });
    await harness.redis.kill();
    await harness.redis.restart();
    expect(await redis.hget(keys.draw(drawId), 'phase')).toBe('closed');

    const until = (phase: string) =>
      eventually(
        async () => {
          // The step that broke off is in the due queue, some seconds ahead.
          if (phase === 'frozen') time.advance(500);
          expect(await redis.hget(keys.draw(drawId), 'phase')).toBe(phase);
        },
        { withinMs: 30_000, everyMs: 50 },
      );
    await until('frozen');
    const frozen = (await room.record(drawId)).frozen;
    await harness.redis.kill();
    await harness.redis.restart();
    await eventually(() => room.turnToBeacon(drawId));
    await eventually(
      async () => {
        time.advance(500);
        expect(await redis.hget(keys.draw(drawId), 'phase')).toBe('revealed');
      },
      { withinMs: 30_000, everyMs: 50 },
    );
    const record = await room.record(drawId);
    expect(record.frozen).toEqual(frozen);
    expect(record.frozen?.entries).toBe(ENTRANTS + 1);
    const kinds = (await room.facts(drawId)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind !== 'draw-entered')).toEqual([
      ...['draw-announced', 'draw-closed', 'draw-frozen', 'draw-drawn', 'draw-revealed'],
    ]);
    expect(faults(record, await room.list(drawId))).toEqual([]);
    expect(await violations(node, roomId)).toEqual([]);
    expect(ana.closings).toEqual([]);
  } finally {
    await room.close();
    await harness.close();
  }
});
