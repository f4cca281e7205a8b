import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { defaultConfig } from '../../server/config/schema.ts';
import { createLog } from '../../server/kernel/log.ts';
import { startSale } from '../../server/plays/flash-sale/testing.ts';
import { type RunningNode, startNode } from '../../server/startup/node.ts';
import { eventually } from '../../server/testing/eventually.ts';
import { Harness } from '../../server/testing/harness.ts';
import type { TestClient } from '../../server/testing/test-client.ts';
import type { AnyNotice } from '../../shared/protocol.ts';
import { connect, type LivestallClient } from './client.ts';
import type { OpenLink } from './link.ts';
import type { KeptReceipt } from './receipts.ts';
import { socketLinks } from './socket-link.ts';
import type { JoinedRoom, You } from './types.ts';

/** The SDK against two whole nodes on a real Redis: guarded sales, carts, receipts and the published keys. */

const harness = new Harness();
let nodes: RunningNode[];
let roomId: string;
let host: TestClient;
const clients: LivestallClient[] = [];

beforeAll(async () => {
  await harness.start();
  const seller = await harness.node();
  const log = createLog({ level: 'silent', format: 'json' });
  const redis = { redisUrl: harness.redis.url, redisMode: harness.redis.topology };
  nodes = [
    await startNode({ config: defaultConfig(), ...redis, log }),
    await startNode({ config: defaultConfig(), ...redis, log }),
  ];
  roomId = await harness.room(seller, [{}, {}]);
  host = await harness.join(seller, roomId, { userId: 'host', role: 'host' });
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});
afterAll(async () => {
  for (const node of nodes ?? []) await node.close();
  await harness.close();
});

type Buyer = {
  client: LivestallClient;
  /** Commands as they went out. */
  sent: { name: string; input: Record<string, unknown> }[];
  /** Names of commands that were answered. */
  answered: string[];
  notices: AnyNotice[];
  receipts: KeptReceipt[];
  yours: You[];
  /** Comes back through this node. */
  moveTo(node: RunningNode): void;
};

/** Someone's device, joined. `spoil` may change what goes out. */
async function device(
  node: RunningNode,
  userId: string,
  spoil: (name: string, input: Record<string, unknown>) => object = (_name, input) => input,
): Promise<Buyer> {
  const request = { userId, name: userId, room: roomId, role: 'viewer' as const, ttlMs: 3_600_000 };
  const { token } = await node.core.tokens.mint(request);
  let url = node.url;
  const openLink: OpenLink = (auth, handlers) => {
    const link = socketLinks(url)(auth, handlers);
    return {
      ...link,
      send(name, input, reply) {
        const given = input as Record<string, unknown>;
        buyer.sent.push({ name, input: given });
        link.send(name, spoil(name, given), (ack) => {
          buyer.answered.push(name);
          reply(ack);
        });
      },
    };
  };
  const client = connect({ url, roomId, getToken: async () => token, openLink });
  clients.push(client);
  const buyer: Buyer = {
    ...{ client, sent: [], answered: [], notices: [], receipts: [], yours: [] },
    moveTo(other) {
      url = other.url;
      client.reconnect();
    },
  };
  client.on('notice', (notice) => buyer.notices.push(notice));
  client.on('receipt', (kept) => buyer.receipts.push(kept));
  client.on('you', (you) => buyer.yours.push(you));
  await new Promise<JoinedRoom>((resolve) => client.on('snapshot', resolve));
  return buyer;
}

const namesOf = ({ sent }: Buyer) => sent.map(({ name }) => name);
const lastCheck = ({ receipts }: Buyer) => receipts.at(-1)?.check;
const [one, two] = [0, 1].map((i) => () => nodes[i] as RunningNode) as [() => RunningNode, () => RunningNode];

it('[SD11] [SD12] [SD13] a tap on a guarded sale is one packet, and its receipt holds by the published keys', async () => {
  const ana = await device(one(), 'ana');
  const phone = await device(two(), 'ana');
  const { saleId } = await startSale(host, { guard: 'work', stock: 1 });
  await eventually(() => expect(namesOf(ana)).toContain('flash-sale:token'));
  const ack = await ana.client.grab({ saleId, quantity: 1 });
  expect(ack).toMatchObject({ ok: true, data: { order: { state: 'HELD' } } });
  if (!ack.ok) return;
  expect(namesOf(ana).filter((name) => name.startsWith('flash-sale:'))).toEqual([
    ...['flash-sale:token', 'flash-sale:grab'],
  ]);
  await eventually(() => expect(lastCheck(ana)).toEqual({ ok: true }), { withinMs: 5_000 });

  // The other device, on another node, is told, and finds it in its own state.
  const { order } = ack.data;
  await eventually(() => expect(phone.notices).toMatchObject([{ name: 'order:changed', data: { order } }]));
  phone.client.resync();
  await eventually(() => expect(phone.yours.at(-1)?.plays.order.orders).toEqual([order]));

  const ben = await device(two(), 'ben');
  const refused = await ben.client.grab({ saleId, quantity: 1 });
  expect(refused).toMatchObject({ ok: false, error: { code: 'SOLD_OUT' } });
  await eventually(() => expect(lastCheck(ben)).toEqual({ ok: true }), { withinMs: 5_000 });
  expect(ben.client.receipts()[0]?.receipt).toMatchObject({
    verdict: 'REFUSED',
    reason: 'SOLD_OUT',
    orderId: null,
  });
  const forged = { ...ben.client.receipts()[0]?.receipt, verdict: 'HELD' };
  expect(await ben.client.checkReceipt(forged)).toEqual({ ok: false, why: 'BAD_SIGNATURE' });
});

it('[SD11] a token of one node is good on another', async () => {
  const ana = await device(one(), 'cleo');
  const { saleId } = await startSale(host, { guard: 'token', stock: 3 });
  await eventually(() => expect(ana.answered).toContain('flash-sale:token'));
  ana.moveTo(two());
  expect(await ana.client.grab({ saleId, quantity: 1 })).toMatchObject({ ok: true });
  expect(namesOf(ana).filter((name) => name === 'flash-sale:token')).toHaveLength(1);
});

it('[SD11] a token or a proof that does not count is replaced, and the intention has one effect', async () => {
  let spoiled = 0;
  const dan = await device(one(), 'dan', (name, input) => {
    if (name !== 'flash-sale:grab' || spoiled > 0) return input;
    spoiled += 1;
    return { ...input, proof: 'nothing-of-the-kind' };
  });
  const { saleId } = await startSale(host, { guard: 'work', stock: 3, limitPerBuyer: 3 });
  expect(await dan.client.grab({ saleId, quantity: 1 })).toMatchObject({ ok: true });
  const grabs = dan.sent.filter(({ name }) => name === 'flash-sale:grab');
  expect(grabs).toHaveLength(2);
  expect(new Set(grabs.map(({ input }) => input.opId)).size).toBe(1);
  expect(new Set(grabs.map(({ input }) => input.token)).size).toBe(2);
  await eventually(() => expect(dan.client.receipts()).toMatchObject([{ receipt: { verdict: 'HELD' } }]));
});

it('[SD11] [SD13] a cart over guarded sales is held as one, and its receipt counts lines together', async () => {
  const eva = await device(two(), 'eva');
  const first = await startSale(host, { guard: 'work', stock: 5, limitPerBuyer: 5 });
  const second = await startSale(host, { guard: 'token', stock: 5, productId: 'p2' });
  await eventually(() => expect(namesOf(eva).filter((name) => name === 'flash-sale:token')).toHaveLength(2));
  const lines = [
    { saleId: first.saleId, quantity: 1 },
    { saleId: second.saleId, quantity: 1 },
    { saleId: first.saleId, quantity: 2 },
  ];
  const ack = await eva.client.holdCart({ lines });
  expect(ack).toMatchObject({ ok: true, data: { order: { source: 'cart' } } });
  await eventually(() => expect(lastCheck(eva)).toEqual({ ok: true }), { withinMs: 5_000 });
});

it('a tap before the opening is refused with a receipt that holds', async () => {
  const fay = await device(one(), 'fay');
  const { saleId } = await startSale(host, { guard: 'work', opensInMs: 600_000 });
  const ack = await fay.client.grab({ saleId, quantity: 1 });
  expect(ack).toMatchObject({ ok: false, error: { code: 'NOT_OPEN', retryAfterMs: expect.any(Number) } });
  await eventually(() => expect(lastCheck(fay)).toEqual({ ok: true }), { withinMs: 5_000 });
});
