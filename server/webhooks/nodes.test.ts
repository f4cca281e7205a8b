import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { useHarness } from '../testing/harness.ts';
import { type NodeProcess, startNodeProcess } from '../testing/node-process.ts';
import { LaneLost, LaneStore, type Settlement } from './lane-store.ts';
import {
  CONFIG,
  endpointAt,
  happen,
  openStage,
  orderFacts,
  Receiver,
  verify,
  writeFacts,
} from './testing/stage.ts';

const harness = useHarness();
const receivers: Receiver[] = [];
const processes: NodeProcess[] = [];
afterEach(async () => {
  for (const process of processes.splice(0)) await process.kill();
  for (const receiver of receivers.splice(0)) await receiver.close();
});
async function receiver(): Promise<Receiver> {
  const one = await new Receiver().listen();
  receivers.push(one);
  return one;
}
/** Answers 200 after so many ms. */
const slowly = (ms: number) => (_got: unknown, response: import('node:http').ServerResponse) => {
  setTimeout(() => response.writeHead(200).end(), ms);
  return undefined;
};
const nothing: Settlement = {
  ...{ cursor: 0, cursorAt: 0, done: [], failed: [], dead: [], failing: '', down: false, rouse: false },
  ...{ full: false, refillBelow: 0, wakeAtMs: 0, release: false },
};

describe('several nodes', () => {
  it('[WH6] deliver each message once', async () => {
    const config = { ...CONFIG, redisKeyPrefix: 'both:' };
    const nodes = [
      await harness.node({ config }),
      await harness.node({ config }),
      await harness.node({ config }),
    ];
    const [node] = nodes as [(typeof nodes)[0]];
    const roomId = await harness.room(node);
    const shop = await receiver();
    shop.answer = slowly(3);
    await endpointAt(node, shop.url);
    for (let i = 0; i < 20; i += 1) {
      await happen(nodes[i % 3] as typeof node, roomId, orderFacts(50));
      await eventually(() => expect(shop.got.length).toBeGreaterThan(i * 50 - 200));
    }
    await eventually(() => expect(shop.got).toHaveLength(1000), { withinMs: 10_000 });
    expect(shop.ids).toHaveLength(1000);
  });

  it('[WH29] leave deliveries to those that are to deliver', async () => {
    const config = { ...CONFIG, redisKeyPrefix: 'off:' };
    const off = await harness.node({ config: { ...config, webhookDelivery: false } });
    const roomId = await harness.room(off);
    const shop = await receiver();
    await endpointAt(off, shop.url);
    await happen(off, roomId, orderFacts(5));
    const { due } = off.core.keys.room(roomId);
    await eventually(async () => expect(await harness.redis.client.zcard(due)).toBe(1));
    expect(shop.got).toEqual([]);
    await harness.node({ config });
    await eventually(() => expect(shop.got).toHaveLength(5));
    await happen(off, roomId, orderFacts(5));
    await eventually(() => expect(shop.got).toHaveLength(10));
  });

  it('[WH5] [WH6] go on where one was killed, in the middle of 1,000 webhooks', async () => {
    const manager = await harness.node({
      config: { ...CONFIG, webhookDelivery: false, redisKeyPrefix: 'killed:' },
    });
    const roomId = await harness.room(manager);
    const shop = await receiver();
    shop.answer = slowly(100);
    const { secrets } = await endpointAt(manager, shop.url);
    const start = async (): Promise<NodeProcess> => {
      const flags = ['--redis-url', harness.redis.url, '--redis-key-prefix', 'killed:', '--no-demo'];
      const node = await startNodeProcess([
        ...flags,
        '--webhook-allow-private',
        '127.0.0.1',
        '--log-level',
        'warn',
      ]);
      processes.push(node);
      return node;
    };
    const first = await start();
    await happen(manager, roomId, orderFacts(500, 2));
    await eventually(() => expect(shop.got.length).toBeGreaterThan(20));
    // The first holds the lane, because it was alone; the second only waits for its turn.
    const second = await start();
    await eventually(() => expect(shop.got.length).toBeGreaterThan(300), { withinMs: 15_000 });
    await first.kill();
    const killedAfter = shop.got.length;
    const killedMs = performance.now();
    await eventually(() => expect(shop.got.length).toBeGreaterThan(killedAfter), { withinMs: 10_000 });
    expect(performance.now() - killedMs).toBeLessThan(5000);
    shop.answer = () => 200;
    await eventually(() => expect(shop.ids).toHaveLength(1000), { withinMs: 15_000 });
    for (const got of shop.got) verify(got, secrets[0]?.secret as string);
    const again = shop.got.length - 1000;
    expect(again).toBeLessThan(100);
    expect(second.output()).not.toContain('"level":50');
  });

  it('[WH19] a node that stops leaves the rest to another', async () => {
    const { node, shop, facts, another } = await openStage(harness, await receiver());
    shop.answer = slowly(20);
    await facts(orderFacts(300));
    await eventually(() => expect(shop.got.length).toBeGreaterThan(50));
    await node.close();
    const next = await another();
    await eventually(() => expect(shop.ids).toHaveLength(300));
    // What was under way has been finished and stored.
    expect(shop.got).toHaveLength(300);
    shop.answer = () => undefined;
    await happen(next, (await roomOf(next)) as string, orderFacts(1));
    await eventually(() => expect(shop.got).toHaveLength(301));
    const startedMs = performance.now();
    await next.close();
    expect(performance.now() - startedMs).toBeLessThan(5000);
  });
});

async function roomOf(node: Awaited<ReturnType<typeof openStage>>['node']): Promise<string | undefined> {
  return (await harness.redis.client.zrange(node.core.keys.rooms, 0, '0'))[0];
}

describe('a lane', () => {
  it('[WH7] cannot be written to by who no longer holds it', async () => {
    const { node, roomId, time, endpoint } = await openStage(harness, await receiver());
    const { keys } = node.core;
    await node.close();
    const redis = harness.redis.client;
    const lanes = new LaneStore({ redis, keys, scriptNow: () => String(time.nowMs) });
    const { endpointId: id } = endpoint;
    await writeFacts({ redis, keys, scriptNow: () => String(time.nowMs) }, roomId, orderFacts(3));
    const claim = async () => (await lanes.claim(roomId, [{ id, take: true }])).lanes[0];
    const first = await claim();
    expect(first).toMatchObject({ state: 'taken', claim: { token: 1, cursor: 1 } });
    expect(await claim()).toMatchObject({ state: 'held' });
    time.advance(1999);
    expect(await claim()).toMatchObject({ state: 'held' });
    time.advance(1);
    expect(await claim()).toMatchObject({ state: 'taken', claim: { token: 2 } });
    const [fact] = await lanes.facts(roomId, 2, 1);
    const moved = { ...nothing, cursor: 2, cursorAt: fact?.atMs as number };
    await expect(lanes.settle(roomId, id, 1, moved)).rejects.toThrow(LaneLost);
    await expect(lanes.refill(roomId, id, 1, 10)).rejects.toThrow(LaneLost);
    expect(await lanes.settle(roomId, id, 2, { ...moved, release: true })).toMatchObject({ more: true });
    expect(await claim()).toMatchObject({ state: 'taken', claim: { token: 3, cursor: 2 } });
  });

  it('[WH18] of a Redis that lost its last second delivers what happened instead', async () => {
    const { node, roomId, time, shop, facts } = await openStage(harness, await receiver());
    let release = (): void => undefined;
    shop.answer = (_got, response) => {
      release = () => void response.writeHead(200).end();
      return undefined;
    };
    await facts(orderFacts(1));
    await eventually(() => expect(shop.got).toHaveLength(1));
    const { head, ledger } = node.core.keys.room(roomId);
    await harness.redis.client.multi().hset(head, 'fact', 1).del(ledger).exec();
    time.advance(500);
    await writeFacts({ ...node.core, scriptNow: () => String(time.nowMs) }, roomId, orderFacts(2).slice(1));
    shop.answer = () => 200;
    release();
    await eventually(() => expect(node.core.webhooks.pump.running).toBe(0));
    time.advance(2500);
    await eventually(() => expect(shop.got.map(({ orderId }) => orderId)).toContain('o2-AAAAAAAAAAAA'));
    expect(new Set(shop.ids).size).toBe(2);
    expect(new Set(shop.numbers)).toEqual(new Set([2]));
  });
});
