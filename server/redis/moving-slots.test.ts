import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { checkRoom } from '../ledger/check-room.ts';
import { grab, startSale } from '../plays/flash-sale/testing.ts';
import { useCheckedHarness } from '../testing/contract-checks.ts';
import { eventually } from '../testing/eventually.ts';
import { opId } from '../testing/harness.ts';
import { beginMove, keysIn, moveKeys, moveSlot } from '../testing/move-slot.ts';
import { startTestCluster, type TestCluster, type TopologyNode } from '../testing/test-topologies.ts';
import { keySlot } from './key-slot.ts';
import { runScript } from './scripts.ts';
import { ShardSubscriber } from './shard-subscriber.ts';
import { codeOf, openClient, quietLog, testScript } from './testing.ts';

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
async function open(role: 'commands' | 'subscriber' = 'commands') {
  const client = await openClient(cluster.url, role);
  clients.push(client);
  return client;
}

/** One that does not have the slot of this key. */
async function otherThan(owner: TopologyNode): Promise<TopologyNode> {
  return cluster.nodes.find((node) => node !== owner) as TopologyNode;
}

describe('a slot that moves', () => {
  it('[RD39] has the number that Redis gives it', async () => {
    const [{ client }] = cluster.nodes as [TopologyNode];
    for (const key of [
      '',
      'a',
      '{a}b',
      'x{}y{z}',
      '}{',
      '{{a}}',
      'livestall:{room:linen-house}:head',
      '直播间{房}',
    ])
      expect(keySlot(key)).toBe(Number(await client.cluster('KEYSLOT', key)));
  });

  it('[RD42] lets a script find all keys of its room or none, also those that only it names', async () => {
    const redis = await open();
    const [head, due] = ['{room:half}:head', '{room:half}:due'];
    // As a play writes an order whose number it has just found out.
    const pay = testScript(
      'head due',
      'no',
      `redis.call('HINCRBY', K.head, 'sold', 1)
      redis.call('ZREM', K.due, ARGV[1])
      redis.call('HSET', K.head .. ':order:' .. ARGV[1], 'state', 'PAID')
      return 1`,
    );
    const sold = (): Promise<string | null> => redis.hget(head, 'sold');
    await redis.zadd(due, 1, '1', 2, '2', 3, '3');
    await redis.hset(`${head}:order:1`, 'state', 'HELD');
    expect(await runScript(redis, pay, { head, due }, ['1'])).toBe(1);
    const owner = await cluster.nodeOf(head);
    const to = await otherThan(owner);
    const slot = keySlot(head);
    await beginMove(cluster, slot, to);
    // The order goes first; the others that the script names are still there.
    expect(await moveKeys(owner, to, [`${head}:order:1`])).toBe(1);
    expect(await codeOf(runScript(redis, pay, { head, due }, ['1']))).toBe('UNAVAILABLE');
    expect(await codeOf(runScript(redis, pay, { head, due }, ['2']))).toBe('UNAVAILABLE');
    expect(await sold()).toBe('1');
    // Once for each that was refused, and half way: what had been refused is done when it is asked for again.
    const asked = runScript(redis, pay, { head, due }, ['3']);
    await moveSlot(cluster, slot, to);
    expect(await asked).toBe(1);
    expect(await runScript(redis, pay, { head, due }, ['2'])).toBe(1);
    expect(await sold()).toBe('3');
    expect(await redis.hget(`${head}:order:2`, 'state')).toBe('PAID');
    expect(await owner.client.cluster('COUNTKEYSINSLOT', slot)).toBe(0);
  });

  it.each([1, -1])(
    '[RD42] gives clients no other answer than "not now" while part of their room is gone (%i)',
    async (part) => {
      const node = await harness.node({ redisUrl: cluster.url });
      const roomId = await harness.room(node);
      const host = await harness.join(node, roomId, { userId: 'host', role: 'host' });
      const ana = await harness.join(node, roomId, { userId: 'ana' });
      const { saleId } = await startSale(host, { stock: 5, durationMs: 600_000 });
      const { head } = node.core.keys.room(roomId);
      const [slot, owner] = [keySlot(head), await cluster.nodeOf(head)];
      const to = await otherThan(owner);
      await beginMove(cluster, slot, to);
      const keys = await keysIn(owner, slot, 100);
      expect(keys.length).toBeGreaterThan(8);
      await moveKeys(owner, to, [head, ...keys.filter((key) => key !== head)].slice(0, part));
      const guest = await harness.connect(node);
      const chat = { opId: opId(), text: 'between two stools' };
      const answers = await Promise.all([
        guest.call('room:join', { roomId }),
        ana.call('chat:say', chat),
        grab(ana, saleId),
        host.call('shelf:save-product', {
          opId: opId(),
          product: { productId: 'p9', title: 'Nine', description: '', imageUrl: null, priceMinor: 1 },
        }),
      ]);
      for (const answer of answers)
        expect(answer).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE', retryable: true } });
      await moveSlot(cluster, slot, to);
      await eventually(() => ana.must('chat:say', chat));
      await guest.must('room:join', { roomId });
      expect(await grab(ana, saleId)).toMatchObject({ ok: true });
      expect((await checkRoom(node.core.redis, node.core.keys, roomId)).violations).toEqual([]);
    },
  );

  it('[RD43] takes its subscribers along, and they hear what they may have missed', async () => {
    const subscriber = new ShardSubscriber(await open('subscriber'), quietLog);
    const heard: string[] = [];
    const gaps: string[] = [];
    const [moving, staying] = ['channel:{moving}', 'channel:{staying}'];
    for (const channel of [moving, staying]) {
      await subscriber.subscribe(
        channel,
        (raw) => heard.push(raw),
        () => gaps.push(channel),
      );
    }
    const [owner, other] = [await cluster.nodeOf(moving), await cluster.nodeOf(staying)];
    // Back and forth: the second time both know each other.
    for (const to of [await otherThan(owner), owner]) {
      gaps.length = 0;
      heard.length = 0;
      await moveSlot(cluster, keySlot(moving), to);
      await eventually(() => expect(gaps).toContain(moving), { withinMs: 10_000 });
      await eventually(async () => expect(await to.client.spublish(moving, 'on the new one')).toBe(1));
      await other.client.spublish(staying, 'as before');
      await eventually(() => expect([...heard].sort()).toEqual(['as before', 'on the new one']));
      expect(subscriber.healthy).toBe(true);
    }
  });
});
