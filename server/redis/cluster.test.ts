import type { Cluster, Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FanNews } from '../community/fan-news.ts';
import { systemRandom } from '../kernel/random.ts';
import { ChatStore } from '../plays/chat/chat.store.ts';
import { useCheckedHarness } from '../testing/contract-checks.ts';
import { eventually } from '../testing/eventually.ts';
import { opId, type TestNode, TestTime } from '../testing/harness.ts';
import { startTestCluster, type TestCluster, type TopologyNode } from '../testing/test-topologies.ts';
import { DueQueue, redisNowMs } from './due-queue.ts';
import { dueShardOf } from './due-shards.ts';
import { createKeys, DUE_TAGS } from './keys.ts';
import { runScript } from './scripts.ts';
import { ShardSubscriber } from './shard-subscriber.ts';
import { codeOf, openClient, quietLog, testScript, timed } from './testing.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startTestCluster();
});
const harness = useCheckedHarness({ redis: false });
afterAll(() => cluster.close());

const clients: { disconnect(): void }[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect();
});

const texts = (events: readonly { data: unknown }[]): string[] =>
  events.map(({ data }) => (data as { text: string }).text);

/** A room on each of the three masters. */
async function roomsOfAllShards(node: TestNode): Promise<string[]> {
  const rooms = new Map<number, string>();
  while (rooms.size < 3) {
    const roomId = await harness.room(node);
    rooms.set((await cluster.nodeOf(node.core.keys.room(roomId).head)).port, roomId);
  }
  return [...rooms.values()];
}

describe('on a cluster', () => {
  it('[RD36] what is due in rooms of other shards is done on time while one is away', async () => {
    const redis = await openClient(cluster.url);
    clients.push(redis);
    const keys = createKeys(`${systemRandom.id('due')}:`);
    const lags: number[] = [];
    const served = new Set<string>();
    const queue = new DueQueue({
      ...{ redis, keys, log: quietLog, scriptNow: () => '', onHandled: () => undefined },
      onLag: (ms) => lags.push(ms),
    });
    queue.handle('test:ring', async (roomId, refs) => {
      await redis.zrem(keys.room(roomId).due, ...refs.map((ref) => `test:ring:${ref}`));
      served.add(roomId);
    });
    const [away] = cluster.nodes as [TopologyNode];
    const rooms: string[] = [];
    for (let i = 0; i < 60; i += 1) {
      const places = [keys.room(`room-${i}`).due, keys.due(dueShardOf(`room-${i}`, DUE_TAGS.length)).index];
      const owners = await Promise.all(places.map((key) => cluster.nodeOf(key)));
      // A room near the edge of a range has its part of the index beyond it.
      if (!owners.includes(away)) rooms.push(`room-${i}`);
    }
    expect(rooms.length).toBeGreaterThan(20);
    queue.start();
    await away.kill();
    try {
      for (const roomId of rooms) {
        await eventually(() => queue.announce(roomId, 200));
        const atMs = (await redisNowMs(cluster.nodes[1]?.client as Redis)) + 200;
        await redis.zadd(keys.room(roomId).due, atMs, 'test:ring:x');
      }
      await eventually(() => expect(served.size).toBe(rooms.length));
      expect(Math.max(...lags)).toBeLessThan(1000);
    } finally {
      await queue.close();
      await away.restart();
      await cluster.whole();
    }
  });

  it('[RD35] two nodes serve rooms of every shard, and hear each other', async () => {
    const time = new TestTime();
    const a = await harness.node({ time, redisUrl: cluster.url });
    const b = await harness.node({ time, redisUrl: cluster.url });
    for (const roomId of await roomsOfAllShards(a)) {
      const host = await harness.join(a, roomId, { userId: 'host', role: 'host' });
      const ana = await harness.join(a, roomId, { userId: 'ana' });
      const anaToo = await harness.join(b, roomId, { userId: 'ana' });
      await ana.must('chat:say', { opId: opId(), text: 'from a' });
      await anaToo.must('chat:say', { opId: opId(), text: 'from b' });
      for (const client of [ana, anaToo]) {
        await eventually(() => expect(texts(client.events('chat:said'))).toEqual(['from a', 'from b']));
      }
      const { sale } = await host.must('flash-sale:schedule', {
        ...{ opId: opId(), productId: 'p1', priceMinor: 100, stock: 2, opensInMs: 1000, guard: 'none' },
      });
      time.advance(1000);
      await eventually(() => expect(anaToo.events('flash-sale:opened')).toHaveLength(1));
      const { order } = await anaToo.must('flash-sale:grab', {
        opId: opId(),
        saleId: sale.saleId,
        quantity: 1,
      });
      const held = { name: 'order:changed', data: { order } };
      await eventually(() => expect(ana.notices).toMatchObject([held]));
      time.advance(order.holdExpiresAtMs - time.nowMs);
      const expired = {
        name: 'order:changed',
        data: { order: { orderId: order.orderId, state: 'EXPIRED' } },
      };
      for (const client of [ana, anaToo]) {
        await eventually(() => expect(client.notices).toMatchObject([held, expired]));
      }
      await eventually(() =>
        expect(host.events('flash-sale:stock-changed').at(-1)?.data).toMatchObject({ available: 2, held: 0 }),
      );
      // The room's state is read from one shard at one moment.
      const late = await harness.join(b, roomId, 'guest');
      const { snapshot } = await late.must('room:join', { roomId });
      expect(texts((snapshot.chat as { messages: object[] }).messages.map((data) => ({ data })))).toEqual([
        'from a',
        'from b',
      ]);
    }
  });

  it('[RD35] carts, lines and payments work on every shard', async () => {
    const time = new TestTime();
    const a = await harness.node({ time, redisUrl: cluster.url });
    const b = await harness.node({ time, redisUrl: cluster.url });
    for (const roomId of await roomsOfAllShards(a)) {
      const host = await harness.join(a, roomId, { userId: 'host', role: 'host' });
      const [ana, bo] = [
        await harness.join(a, roomId, { userId: 'ana' }),
        await harness.join(b, roomId, { userId: 'bo' }),
      ];
      const saleIds = [];
      for (let i = 0; i < 2; i += 1) {
        const { sale } = await host.must('flash-sale:schedule', {
          ...{ opId: opId(), productId: 'p1', priceMinor: 100, stock: 1, opensInMs: 0, guard: 'none' },
        });
        saleIds.push(sale.saleId);
      }
      const lines = saleIds.map((saleId) => ({ saleId, quantity: 1 }));
      const { order } = await ana.must('order:hold', { opId: opId(), lines });
      const [saleId = ''] = saleIds;
      expect(await bo.must('flash-sale:wait', { opId: opId(), saleId })).toMatchObject({ position: 1 });
      await ana.must('order:release', { opId: opId(), orderId: order.orderId });
      await eventually(() =>
        expect(bo.notices).toMatchObject([
          { name: 'order:changed', data: { order: { source: 'waitlist' } } },
        ]),
      );
      const { orders } = await bo.must('order:mine', {});
      const [offer] = orders;
      const merchant = () => ({ actor: '@shop', opId: opId(), fingerprint: '' });
      const payment = { amountMinor: 100, currency: 'CNY', paymentRef: 'x' };
      const paid = await b.core.stores.order.pay(roomId, merchant(), offer?.orderId ?? '', payment);
      expect(paid).toMatchObject({ ok: true, data: { state: 'PAID', no: 2 } });
      const late = { ...payment, amountMinor: 200 };
      expect(await a.core.stores.order.pay(roomId, merchant(), order.orderId, late)).toMatchObject({
        data: { state: 'REFUND_REQUIRED', reason: 'SOLD_OUT' },
      });
      const page = await b.core.stores.order.list(roomId, 10);
      expect(page.orders.map(({ no, state }) => [no, state])).toEqual([
        [2, 'PAID'],
        [1, 'REFUND_REQUIRED'],
      ]);
    }
  });

  it('[RD35] the sweep finds what is due on every shard', async () => {
    const time = new TestTime();
    const node = await harness.node({ time, redisUrl: cluster.url });
    const rooms = await roomsOfAllShards(node);
    const { keys, redis } = node.core;
    const served: string[] = [];
    const queue = new DueQueue({
      ...{ redis, keys, log: quietLog, scriptNow: () => String(time.nowMs), onHandled: () => undefined },
    });
    queue.handle('test:ring', async (roomId, refs) => {
      await redis.zrem(keys.room(roomId).due, ...refs.map((ref) => `test:ring:${ref}`));
      served.push(roomId);
    });
    await node.core.due.close();
    for (const roomId of rooms) await redis.zadd(keys.room(roomId).due, time.nowMs, 'test:ring:x');
    await queue.sweep();
    await queue.poll();
    expect(served.sort()).toEqual(rooms.sort());
  });

  it('[RD5] a script whose answer was lost is not sent again', async () => {
    const commands = (await openClient(cluster.url)) as Cluster;
    clients.push(commands);
    const counter = 'counter:{once}';
    const add = (): Promise<unknown> => runScript(commands, increment, { counter }, ['1']);
    await add();
    const { port } = await cluster.nodeOf(counter);
    const lost = add();
    commands
      .nodes('master')
      .find((node) => node.options.port === port)
      ?.stream.destroy();
    expect(await codeOf(lost)).toBe('OUTCOME_UNKNOWN');
    await eventually(async () => expect(await commands.get(counter)).toBe('2'));
    await eventually(add);
    expect(await commands.get(counter)).toBe('3');
  });

  it('[RD35] every shard takes commands as soon as the client is connected', async () => {
    const commands = await openClient(cluster.url);
    clients.push(commands);
    const counters = Array.from({ length: 60 }, (_, i) => `counter:{${i % 12}}`);
    const sums = counters.map((counter) => runScript(commands, increment, { counter }, ['1']));
    expect((await Promise.all(sums)).reduce((sum: number, value) => sum + Number(value), 0)).toBe(12 * 15);
  });

  it('[RD36] a subscriber that was cut off from one shard hears of it, and listens again', async () => {
    const client = await openClient(cluster.url, 'subscriber');
    clients.push(client);
    const subscriber = new ShardSubscriber(client, quietLog);
    const heard: string[] = [];
    let gaps = 0;
    const channel = 'channel:{x}';
    await subscriber.subscribe(
      channel,
      (raw) => heard.push(raw),
      () => {
        gaps += 1;
      },
    );
    const shard = await cluster.nodeOf(channel);
    await shard.client.spublish(channel, 'one');
    await eventually(() => expect(heard).toEqual(['one']));
    expect(await shard.client.client('KILL', 'TYPE', 'PUBSUB')).toBeGreaterThan(0);
    await eventually(() => expect(gaps).toBeGreaterThan(0));
    expect(subscriber.healthy).toBe(true);
    await shard.client.spublish(channel, 'two');
    await eventually(() => expect(heard).toEqual(['one', 'two']));
  });

  it('[RD36] a shard that is killed and comes back is used again, and nothing is missed', async () => {
    const a = await harness.node({ redisUrl: cluster.url });
    const b = await harness.node({ redisUrl: cluster.url });
    const [roomId = ''] = await roomsOfAllShards(a);
    const ana = await harness.join(a, roomId, { userId: 'ana' });
    const bo = await harness.join(b, roomId, { userId: 'bo' });
    await ana.must('chat:say', { opId: opId(), text: 'before' });
    await eventually(() => expect(bo.events('chat:said')).toHaveLength(1));
    const shard = await cluster.nodeOf(a.core.keys.room(roomId).head);
    await shard.kill();
    await eventually(async () => {
      const { value, tookMs } = await timed(() => codeOf(a.core.stores.shelf.list(roomId)));
      expect(value).toMatch(/^(UNAVAILABLE|OUTCOME_UNKNOWN)$/);
      expect(tookMs).toBeLessThan(500);
    });
    const refused = await ana.call('chat:say', { opId: opId(), text: 'to nobody' });
    expect(refused).toMatchObject({ ok: false, error: { retryable: true } });
    await shard.restart();
    await cluster.whole();
    const quick = await openClient(cluster.url);
    clients.push(quick);
    const store = new ChatStore({
      ...{ redis: quick, keys: a.core.keys, scriptNow: () => '', fanNews: new FanNews(() => undefined) },
      calendars: a.core.stores.room.calendars,
    });
    const draft = { messageId: 'm_quick', userId: 'cy', name: 'Cy', role: 'viewer' as const, mentions: [] };
    const op = { actor: 'cy', opId: opId(), fingerprint: '' };
    await eventually(() => store.say(roomId, op, { ...draft, text: 'meanwhile' }, null));
    const again = { opId: opId(), text: 'after' };
    const { tookMs } = await timed(() => eventually(() => ana.must('chat:say', again)));
    expect(tookMs).toBeLessThan(5000);
    for (const client of [ana, bo]) {
      await eventually(() =>
        expect(texts(client.events('chat:said'))).toEqual(['before', 'meanwhile', 'after']),
      );
    }
  });
});

const increment = testScript('counter', 'by', "return redis.call('INCRBY', K.counter, ARGV[1])");
