import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Frame } from '../../shared/kernel/ack.ts';
import type { Acknowledged } from '../ledger/check/ack-check.ts';
import { checkRoom } from '../ledger/check-room.ts';
import { keySlot } from '../redis/key-slot.ts';
import { useCheckedHarness } from './contract-checks.ts';
import { eventually } from './eventually.ts';
import { opId, type TestNode, TestTime } from './harness.ts';
import { moveSlot } from './move-slot.ts';
import { saleUnderLoad } from './sale-under-load.ts';
import type { TestClient } from './test-client.ts';
import {
  startTestCluster,
  startTestSentinel,
  type TestCluster,
  type TestSentinel,
  type TopologyNode,
} from './test-topologies.ts';

const harness = useCheckedHarness({ redis: false });
const STOCK = 60;

async function violations(node: TestNode, roomId: string, acknowledged: readonly Acknowledged[]) {
  const verdict = await checkRoom(node.core.redis, node.core.keys, roomId, { late: 'note', acknowledged });
  return verdict.violations.map(({ invariant, message }) => `${invariant}: ${message}`);
}

async function heldUnits({ core }: TestNode, roomId: string, saleId: string): Promise<number> {
  return (await core.stores.flashSale.read(roomId, saleId))?.held ?? 0;
}

const textsOf = (client: TestClient): string[] =>
  client.events('chat:said').map(({ data }) => (data as { text: string }).text);

/** Each frame begins where the one before ended. */
function holes(frames: readonly Frame[]): string[] {
  return frames.flatMap(({ fromSeq, toSeq }, i) => {
    const before = frames[i - 1];
    return before === undefined || fromSeq === before.toSeq + 1
      ? []
      : [`${before.toSeq} → ${fromSeq}-${toSeq}`];
  });
}

describe('a room on a cluster', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startTestCluster();
  });
  afterAll(() => cluster.close());

  it('[CT5] moves with its slot while people talk and buy: nothing is missed, lost or sold twice', {
    timeout: 60_000,
  }, async () => {
    const time = new TestTime();
    const nodes = [
      await harness.node({ time, redisUrl: cluster.url }),
      await harness.node({ time, redisUrl: cluster.url }),
    ] as const;
    const [a] = nodes;
    const load = await saleUnderLoad(harness, nodes, { stock: STOCK, buyers: 8, talkers: 4 });
    const { roomId } = load;
    const { events, head } = a.core.keys.room(roomId);
    const slot = keySlot(head);
    const home = await cluster.nodeOf(head);
    const away = cluster.nodes.filter((node) => node !== home);
    await eventually(() => expect(load.acks.length).toBeGreaterThan(4));
    for (const to of away) {
      const before = load.said.length;
      const listener = await ownerOf(slot);
      // Long enough for calls of every kind to come in between.
      expect(await moveSlot(cluster, slot, to, () => eventually(() => undefined))).toBeGreaterThan(10);
      expect(await listener.client.cluster('COUNTKEYSINSLOT', slot)).toBe(0);
      await eventually(() => expect(load.said.length).toBeGreaterThan(before + 4), { withinMs: 15_000 });
      await eventually(
        async () => expect(await to.client.pubsub('SHARDNUMSUB', events)).toEqual([events, nodes.length]),
        { withinMs: 15_000 },
      );
    }
    await load.finish();
    expect(load.refusals).toEqual([]);
    expect(await violations(a, roomId, load.acks)).toEqual([]);
    expect(await heldUnits(a, roomId, load.saleId)).toBe(STOCK);
    expect(new Set(load.acks.map(({ orderId }) => orderId)).size).toBe(STOCK);
    for (const client of load.talkers) {
      await eventually(() => expect([...textsOf(client)].sort()).toEqual([...load.said].sort()));
      expect(textsOf(client)).toEqual(textsOf(load.talkers[0] as TestClient));
      expect(holes(client.frames)).toEqual([]);
    }
    // What was planned on the first master happens on the last one.
    time.advance(600_000);
    await eventually(async () => expect(await heldUnits(a, roomId, load.saleId)).toBe(0), {
      withinMs: 10_000,
    });
    expect(await violations(a, roomId, load.acks)).toEqual([]);
  });

  async function ownerOf(slot: number): Promise<TopologyNode> {
    const counts = await Promise.all(
      cluster.nodes.map(({ client }) => client.cluster('COUNTKEYSINSLOT', slot)),
    );
    return cluster.nodes[counts.findIndex((count) => count > 0)] as TopologyNode;
  }
});

describe('a room on a master with a replica', () => {
  let sentinel: TestSentinel;
  beforeAll(async () => {
    sentinel = await startTestSentinel();
  });
  afterAll(() => sentinel.close());

  it('[CT6] goes on where the replica was when the master is killed in the middle: all that it had is there, and the rest is as if it had not been', {
    timeout: 60_000,
  }, async () => {
    const time = new TestTime();
    const nodes = [
      await harness.node({ time, redisUrl: sentinel.url }),
      await harness.node({ time, redisUrl: sentinel.url }),
    ] as const;
    const [a, b] = nodes;
    const load = await saleUnderLoad(harness, nodes, { stock: STOCK, buyers: 8, talkers: 4 });
    const { roomId, saleId } = load;
    await eventually(() => expect(load.acks.length).toBeGreaterThan(10));
    // Whatever was answered until here has left the master; what comes later may be lost with it.
    const [certain, saidBefore] = [[...load.acks], [...load.said]];
    const offset = await offsetOf(sentinel.master);
    await eventually(async () => expect(await offsetOf(sentinel.replica)).toBeGreaterThanOrEqual(offset), {
      everyMs: 2,
    });
    await sentinel.master.kill();
    const saidSoFar = load.said.length;
    await eventually(() => expect(load.said.length).toBeGreaterThan(saidSoFar + 4), { withinMs: 20_000 });
    await load.finish();
    expect(load.refusals).toEqual([]);
    expect(await violations(b, roomId, certain)).toEqual([]);
    expect(await heldUnits(a, roomId, saleId)).toBe(STOCK);
    // Nobody holds anything that they were not told of.
    const { orders } = await a.core.stores.order.list(roomId, 2 * STOCK);
    const held = orders.map(({ orderId }) => orderId);
    expect(load.acks.map(({ orderId }) => orderId)).toEqual(expect.arrayContaining(held));
    expect(held).toEqual(expect.arrayContaining(certain.map(({ orderId }) => orderId)));
    // Who comes back finds what the room has, and hears what is said from now on.
    const after = { opId: opId(), text: 'after all that' };
    const viewers = [await harness.join(a, roomId, 'guest'), await harness.join(b, roomId, 'guest')];
    await load.host.must('chat:say', after);
    for (const viewer of [...viewers, ...load.talkers])
      await eventually(() => expect(textsOf(viewer)).toContain(after.text));
    const { snapshot } = await (viewers[0] as TestClient).must('room:join', { roomId });
    const kept = (snapshot.chat as { messages: { text: string }[] }).messages.map(({ text }) => text);
    expect(kept).toEqual(expect.arrayContaining(saidBefore));
    time.advance(600_000);
    await eventually(async () => expect(await heldUnits(b, roomId, saleId)).toBe(0), { withinMs: 10_000 });
    expect(await violations(b, roomId, certain)).toEqual([]);
  });
});

async function offsetOf({ client }: TopologyNode): Promise<number> {
  return Number(/master_repl_offset:(\d+)/.exec(await client.info('replication'))?.[1]);
}
