import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { opId, useHarness } from '../testing/harness.ts';
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
afterEach(async () => {
  for (const receiver of receivers.splice(0)) await receiver.close();
});
async function receiver(): Promise<Receiver> {
  const one = await new Receiver().listen();
  receivers.push(one);
  return one;
}

describe('what happens in a room', () => {
  it('[WH1] [WH2] reaches the endpoint, signed, each fact once', async () => {
    const { shop, secret, facts, roomId, node } = await openStage(harness, await receiver());
    await facts([...orderFacts(3, 2), { kind: 'room-created', data: {} }, { kind: 'unheard-of', data: {} }]);
    await eventually(() => expect(shop.got).toHaveLength(6));
    for (const got of shop.got) verify(got, secret);
    expect(new Set(shop.ids).size).toBe(6);
    expect(shop.got[0]).toMatchObject({ type: 'order.held', orderId: 'o1-AAAAAAAAAAAA' });
    // The facts of no interest are passed too.
    await eventually(async () => expect(await node.core.webhooks.service.lowestNeededFact(roomId)).toBe(10));
  });

  it('[WH1] [WH9] of the real thing: a session, a sale, a grab', async () => {
    const node = await harness.node({ config: { ...CONFIG, redisKeyPrefix: 'real:' } });
    const roomId = await harness.room(node);
    const shop = await receiver();
    await endpointAt(node, shop.url);
    const host = await harness.join(node, roomId, { userId: 'host', role: 'host' });
    await host.must('room:start-session', { opId: opId(), title: 'Autumn' });
    await eventually(() => expect(shop.got.map(({ type }) => type)).toEqual(['session.started']), {
      withinMs: 2000,
    });
    const { sale } = await host.must('flash-sale:schedule', {
      ...{ opId: opId(), productId: 'p1', priceMinor: 100, stock: 1, opensInMs: 0, guard: 'none' },
    });
    const ana = await harness.join(node, roomId, { userId: 'ana' });
    await eventually(async () => {
      await ana.must('flash-sale:grab', { opId: opId(), saleId: sale.saleId, quantity: 1 });
    });
    await eventually(
      () =>
        expect(shop.got.map(({ type }) => type)).toEqual(
          expect.arrayContaining(['sale.scheduled', 'sale.opened', 'order.held', 'sale.sold_out']),
        ),
      { withinMs: 3000 },
    );
    const held = shop.got.find(({ type }) => type === 'order.held');
    expect(JSON.parse(held?.body as string)).toMatchObject({
      data: { roomId, userId: 'ana', actor: 'ana', amountMinor: 100, from: null, to: 'HELD' },
    });
  });

  it('[WH3] an endpoint gets what happens from its making on, of its rooms and types', async () => {
    const all = await openStage(harness, await receiver());
    const { node, roomId, time, facts } = all;
    await facts(orderFacts(2));
    await eventually(() => expect(all.shop.got).toHaveLength(2));
    const [paid, other] = [await receiver(), await receiver()];
    const otherRoom = await harness.room(node);
    await endpointAt(node, paid.url, { types: ['order.paid'] });
    await endpointAt(node, other.url, { rooms: [otherRoom] });
    await facts(orderFacts(2, 2));
    await eventually(() => expect(all.shop.got).toHaveLength(6));
    await eventually(() => expect(paid.got.map(({ type }) => type)).toEqual(['order.paid', 'order.paid']));
    // A room made later counts from its first fact, also if nobody has looked at it before.
    time.advance(1000);
    const young = await harness.room(node);
    await happen(node, young, orderFacts(1, 2), () => String(time.nowMs));
    await eventually(() => expect(paid.got).toHaveLength(3));
    await happen(node, otherRoom, orderFacts(1), () => String(time.nowMs));
    await eventually(() => expect(other.got).toHaveLength(1));
    expect(JSON.parse(other.got[0]?.body as string)).toMatchObject({ data: { roomId: otherRoom } });
    expect(roomId).not.toBe(otherRoom);
  });

  it('[WH3] a room that comes in later counts from then on; one that is left out no more', async () => {
    const { node, roomId, time, shop, endpoint, facts } = await openStage(harness, await receiver());
    const second = await harness.room(node);
    const { service } = node.core.webhooks;
    const { endpointId } = endpoint;
    expect(await service.change(endpointId, { rooms: [second] })).toMatchObject({ ok: true });
    await facts(orderFacts(2));
    await happen(node, second, orderFacts(1), () => String(time.nowMs));
    await eventually(() => expect(shop.got).toHaveLength(1));
    expect(await service.change(endpointId, { rooms: null })).toMatchObject({ ok: true });
    await facts(orderFacts(1, 2));
    await eventually(() => expect(shop.got).toHaveLength(3));
    expect(shop.got.slice(1).map(({ type }) => type)).toEqual(['order.held', 'order.paid']);
    expect(await service.change(endpointId, { rooms: ['nowhere'] })).toMatchObject({
      ...{ code: 'ROOM_NOT_FOUND', path: 'rooms.0' },
    });
    expect(roomId).not.toBe(second);
  });

  it('[WH4] keeps the order of an order while another one fails, and lets others pass', async () => {
    const { shop, facts, later } = await openStage(harness, await receiver());
    const bad = 'o2-AAAAAAAAAAAA';
    shop.answer = ({ orderId }) => (orderId === bad ? 500 : 200);
    await facts(orderFacts(4, 4));
    await eventually(() => expect(shop.got).toHaveLength(13));
    // Of the one that fails, only the first went out.
    expect(shop.got.filter(({ orderId }) => orderId === bad)).toHaveLength(1);
    shop.answer = () => 200;
    await later(6000);
    await eventually(() => expect(shop.got).toHaveLength(17));
    for (const no of [1, 2, 3, 4]) {
      const steps = shop.got.filter(({ orderId }) => orderId === `o${no}-AAAAAAAAAAAA`).map(({ n }) => n);
      const fresh = [...new Set(steps)];
      expect(fresh).toEqual(fresh.toSorted((a, b) => a - b));
      expect(fresh).toHaveLength(4);
    }
  });

  it('[WH16] at one endpoint that hangs holds up no other', async () => {
    const { node, shop, facts } = await openStage(harness, await receiver());
    const hanging = await receiver();
    hanging.answer = () => undefined;
    await endpointAt(node, hanging.url);
    await facts(orderFacts(40, 2));
    await eventually(() => expect(shop.got).toHaveLength(80));
    expect(hanging.got.length).toBeLessThanOrEqual(16);
  });

  it('[WH16] what takes long holds up the facts of its order, not the cursor', async () => {
    const { node, roomId, shop, facts } = await openStage(harness, await receiver());
    let release = (): void => undefined;
    shop.answer = ({ n }, response) => {
      if (n !== 2) return 200;
      release = () => void response.writeHead(200).end();
      return undefined;
    };
    await facts(orderFacts(300));
    await eventually(() => expect(shop.got).toHaveLength(300));
    const pending = node.core.keys.room(roomId).webhookPending(shop.got[0] ? await firstEndpoint(node) : '');
    await eventually(async () => expect(await harness.redis.client.hkeys(pending)).toEqual(['2']));
    release();
    await eventually(async () => expect(await harness.redis.client.hkeys(pending)).toEqual([]));
  });

  it('[WH8] that no node was told of is found by the sweep', async () => {
    const stage = await openStage(harness, await receiver());
    const { node, roomId, time, shop } = stage;
    await writeFacts({ ...node.core, scriptNow: () => String(time.nowMs) }, roomId, orderFacts(3));
    await node.core.due.sweep();
    await eventually(() => expect(shop.got).toHaveLength(3));
  });

  it('[WH8] while no node ran goes out when one starts', async () => {
    const { node, roomId, time, shop, another } = await openStage(harness, await receiver());
    await node.close();
    const { client } = harness.redis;
    const looker = { redis: client, keys: node.core.keys, scriptNow: () => String(time.nowMs) };
    await writeFacts(looker, roomId, orderFacts(3));
    await another();
    await eventually(() => expect(shop.got).toHaveLength(3));
  });
});

async function firstEndpoint(node: Awaited<ReturnType<typeof openStage>>['node']): Promise<string> {
  const [first] = await node.core.webhooks.service.list();
  return first?.endpointId as string;
}
