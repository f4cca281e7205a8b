import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { Harness } from '../testing/harness.ts';
import { startTestCluster, type TestCluster } from '../testing/test-topologies.ts';
import { CONFIG, endpointAt, happen, orderFacts, Receiver } from './testing/stage.ts';

const harness = new Harness();
let cluster: TestCluster;
let shop: Receiver;
beforeAll(async () => {
  cluster = await startTestCluster();
  shop = await new Receiver().listen();
});
afterAll(async () => {
  await harness.close();
  await shop.close();
  await cluster.close();
});

it('[WH6] on a Cluster, rooms of every shard are delivered, each message once', async () => {
  const node = await harness.node({ config: CONFIG, redisUrl: cluster.url });
  await harness.node({ config: CONFIG, redisUrl: cluster.url });
  const { endpointId } = await endpointAt(node, shop.url);
  shop.answer = ({ n }) => (n === 3 ? 500 : 200);
  const rooms = await Promise.all(Array.from({ length: 8 }, () => harness.room(node)));
  const shards = new Set<number>();
  for (const roomId of rooms) {
    shards.add((await cluster.nodeOf(node.core.keys.room(roomId).head)).port);
    await happen(node, roomId, orderFacts(5, 2));
  }
  expect(shards.size).toBeGreaterThan(1);
  // One of each room fails, and the next of its order waits behind it.
  await eventually(() => expect(shop.ids).toHaveLength(8 * 9), { withinMs: 10_000 });
  expect(shop.got).toHaveLength(8 * 9);
  shop.answer = () => 200;
  await eventually(() => expect(shop.ids).toHaveLength(8 * 10), { withinMs: 10_000 });
  expect(shop.got).toHaveLength(8 * 11);
  const { service } = node.core.webhooks;
  expect((await service.deliveries(endpointId, 100)).ok).toBe(true);
  expect(await service.remove(endpointId)).toMatchObject({ ok: true });
});
