import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { useHarness } from '../testing/harness.ts';
import { PENDING_MAX } from './lane-run.ts';
import { openStage, orderFacts, Receiver, verify, type WebhookStage } from './testing/stage.ts';

const harness = useHarness();
const receivers: Receiver[] = [];
afterEach(async () => {
  for (const receiver of receivers.splice(0)) await receiver.close();
});
async function stage(): Promise<WebhookStage> {
  const shop = await new Receiver().listen();
  receivers.push(shop);
  return openStage(harness, shop);
}
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Nobody is delivering, and everything that was sent has been stored. */
async function quiet({ node }: WebhookStage): Promise<void> {
  await eventually(() => expect(node.core.webhooks.pump.running).toBe(0));
}

async function pendingOf({ node, roomId, endpoint }: WebhookStage): Promise<number> {
  return harness.redis.client.hlen(node.core.keys.room(roomId).webhookPending(endpoint.endpointId));
}

describe('a message that fails', () => {
  it('[WH10] is tried again when its time has come, the same bytes under the same id', async () => {
    const at = await stage();
    const { shop, secret, facts, later, time } = at;
    shop.answer = () => 500;
    await facts(orderFacts(1));
    for (const [attempts, waitMs] of [
      [1, 5000],
      [2, 5 * MINUTE_MS],
      [3, 30 * MINUTE_MS],
      [4, 2 * HOUR_MS],
    ] as const) {
      await eventually(() => expect(shop.got).toHaveLength(attempts));
      await quiet(at);
      await later(waitMs * 0.89);
      await quiet(at);
      expect(shop.got).toHaveLength(attempts);
      await later(waitMs * 0.22);
    }
    await eventually(() => expect(shop.got).toHaveLength(5));
    await quiet(at);
    shop.answer = () => 200;
    // Nobody is told: the room's due queue knows when.
    time.advance(5 * HOUR_MS * 1.1);
    await eventually(() => expect(shop.got).toHaveLength(6));
    expect(new Set(shop.got.map(({ id, body }) => `${id} ${body}`)).size).toBe(1);
    for (const got of shop.got) verify(got, secret);
    await quiet(at);
    expect(await pendingOf(at)).toBe(0);
  });

  it('[WH10] waits as long as the receiver asks', async () => {
    const at = await stage();
    const { shop, facts, later } = at;
    shop.answer = (_got, response) => {
      response.writeHead(429, { 'retry-after': '600' }).end();
      return undefined;
    };
    await facts(orderFacts(1));
    await eventually(() => expect(shop.got).toHaveLength(1));
    await quiet(at);
    shop.answer = () => 200;
    await facts(orderFacts(2).slice(1));
    await later(9 * MINUTE_MS);
    await quiet(at);
    expect(shop.got).toHaveLength(1);
    await later(MINUTE_MS + 1000);
    await eventually(() => expect(shop.got).toHaveLength(3));
  });

  it('[WH11] is a dead letter after three days, and can be sent again', async () => {
    const at = await stage();
    const { node, roomId, shop, endpoint, facts, later } = at;
    const { service } = node.core.webhooks;
    shop.answer = ({ orderId }) => (orderId?.startsWith('o1-') ? 503 : 200);
    await facts(orderFacts(2));
    await eventually(() => expect(shop.got).toHaveLength(2));
    for (let hours = 0; hours < 73; hours += 1) {
      await later(HOUR_MS);
      await quiet(at);
    }
    await later(HOUR_MS);
    await eventually(async () =>
      expect((await service.deadLetters.list(endpoint.endpointId, 10)).letters).toHaveLength(1),
    );
    const { letters } = await service.deadLetters.list(endpoint.endpointId, 10);
    expect(letters[0]).toMatchObject({
      roomId,
      type: 'order.held',
      attempts: 10,
      outcome: 'status',
      status: 503,
    });
    const sentBefore = shop.got.length;
    const { messageId } = letters[0] ?? { messageId: '' };
    expect(await service.deadLetters.resend(endpoint.endpointId, 'msg_x_1_z')).toBe(false);
    shop.answer = () => 200;
    expect(await service.deadLetters.resend(endpoint.endpointId, messageId)).toBe(true);
    await eventually(() => expect(shop.got).toHaveLength(sentBefore + 1));
    expect(shop.got.at(-1)?.id).toBe(messageId);
    await quiet(at);
    expect((await service.deadLetters.list(endpoint.endpointId, 10)).letters).toEqual([]);
    expect(await pendingOf(at)).toBe(0);
  });
});

describe('an endpoint that is down', () => {
  it('[WH12] for a day is asked with its oldest message only, and gets everything when it is back', async () => {
    const at = await stage();
    const { shop, facts, later } = at;
    shop.answer = () => 500;
    await facts(orderFacts(50, 2));
    await eventually(() => expect(shop.got.length).toBeGreaterThanOrEqual(5));
    await quiet(at);
    const atOnce = shop.got.length;
    expect(atOnce).toBeLessThanOrEqual(16 + 5);
    const oldest = Math.min(...shop.numbers);
    // Every five minutes, for a day.
    for (let minutes = 0; minutes < 24 * 60; minutes += 60) {
      await later(HOUR_MS);
      await quiet(at);
    }
    const probes = shop.got.slice(atOnce);
    expect(probes.length).toBeGreaterThanOrEqual(20);
    expect(new Set(probes.map(({ n }) => n))).toEqual(new Set([oldest]));
    shop.answer = () => 200;
    await later(5.5 * MINUTE_MS);
    await eventually(() => expect(new Set(shop.numbers).size).toBe(100));
    await quiet(at);
    expect(await pendingOf(at)).toBe(0);
    const arrived = shop.got.slice(atOnce + probes.length);
    expect(arrived).toHaveLength(100);
    for (let no = 1; no <= 50; no += 1) {
      const of = arrived.filter(({ orderId }) => orderId === `o${no}-AAAAAAAAAAAA`).map(({ type }) => type);
      expect(of).toEqual(['order.held', 'order.paid']);
    }
  });

  it('[WH13] [WH11] for three days leaves dead letters, which go out when asked for', async () => {
    const at = await stage();
    const { node, shop, endpoint, facts, later, roomId } = at;
    const { service } = node.core.webhooks;
    const { endpointId } = endpoint;
    shop.answer = () => 500;
    await facts(orderFacts(700, 2));
    await eventually(() => expect(shop.got.length).toBeGreaterThanOrEqual(5));
    await quiet(at);
    await later(2 * DAY_MS);
    await quiet(at);
    await facts([{ kind: 'order-held', data: { orderId: 'o9999-AAAAAAAAAAAA' } }]);
    await later(DAY_MS + HOUR_MS);
    await quiet(at);
    await later(6 * MINUTE_MS);
    await quiet(at);
    const look = async () => (await service.deadLetters.list(endpointId, 2000)).letters;
    await eventually(async () => expect(await look()).toHaveLength(1400), { withinMs: 10_000 });
    const never = (await look()).filter(({ outcome }) => outcome === 'endpoint-down');
    expect(never.length).toBeGreaterThan(1300);
    expect(never.at(-1)).toMatchObject({ attempts: 0, firstAtMs: null, status: null, type: 'order.paid' });
    // What has not waited for three days is still to come.
    expect(await service.lowestNeededFact(roomId)).toBe(2);
    const before = shop.got.length;
    shop.answer = () => 200;
    expect(await service.deadLetters.resendAll(endpointId)).toBe(1400);
    // More of them than may be pending at once: they go a few at a time.
    await eventually(() => expect(new Set(shop.got.slice(before).map(({ n }) => n)).size).toBe(1401), {
      withinMs: 15_000,
    });
    await quiet(at);
    await eventually(async () => expect(await look()).toEqual([]));
    expect(await pendingOf(at)).toBe(0);
  });

  it('[WH11] dead letters are dropped after thirty days', async () => {
    const at = await stage();
    const { node, roomId, shop, endpoint, facts, later } = at;
    shop.answer = () => 500;
    await facts(orderFacts(1));
    await eventually(() => expect(shop.got).toHaveLength(1));
    for (let i = 0; i < 12; i += 1) {
      await quiet(at);
      await later(DAY_MS);
    }
    const { service } = node.core.webhooks;
    const { letters } = await service.deadLetters.list(endpoint.endpointId, 10);
    expect(letters).toHaveLength(1);
    expect(await service.lowestNeededFact(roomId)).toBe(2);
    await later(30 * DAY_MS);
    expect(await service.lowestNeededFact(roomId)).toBe(3);
    expect((await service.deadLetters.list(endpoint.endpointId, 10)).letters).toEqual([]);
  });

  it('[WH15] that answers 410 is switched off, and goes on where it stopped', async () => {
    const at = await stage();
    const { node, shop, endpoint, facts } = at;
    const { service } = node.core.webhooks;
    shop.answer = () => 410;
    await facts(orderFacts(30));
    await eventually(async () =>
      expect(await service.read(endpoint.endpointId)).toMatchObject({
        data: { enabled: false, disabledReason: 'GONE' },
      }),
    );
    await quiet(at);
    const before = shop.got.length;
    await facts(orderFacts(31).slice(30));
    await quiet(at);
    expect(shop.got).toHaveLength(before);
    shop.answer = () => 200;
    expect(await service.change(endpoint.endpointId, { enabled: true })).toMatchObject({
      data: { enabled: true, disabledReason: null },
    });
    await eventually(() => expect(new Set(shop.got.slice(before).map(({ n }) => n)).size).toBe(31));
  });
});

describe('a long backlog', () => {
  it('[WH14] [WH12] of an endpoint that is down leaves next to nothing but the ledger itself', async () => {
    const at = await stage();
    const { node, roomId, shop, endpoint, facts, later } = at;
    shop.answer = () => 500;
    await facts(orderFacts(20_000));
    await eventually(() => expect(shop.got.length).toBeGreaterThanOrEqual(5));
    await quiet(at);
    for (let i = 0; i < 5; i += 1) {
      await later(10 * MINUTE_MS);
      await quiet(at);
    }
    expect(await pendingOf(at)).toBeLessThan(50);
    const room = node.core.keys.room(roomId);
    const { endpointId } = endpoint;
    for (const key of [`${room.webhooks}:${endpointId}`, room.webhookPending(endpointId)])
      expect(await harness.redis.client.memory('USAGE', key)).toBeLessThan(10_000);
    expect(await harness.redis.client.exists(room.webhookDead(endpointId))).toBe(0);
  });

  it('[WH14] waits in the ledger: pending messages and the memory of the node stay few', async () => {
    const at = await stage();
    const { node, roomId, shop, endpoint, facts, later } = at;
    // Every second message fails, and what arrives in between is why the endpoint never counts as down.
    shop.answer = ({ n }) => (n % 2 === 0 ? 200 : 500);
    await facts(orderFacts(6000));
    await eventually(async () => expect(await pendingOf(at)).toBeGreaterThanOrEqual(PENDING_MAX), {
      withinMs: 15_000,
    });
    await quiet(at);
    expect(await pendingOf(at)).toBeLessThanOrEqual(PENDING_MAX + 512);
    const lane = `${node.core.keys.room(roomId).webhooks}:${endpoint.endpointId}`;
    expect(Number(await harness.redis.client.hget(lane, 'cursor'))).toBeLessThan(3000);
    const used =
      (await harness.redis.client.memory(
        'USAGE',
        node.core.keys.room(roomId).webhookPending(endpoint.endpointId),
      )) ?? 0;
    expect(used).toBeLessThan(400_000);
    shop.answer = () => 200;
    await later(MINUTE_MS);
    await eventually(() => expect(new Set(shop.numbers).size).toBe(6000), { withinMs: 20_000 });
    await quiet(at);
    expect(await pendingOf(at)).toBe(0);
  });
});
