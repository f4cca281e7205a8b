import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../kernel/clock.ts';
import { systemRandom } from '../kernel/random.ts';
import { createKeys } from '../redis/keys.ts';
import { ShardSubscriber } from '../redis/shard-subscriber.ts';
import { openClient, quietLog } from '../redis/testing.ts';
import { eventually } from '../testing/eventually.ts';
import { startTestRedis, type TestRedis } from '../testing/test-redis.ts';
import { startTestCluster } from '../testing/test-topologies.ts';
import { createNodeBus, type RunningNodeBus } from './node-bus.ts';
import { NodeRefused, NodeSilent } from './ports.ts';

let redis: TestRedis;
beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(() => redis.close());

const keys = createKeys('bus-test:');
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

type Member = { bus: RunningNodeBus; nodeId: string; channel: string; leave: () => Promise<void> };

/** A node's bus on clients of its own, as in production. */
async function member(options: { url?: string; maxHandlers?: number } = {}): Promise<Member> {
  const { url = redis.url, ...rest } = options;
  const [commands, subscriber] = [await openClient(url), await openClient(url, 'subscriber')];
  const nodeId = systemRandom.id('n');
  const bus = createNodeBus({
    ...{ redis: commands, subscriber: new ShardSubscriber(subscriber, quietLog), keys, nodeId },
    ...{ clock: systemClock, log: quietLog, random: systemRandom },
    ...rest,
  });
  await bus.start();
  const leave = async (): Promise<void> => {
    await bus.close();
    commands.disconnect();
    subscriber.disconnect();
  };
  ends.push(leave);
  return { bus, nodeId, channel: keys.nodeChannel(nodeId), leave };
}

const failure = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => {
      throw new Error('expected a rejection');
    },
    (error) => error,
  );

const silent = (why: string) => expect.objectContaining({ name: 'NodeSilent', why });
const refused = (code: string) => expect.objectContaining({ name: 'NodeRefused', code });

describe('between nodes', () => {
  it('[PI31] each asks each, many at once, and every answer finds its question', async () => {
    const members = [await member(), await member(), await member()];
    for (const { bus, nodeId } of members)
      bus.handle('test.echo', async (payload, from) => ({ payload, from, by: nodeId }));
    const asked = members.flatMap((from) =>
      members.flatMap((to) =>
        Array.from({ length: 20 }, async (_, no) => {
          const answer = await from.bus.request(to.nodeId, 'test.echo', { no });
          expect(answer).toEqual({ payload: { no }, from: from.nodeId, by: to.nodeId });
        }),
      ),
    );
    await Promise.all(asked);
  });

  it('[PI31] on a Cluster, where the channels of nodes are on different shards', async () => {
    const cluster = await startTestCluster();
    ends.push(() => cluster.close());
    const members = await Promise.all(Array.from({ length: 6 }, () => member({ url: cluster.url })));
    const shards = await Promise.all(members.map(({ channel }) => cluster.nodeOf(channel)));
    expect(new Set(shards).size).toBeGreaterThan(1);
    for (const { bus, nodeId } of members) bus.handle('test.name', async () => nodeId);
    for (const from of members) {
      for (const to of members) expect(await from.bus.request(to.nodeId, 'test.name', null)).toBe(to.nodeId);
    }
    expect(await failure((members[0] as Member).bus.request('n_nobody', 'test.name', null))).toEqual(
      silent('gone'),
    );
  });

  it('[PI32] a refusal arrives as its code, and a bug as INTERNAL', async () => {
    const [a, b] = [await member(), await member()];
    b.bus.handle('test.refuse', () => Promise.reject(new NodeRefused('MEDIA_FULL')));
    b.bus.handle('test.bug', async () => {
      throw new TypeError('a secret in a bug');
    });
    b.bus.handle('test.at-once', () => {
      throw new NodeRefused('AT_ONCE');
    });
    b.bus.handle('test.large', async () => 'x'.repeat(70_000));
    const ask = (method: string) => failure(a.bus.request(b.nodeId, method, {}));
    expect(await ask('test.refuse')).toEqual(refused('MEDIA_FULL'));
    expect(await ask('test.at-once')).toEqual(refused('AT_ONCE'));
    expect(await ask('test.nothing')).toEqual(refused('UNKNOWN_METHOD'));
    const bug = await ask('test.bug');
    expect(bug).toEqual(refused('INTERNAL'));
    expect(bug.message).not.toContain('secret');
    expect(await ask('test.large')).toEqual(refused('INTERNAL'));
  });

  it('[PI33] a node that has ended is silent at once, one that hangs after the time given', async () => {
    const [a, b] = [await member(), await member()];
    b.bus.handle('test.hang', () => new Promise(() => undefined));
    const startMs = performance.now();
    expect(await failure(a.bus.request(b.nodeId, 'test.hang', {}, 60))).toEqual(silent('late'));
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(55);
    await b.leave();
    const leftMs = performance.now();
    expect(await failure(a.bus.request(b.nodeId, 'test.hang', {}, 60_000))).toEqual(silent('gone'));
    expect(performance.now() - leftMs).toBeLessThan(1000);
  });

  it('[PI34] what is no message of ours is counted and harms nobody', async () => {
    const [a, b] = [await member(), await member()];
    b.bus.handle('test.echo', async (payload) => payload);
    const message = { id: 'q_1', from: a.nodeId, method: 'test.echo', payload: {} };
    const garbage = [
      ...['', 'null', '[]', '{', '"text"', '{"id":"q"}', '\u0000', '['.repeat(60_000)],
      JSON.stringify({ ...message, more: 1 }),
      JSON.stringify({ ...message, method: '__proto__' }),
      JSON.stringify({ ...message, from: '{room:x}:events' }),
      JSON.stringify({ ...message, id: 'x'.repeat(65) }),
      JSON.stringify({ ...message, payload: 'x'.repeat(64 * 1024) }),
      JSON.stringify({ id: 'q_1', from: a.nodeId, code: 'lower case' }),
    ];
    for (const raw of garbage) expect(await redis.client.spublish(b.channel, raw)).toBe(1);
    await eventually(() => expect(b.bus.malformed).toBe(garbage.length));
    expect(await a.bus.request(b.nodeId, 'test.echo', 'still here')).toBe('still here');
    await expect(a.bus.request(b.nodeId, 'test.echo', 'x'.repeat(64 * 1024))).rejects.toThrow('too large');
  });

  it('[PI35] only the node that was asked can answer, and only once', async () => {
    const [a, b] = [await member(), await member()];
    let ask = '';
    const spy = await openClient(redis.url, 'subscriber');
    ends.push(() => spy.disconnect());
    spy.on('smessage', (_channel: string, raw: string) => {
      ask = raw;
    });
    await spy.ssubscribe(b.channel);
    let answer: (data: unknown) => void = () => undefined;
    b.bus.handle('test.wait', () => new Promise((resolve) => (answer = resolve)));
    const asked = a.bus.request(b.nodeId, 'test.wait', {});
    const { id } = await eventually(() => JSON.parse(ask) as { id: string });
    const forged = { id, from: 'n_other', data: 'forged' };
    await redis.client.spublish(a.channel, JSON.stringify(forged));
    await redis.client.spublish(a.channel, JSON.stringify({ ...forged, id: 'q_else', from: b.nodeId }));
    await eventually(() => answer('true'));
    expect(await asked).toBe('true');
    await redis.client.spublish(a.channel, JSON.stringify({ ...forged, from: b.nodeId }));
    expect(a.bus.malformed).toBe(0);
  });

  it('[PI36] handlers run at once up to a number; the next wait, and what is beyond is refused', async () => {
    const [a, b] = [await member(), await member({ maxHandlers: 2 })];
    const release: (() => void)[] = [];
    let most = 0;
    b.bus.handle('test.slow', async () => {
      most = Math.max(most, release.length + 1);
      await new Promise<void>((resolve) => release.push(resolve));
      return 'done';
    });
    const all = Array.from({ length: 7 }, () =>
      a.bus.request(b.nodeId, 'test.slow', {}, 10_000).catch((error: NodeRefused) => error.code),
    );
    // Two run, four wait.
    expect(await all[6]).toBe('BUSY');
    expect(most).toBe(2);
    for (let done = 0; done < 6; done += 1) await eventually(() => (release.shift() as () => void)());
    expect(await Promise.all(all)).toEqual([...Array(6).fill('done'), 'BUSY']);
    expect(most).toBe(2);
  });

  it('[PI37] without Redis nodes are silent and nothing breaks; once it is back they talk again', async () => {
    const own = await startTestRedis({ topology: 'standalone' });
    ends.push(() => own.close());
    const [a, b] = [await member({ url: own.url }), await member({ url: own.url })];
    for (const { bus } of [a, b]) bus.handle('test.echo', async (payload) => payload);
    b.bus.handle('test.outlive', async () => {
      await own.kill();
      return 'to nobody';
    });
    expect(await failure(a.bus.request(b.nodeId, 'test.outlive', 1, 500))).toBeInstanceOf(NodeSilent);
    await eventually(async () =>
      expect(await failure(a.bus.request(b.nodeId, 'test.echo', 1, 500))).toEqual(silent('away')),
    );
    await own.restart();
    await eventually(async () => expect(await a.bus.request(b.nodeId, 'test.echo', 2, 500)).toBe(2));
    await eventually(async () => expect(await b.bus.request(a.nodeId, 'test.echo', 3, 500)).toBe(3));
    await own.kill();
    await Promise.all([a.bus.close(), b.bus.close()]);
  });

  it('[PI38] a bus that closes answers nothing more, and leaves nobody waiting', async () => {
    const [a, b] = [await member(), await member()];
    b.bus.handle('test.hang', () => new Promise(() => undefined));
    const waiting = failure(a.bus.request(b.nodeId, 'test.hang', {}, 60_000));
    await a.bus.close();
    await a.bus.close();
    expect(await waiting).toEqual(silent('away'));
    expect(await failure(a.bus.request(b.nodeId, 'test.hang', {}))).toEqual(silent('away'));
    expect(await failure(b.bus.request(a.nodeId, 'test.hang', {}))).toEqual(silent('gone'));
  });
});
