import { afterEach, describe, expect, it } from 'vitest';
import { createMetrics } from '../http/metrics.ts';
import { eventually } from '../testing/eventually.ts';
import { useHarness } from '../testing/harness.ts';
import { CONFIG, endpointAt, happen, openStage, orderFacts, Receiver } from './testing/stage.ts';

const harness = useHarness();
const receivers: Receiver[] = [];
afterEach(async () => {
  for (const receiver of receivers.splice(0)) await receiver.close();
});
async function receiver(): Promise<Receiver> {
  const one = await new Receiver().listen();
  receivers.push(one);
  return one;
}

describe('what is needed', () => {
  it('[WH26] is what the slowest enabled endpoint of the room has not been sent, or not got', async () => {
    const { node, roomId, time, shop, endpoint, facts } = await openStage(harness, await receiver());
    const { service } = node.core.webhooks;
    const quiet = () => eventually(() => expect(node.core.webhooks.pump.running).toBe(0));
    await facts(orderFacts(5));
    await eventually(() => expect(shop.got).toHaveLength(5));
    await quiet();
    expect(await service.lowestNeededFact(roomId)).toBe(7);
    shop.answer = ({ n }) => (n === 8 ? 500 : 200);
    await facts(orderFacts(5));
    await eventually(() => expect(shop.got).toHaveLength(10));
    await quiet();
    expect(await service.lowestNeededFact(roomId)).toBe(8);
    await service.change(endpoint.endpointId, { enabled: false });
    expect(await service.lowestNeededFact(roomId)).toBe(12);
    // An endpoint of another room needs nothing of this one.
    await endpointAt(node, shop.url, { rooms: [await harness.room(node)] });
    expect(await service.lowestNeededFact(roomId)).toBe(12);
    await service.change(endpoint.endpointId, { enabled: true });
    expect(await service.lowestNeededFact(roomId)).toBe(8);
    // A room that nobody has looked at yet.
    time.advance(1000);
    expect(await service.lowestNeededFact(await harness.room(node))).toBe(1);
  });
});

describe('an endpoint that is removed', () => {
  it('[WH27] leaves no key behind', async () => {
    const { node, roomId, time, shop, endpoint, facts } = await openStage(harness, await receiver());
    shop.answer = ({ n }) => (n % 2 ? 500 : 200);
    await facts(orderFacts(20));
    await eventually(() => expect(new Set(shop.numbers).size).toBe(20));
    const { endpointId } = endpoint;
    const keysOf = () => harness.redis.keys(`${time.keyPrefix}*${endpointId}*`);
    await eventually(async () => expect((await keysOf()).length).toBeGreaterThanOrEqual(3));
    expect(await node.core.webhooks.service.remove(endpointId)).toMatchObject({ ok: true });
    await eventually(() => expect(node.core.webhooks.pump.running).toBe(0));
    await eventually(async () => expect(await keysOf()).toEqual([]));
    expect(await harness.redis.client.zrange(node.core.keys.room(roomId).due, 0, '-1')).toEqual([]);
    const before = shop.got.length;
    await facts(orderFacts(3));
    await eventually(() => expect(node.core.webhooks.pump.running).toBe(0));
    expect(shop.got).toHaveLength(before);
  });

  it('[WH27] half made, or half removed, by a node that died is removed by another', async () => {
    const { node, time, endpoint, another, shop } = await openStage(harness, await receiver());
    const { endpoints: key } = node.core.keys.webhooks;
    const { client } = harness.redis;
    const half = { ...endpoint, endpointId: 'we_half', phase: 'opening' };
    const gone = { ...endpoint, endpointId: 'we_gone', phase: 'removing' };
    await client.hset(key, 'we_half', JSON.stringify(half), 'we_gone', JSON.stringify(gone));
    expect(await node.core.webhooks.service.list()).toHaveLength(1);
    await node.core.webhooks.keeper.round();
    expect((await client.hkeys(key)).sort()).toEqual([endpoint.endpointId, 'we_half'].sort());
    time.advance(11 * 60_000);
    await another();
    await eventually(async () => expect(await client.hkeys(key)).toEqual([endpoint.endpointId]));
    expect(shop.got).toEqual([]);
  });
});

it('[WH28] what waits and what came of attempts is in the metrics', async () => {
  const metrics = createMetrics({ processMetrics: false });
  const config = { ...CONFIG, redisKeyPrefix: 'metrics:' };
  const node = await harness.node({ config, observer: metrics.observer });
  const roomId = await harness.room(node);
  const shop = await receiver();
  shop.answer = ({ n }) => (n === 3 ? 500 : 200);
  const { endpointId } = await endpointAt(node, shop.url);
  await happen(node, roomId, orderFacts(4));
  await eventually(() => expect(shop.got).toHaveLength(4));
  await eventually(() => expect(node.core.webhooks.pump.running).toBe(0));
  await node.core.webhooks.keeper.round();
  const text = await metrics.registry.metrics();
  expect(text).toContain('livestall_webhook_attempts_total{outcome="ok"} 3');
  expect(text).toContain('livestall_webhook_attempts_total{outcome="status"} 1');
  expect(text).toContain(`livestall_webhooks_pending{endpoint="${endpointId}"} 1`);
  expect(text).toContain(`livestall_webhook_lag_seconds{endpoint="${endpointId}"} 0`);
  await node.core.webhooks.service.remove(endpointId);
  await node.core.webhooks.keeper.round();
  expect(await metrics.registry.metrics()).not.toContain(endpointId);
});
