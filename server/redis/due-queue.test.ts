import { afterEach, describe, expect, it } from 'vitest';
import { systemRandom } from '../kernel/random.ts';
import { useCheckedHarness } from '../testing/contract-checks.ts';
import { eventually } from '../testing/eventually.ts';
import { opId, TestTime } from '../testing/harness.ts';
import { type DueDeps, DueQueue, redisNowMs } from './due-queue.ts';
import { dueShardOf } from './due-shards.ts';
import { createKeys, DUE_TAGS, type Keys } from './keys.ts';
import { runScript } from './scripts.ts';
import { dyingAfterClaim, openClient, quietLog, testScript, timed } from './testing.ts';

const harness = useCheckedHarness();
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const KIND = 'test:ring';
const set = testScript('due', 'nowMs member atMs', "return redis.call('ZADD', K.due, ARGV[3], ARGV[2])");
const take = testScript(
  'due head events',
  'nowMs member',
  `local at = redis.call('ZSCORE', K.due, ARGV[2])
  if not at or tonumber(at) > NOW then return 0 end
  redis.call('ZREM', K.due, ARGV[2])
  return int(NOW - tonumber(at))`,
  ['kernel'],
);

type Served = { roomId: string; ref: string; lateMs: number };

/** Queues of several nodes over one set of keys; `now` is '' for Redis' own time. */
async function stageIn(shards: number, now: () => string = () => '') {
  const redis = await openClient(harness.redis.url);
  closers.push(() => redis.disconnect());
  const keys: Keys = createKeys(`${systemRandom.id('due')}:`);
  const served: Served[] = [];
  const lags: number[] = [];
  const queue = (client = redis, more: Partial<DueDeps> = {}): DueQueue => {
    const one = new DueQueue({
      ...{ redis: client, keys, log: quietLog, scriptNow: now, shards },
      onHandled: () => undefined,
      onLag: (ms) => lags.push(ms),
      ...more,
    });
    one.handle(KIND, async (roomId, refs) => {
      const { due, head, events } = keys.room(roomId);
      for (const ref of refs) {
        const lateMs = await runScript(redis, take, { due, head, events }, [now(), `${KIND}:${ref}`]);
        served.push({ roomId, ref, lateMs: Number(lateMs) });
      }
    });
    closers.push(() => one.close());
    return one;
  };
  const nowMs = async (): Promise<number> => (now() === '' ? redisNowMs(redis) : Number(now()));
  const write = (roomId: string, ref: string, atMs: number) =>
    runScript(redis, set, { due: keys.room(roomId).due }, [now(), `${KIND}:${ref}`, String(atMs)]);
  /** Announces, then writes, as the plays do. */
  const plan = async (by: DueQueue, roomId: string, ref: string, inMs: number): Promise<void> => {
    await by.announce(roomId, inMs);
    await write(roomId, ref, (await nowMs()) + inMs);
  };
  return { redis, keys, served, lags, queue, write, plan };
}

describe.each([1, DUE_TAGS.length])('the due queue in %i parts', (shards) => {
  const stage = (now?: () => string) => stageIn(shards, now);

  it('[RD22] is served within 1 s of the deadline and not before it', async () => {
    const { served, queue, plan } = await stage();
    const [a, b] = [queue(), queue()];
    a.start();
    b.start();
    for (const inMs of [0, 50, 300, 700]) await plan(a, 'room-1', `in-${inMs}`, inMs);
    await eventually(() => expect(served).toHaveLength(4));
    for (const { lateMs } of served) {
      expect(lateMs).toBeGreaterThanOrEqual(0);
      expect(lateMs).toBeLessThan(1000);
    }
  });

  it('[RD22] is served by a node that did not plan it, with nobody connected', async () => {
    const node = await harness.node();
    const roomId = await harness.room(node);
    const host = await harness.join(node, roomId, { userId: 'host', role: 'host' });
    const { sale } = await host.must('flash-sale:schedule', {
      ...{ opId: opId(), productId: 'p1', priceMinor: 1, stock: 1, opensInMs: 400 },
    });
    const other = await harness.node();
    host.close();
    await node.close();
    const opened = await eventually(async () => {
      const entries = await harness.redis.client.xrange(other.core.keys.room(roomId).ledger, '-', '+');
      const entry = entries.map(([, fields]) => fields).find((fields) => fields[1] === 'sale-opened');
      if (!entry) throw new Error('not open yet');
      return Number(entry[entry.indexOf('at') + 1]);
    });
    expect(opened).toBeGreaterThanOrEqual(sale.opensAtMs);
    expect(opened).toBeLessThan(sale.opensAtMs + 1000);
  });

  it('[RD23] is served at the next start after the downtime of all nodes', async () => {
    const { served, queue, plan } = await stage();
    const gone = queue();
    const plannedMs = await redisNowMs(harness.redis.client);
    await plan(gone, 'room-1', 'missed', 100);
    await gone.close();
    await eventually(async () =>
      expect(await redisNowMs(harness.redis.client)).toBeGreaterThan(plannedMs + 200),
    );
    expect(served).toEqual([]);
    queue().start();
    await eventually(() => expect(served).toMatchObject([{ roomId: 'room-1', ref: 'missed' }]));
  });

  it('[RD24] is served by another node when the one that claimed the room dies', async () => {
    const time = new TestTime();
    const { redis, served, queue, plan } = await stage(() => String(time.nowMs));
    const survivor = queue();
    await plan(survivor, 'room-1', 'claimed', 100);
    time.advance(100);
    const dead = queue(dyingAfterClaim(redis));
    expect(await dead.poll()).toBe(1);
    expect(await survivor.poll()).toBe(0);
    time.advance(500);
    expect(await survivor.poll()).toBe(1);
    expect(served).toEqual([{ roomId: 'room-1', ref: 'claimed', lateMs: 500 }]);
  });

  it('[RD26] survives the loss of the index', async () => {
    const time = new TestTime();
    const { redis, keys, served, queue, plan } = await stage(() => String(time.nowMs));
    const node = queue();
    await redis.zadd(keys.rooms, 1, 'room-1', 2, 'room-2', 3, 'idle');
    await plan(node, 'room-1', 'late', 1000);
    await plan(node, 'room-2', 'later', 60_000);
    for (let shard = 0; shard < shards; shard += 1) await redis.del(...Object.values(keys.due(shard)));
    time.advance(2000);
    await node.poll();
    expect(served).toEqual([]);
    await node.sweep();
    await node.poll();
    expect(served).toMatchObject([{ roomId: 'room-1', ref: 'late' }]);
    const { index } = keys.due(dueShardOf('idle', shards));
    expect(await redis.zrange(index, 0, '-1')).not.toContain('idle');
    time.advance(58_000);
    await node.poll();
    expect(served.at(-1)).toEqual({ roomId: 'room-2', ref: 'later', lateMs: 0 });
  });

  it('[RD26] [RD39] mends an index that is in other parts, as after a move to a Cluster', async () => {
    const time = new TestTime();
    const { redis, keys, served, queue, plan } = await stage(() => String(time.nowMs));
    const node = queue();
    const rooms = Array.from({ length: 20 }, (_, i) => `room-${i}`);
    await redis.zadd(keys.rooms, ...rooms.flatMap((room, i) => [i, room]));
    const before = queue(redis, { shards: shards === 1 ? DUE_TAGS.length : 1 });
    for (const room of rooms) await plan(before, room, 'moved', 1000);
    time.advance(1000);
    await node.poll();
    await node.sweep();
    await node.poll();
    expect(served.map(({ roomId }) => roomId).sort()).toEqual([...rooms].sort());
    // Nor does anything in the wrong part come up for ever.
    time.advance(10_000);
    await node.poll();
    time.advance(10_000);
    expect(await node.poll()).toBe(0);
  });

  it('[RD40] says how late each action was', async () => {
    const time = new TestTime();
    const { lags, queue, plan } = await stage(() => String(time.nowMs));
    const node = queue();
    await plan(node, 'room-1', 'first', 100);
    await plan(node, 'room-1', 'second', 300);
    await plan(node, 'room-2', 'later', 5000);
    time.advance(350);
    await node.poll();
    expect(lags.sort((a, b) => a - b)).toEqual([50, 250]);
    time.advance(4650);
    await node.poll();
    expect(lags).toEqual([50, 250, 0]);
  });

  it('[RD27] tries a failing handler again, and serves the other rooms meanwhile', async () => {
    const { redis, keys, served, queue, plan, write } = await stage();
    const node = queue();
    let failures = 0;
    node.handle('test:moody', async (roomId, refs) => {
      failures += 1;
      if (failures < 3) throw new Error('not today');
      await redis.zrem(keys.room(roomId).due, ...refs.map((ref) => `test:moody:${ref}`));
    });
    const moody = testScript(
      'due',
      'atMs',
      "return redis.call('ZADD', K.due, ARGV[1], 'test:moody:x', ARGV[1], 'none:such:y')",
    );
    await node.announce('a-broken-room', 0);
    await runScript(redis, moody, { due: keys.room('a-broken-room').due }, ['1']);
    await write('a-broken-room', 'beside', 1);
    for (const room of ['room-1', 'room-2']) await plan(node, room, 'fine', 100);
    node.start();
    await eventually(() => expect(served.map(({ roomId }) => roomId)).toContain('room-2'));
    expect(failures).toBeLessThan(3);
    // What the same room has of another kind is served too.
    expect(served.map(({ ref }) => ref)).toContain('beside');
    await eventually(() => expect(failures).toBe(3), { withinMs: 8000 });
    await plan(node, 'room-1', 'still fine', 0);
    await eventually(() => expect(served.at(-1)).toMatchObject({ ref: 'still fine' }));
    expect(served.at(-1)?.lateMs).toBeLessThan(1000);
    expect(await redis.zrange(keys.room('a-broken-room').due, 0, '-1')).toEqual(['none:such:y']);
  });

  it('[RD28] takes rooms that are due at one moment without pausing between them', async () => {
    const time = new TestTime();
    const { served, queue, plan } = await stage(() => String(time.nowMs));
    const node = queue();
    // Ten times what one poll takes: with a pause after each, it would be 1.8 s at least.
    await Promise.all(Array.from({ length: 320 }, (_, i) => plan(node, `room-${i}`, 'all', 100)));
    time.advance(100);
    const { tookMs } = await timed(async () => {
      node.start();
      await eventually(() => expect(served).toHaveLength(320));
    });
    expect(tookMs).toBeLessThan(1800);
    expect(new Set(served.map(({ roomId }) => roomId)).size).toBe(320);
  });
});

describe('the parts of the due index', () => {
  it('[RD41] cost one plain read each while nothing is due, and a script each 2 s', async () => {
    const time = new TestTime();
    const { redis, queue, plan, served } = await stageIn(DUE_TAGS.length, () => String(time.nowMs));
    let ms = 0;
    const asked: string[] = [];
    const counting = new Proxy(redis, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (name !== 'zrange' && name !== 'evalsha') return value;
        asked.push(name);
        return (value as (...args: unknown[]) => unknown).bind(target);
      },
    });
    const node = queue(counting, { monotonicMs: () => ms });
    await plan(queue(), 'room-1', 'in-a-while', 1500);
    await node.poll();
    for (let poll = 0; poll < 5; poll += 1) {
      ms += 200;
      time.advance(200);
      asked.length = 0;
      await node.poll();
      expect(asked).toEqual(Array.from(DUE_TAGS, () => 'zrange'));
    }
    expect(served).toEqual([]);
    ms += 500;
    time.advance(500);
    expect(await node.poll()).toBe(1);
    expect(served).toEqual([{ roomId: 'room-1', ref: 'in-a-while', lateMs: 0 }]);
    asked.length = 0;
    ms += 2001;
    await node.poll();
    expect(asked).toEqual(Array.from(DUE_TAGS, () => 'evalsha'));
  });
});
