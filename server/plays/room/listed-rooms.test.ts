import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../kernel/random.ts';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId, type TestNode, TestTime } from '../../testing/harness.ts';
import { LIVE_READ } from './listed-rooms.store.ts';

const harness = useCheckedHarness();
const REPLAY = 'https://cdn.example/a.mp4';
const HOUR_MS = 3_600_000;

async function stage() {
  const time = new TestTime();
  const nodes = [await harness.node({ time }), await harness.node({ time })] as const;
  const [node, other] = nodes;
  const redis = harness.redis.client;
  const { listed } = node.core.keys;
  const index = async () => ({
    live: await redis.zrange(listed.live, 0, '-1', 'WITHSCORES'),
    planned: await redis.zrange(listed.planned, 0, '-1', 'WITHSCORES'),
    replays: await redis.zrange(listed.replays, 0, '-1'),
  });
  return { time, nodes, node, other, redis, listed, index };
}

const op = () => ({ actor: 'host', opId: opId(), fingerprint: '' });
const start = (node: TestNode, roomId: string) =>
  node.core.stores.room.startSession(roomId, op(), { sessionId: opId(), title: 'Live' });
const end = (node: TestNode, roomId: string) => node.core.stores.room.endSession(roomId, op());
const candidates = async (node: TestNode, each: number, afterMs = 0): Promise<string[]> =>
  (await node.core.stores.room.listed.candidates(each, afterMs)).map(({ room }) => room.roomId);

describe('the lists of rooms', () => {
  it('[RM22] follow rooms that go live, end, are planned and get a replay', async () => {
    const { time, node, other, index } = await stage();
    const roomId = await harness.room(node, []);
    await start(node, roomId);
    await eventually(async () => expect((await index()).live).toContain(roomId));
    const startsAtMs = time.nowMs + 2 * HOUR_MS;
    await other.core.stores.room.change(roomId, op(), { startsAtMs, replayUrl: REPLAY });
    await eventually(async () =>
      expect(await index()).toMatchObject({ planned: [roomId, String(startsAtMs)], replays: [roomId] }),
    );
    await end(other, roomId);
    await node.core.stores.room.update(roomId, { startsAtMs: null, replayUrl: null }, 'api');
    await eventually(async () => expect(await index()).toEqual({ live: [], planned: [], replays: [] }));
  });

  it('[RM22] find what is live, planned and replayable behind any number of newer rooms', async () => {
    const { time, node, other } = await stage();
    const old = await Promise.all(Array.from({ length: 5 }, () => harness.room(node, [])));
    const [live, soon, later, over, replay] = old as [string, string, string, string, string];
    const rooms = node.core.stores.room;
    await start(node, live);
    await rooms.update(soon, { startsAtMs: time.nowMs + HOUR_MS }, 'api');
    await rooms.update(later, { startsAtMs: time.nowMs + 2 * HOUR_MS }, 'api');
    await rooms.update(over, { startsAtMs: time.nowMs - HOUR_MS }, 'api');
    await rooms.update(replay, { replayUrl: REPLAY }, 'api');
    time.advance(1000);
    const idle = await Promise.all(Array.from({ length: 6 }, () => harness.room(node, [])));
    await eventually(async () => {
      const found = await candidates(other, 3, time.nowMs - HOUR_MS / 2);
      expect(found.filter((id) => old.includes(id)).toSorted()).toEqual(
        [live, soon, later, replay].toSorted(),
      );
      expect(found.filter((id) => idle.includes(id))).toHaveLength(3);
    });
    // Of many that are planned, those that come first.
    expect(await candidates(other, 1, time.nowMs)).toEqual(expect.arrayContaining([live, soon, replay]));
    expect(await candidates(other, 1, time.nowMs)).not.toContain(later);
  });

  it('[RM22] find the live rooms that most people watch, however many went live since', async () => {
    const { time, node, other, redis, index } = await stage();
    const ids = await Promise.all(Array.from({ length: LIVE_READ + 5 }, () => harness.room(node, [])));
    const [watched, quiet] = ids as [string, string];
    const { presence } = node.core.keys.room(watched);
    for (const roomId of [watched, quiet]) await start(node, roomId);
    time.advance(1000);
    await Promise.all(ids.slice(2).map((roomId) => start(node, roomId)));
    await eventually(async () => expect((await index()).live).toHaveLength(2 * ids.length));
    const found = () => candidates(other, 1);
    expect(await found()).not.toContain(watched);
    await redis.hset(presence, 'ana', 'n');
    await other.core.due.sweep();
    const first = await found();
    expect(first).toContain(watched);
    // Of those that as many watch, the ones that went live last.
    expect(first).not.toContain(quiet);
    // And back again.
    await redis.del(presence);
    await other.core.due.sweep();
    expect(await found()).not.toContain(watched);
    await Promise.all(ids.map((roomId) => end(node, roomId)));
    await eventually(async () => expect((await index()).live).toEqual([]));
  });

  it('[RM22] find what is not hidden behind any number of hidden ones', async () => {
    const { time, node, other, index } = await stage();
    const rooms = node.core.stores.room;
    const seen = await Promise.all(Array.from({ length: 4 }, () => harness.room(node, [])));
    const [live, planned, replay] = seen as [string, string, string];
    const startsAtMs = time.nowMs + 3 * HOUR_MS;
    await start(node, live);
    await rooms.update(planned, { startsAtMs }, 'api');
    await rooms.update(replay, { replayUrl: REPLAY }, 'api');
    time.advance(1000);
    const hidden = new Set(await Promise.all(Array.from({ length: 30 }, () => harness.room(node, []))));
    for (const roomId of hidden) {
      await start(node, roomId);
      await rooms.update(roomId, { startsAtMs: startsAtMs - HOUR_MS, replayUrl: REPLAY }, 'api');
    }
    await eventually(async () => {
      const { live: on, planned: soon, replays } = await index();
      expect([on.length, soon.length, replays.length]).toEqual([62, 62, 31]);
    });
    let asked = 0;
    const hides = async (): Promise<ReadonlySet<string>> => {
      asked += 1;
      return hidden;
    };
    const found = async (each: number, hide?: typeof hides): Promise<string[]> => {
      const all = await other.core.stores.room.listed.candidates(each, time.nowMs, hide);
      return all.map(({ room: { roomId } }) => roomId).toSorted();
    };
    expect(await found(1)).not.toContain(planned);
    expect(await found(1, hides)).toEqual(expect.arrayContaining([live, planned, replay]));
    asked = 0;
    expect(await found(4, hides)).toEqual(seen.toSorted());
    // A few calls a list, each for more than the one before.
    expect(asked).toBeLessThan(20);
  });

  it('[RM22] are mended by the sweep, where a crash or an older version left rooms out', async () => {
    const { time, node, other, redis, listed, index } = await stage();
    const roomId = await harness.room(node, []);
    await start(node, roomId);
    await node.core.stores.room.update(
      roomId,
      { startsAtMs: time.nowMs + HOUR_MS, replayUrl: REPLAY },
      'api',
    );
    const whole = await eventually(async () => {
      const now = await index();
      expect([now.live.length, now.planned.length, now.replays.length]).toEqual([2, 2, 1]);
      return now;
    });
    for (const key of Object.values(listed)) await redis.del(key);
    await other.core.due.sweep();
    expect(await index()).toEqual(whole);
  });

  it('[RM22] are taken by the rooms themselves: an entry that is not so is shown as the room is, and goes', async () => {
    const { time, node, redis, listed, index } = await stage();
    const roomId = await harness.room(node, []);
    for (const key of Object.values(listed)) {
      await redis.zadd(key, time.nowMs + 1, roomId);
      await redis.zadd(key, time.nowMs + 1, 'never-made');
    }
    const found = await node.core.stores.room.listed.candidates(3, 0);
    expect(found).toMatchObject([{ room: { roomId, startsAtMs: null, replayUrl: null }, session: null }]);
    await eventually(async () => expect(await index()).toEqual({ live: [], planned: [], replays: [] }));
  });

  it('[RM22] end as the rooms are, however many changes come at once on however many nodes', async () => {
    const random = seededRandom(Number(process.env.LIVESTALL_TEST_SEED));
    const { time, nodes, node, index } = await stage();
    const ids = await Promise.all(Array.from({ length: 4 }, () => harness.room(node, [])));
    const acts = Array.from({ length: 120 }, () => {
      const on = nodes[random.next() < 0.5 ? 0 : 1];
      const roomId = ids[Math.floor(random.next() * ids.length)] as string;
      const what = random.next();
      if (what < 0.3) return () => start(on, roomId);
      if (what < 0.6) return () => end(on, roomId);
      const startsAtMs = random.next() < 0.5 ? null : time.nowMs + Math.floor(random.next() * HOUR_MS);
      const replayUrl = random.next() < 0.5 ? null : REPLAY;
      return () => on.core.stores.room.change(roomId, op(), { startsAtMs, replayUrl });
    });
    for (let i = 0; i < acts.length; i += 12) await Promise.all(acts.slice(i, i + 12).map((act) => act()));
    const rooms = await Promise.all(ids.map((id) => node.core.stores.room.read(id)));
    const expected = (when: (i: number) => boolean) => ids.filter((_, i) => when(i)).toSorted();
    const named = (entries: string[]) => entries.filter((_, i) => i % 2 === 0).toSorted();
    await eventually(async () => {
      const { live, planned, replays } = await index();
      expect(named(live)).toEqual(expected((i) => rooms[i]?.session !== null));
      expect(named(planned)).toEqual(expected((i) => rooms[i]?.room.startsAtMs !== null));
      expect(replays.toSorted()).toEqual(expected((i) => rooms[i]?.room.replayUrl !== null));
    });
  });
});
