import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { MAX_MINOR } from '../../../shared/kernel/units.ts';
import type { OrderRecord } from '../../../shared/trade/order.ts';
import { eventually } from '../../testing/eventually.ts';
import { TestTime, useHarness } from '../../testing/harness.ts';
import { type Answer, boundlessClock, type HttpNode, httpNode } from '../testing.ts';
import { openShop, type Shop } from './testing/shop.ts';

const harness = useHarness();
let node: HttpNode;
let other: HttpNode;
let shop: Shop;
beforeAll(async () => {
  const clock = boundlessClock();
  node = await httpNode(harness, { clock });
  other = await httpNode(harness, { clock });
  shop = await openShop(node, { stock: 1000, limitPerBuyer: 5 });
});

const key = () => ({ 'idempotency-key': randomUUID() });
const orderOf = (answer: Answer): OrderRecord => (answer.json as { order: OrderRecord }).order;
const payment = (order: OrderRecord, paymentRef = `pay-${order.orderId}`) => ({
  amountMinor: order.amountMinor,
  currency: order.currency,
  paymentRef,
});
const at = (order: { orderId: string }, what = '', place = shop) =>
  `${place.path}/orders/${order.orderId}${what}`;

async function facts(place: Shop, kind: string): Promise<number> {
  const entries = await harness.redis.client.xrange(node.core.keys.room(place.roomId).ledger, '-', '+');
  return entries.filter(([, fields]) => fields[fields.indexOf('kind') + 1] === kind).length;
}

describe('[HT17] payments', () => {
  it('[HT17] are taken, and the buyer hears of it', async () => {
    const place = await openShop(node);
    const order = await place.grab('mei');
    const mei = await harness.join(node, place.roomId, { userId: 'mei' });
    const answer = await node.api.call('POST', at(order, '/payment', place), payment(order), key());
    expect(answer.status).toBe(200);
    expect(orderOf(answer)).toMatchObject({ state: 'PAID', late: false, paymentRef: `pay-${order.orderId}` });
    expect(await place.sale()).toMatchObject({ available: 19, held: 0, sold: 1 });
    await eventually(() =>
      expect(mei.notices).toMatchObject([{ name: 'order:changed', data: { order: { state: 'PAID' } } }]),
    );
  });

  it('[HT17] told again, with the same key or a new one, get the same answer', async () => {
    const place = await openShop(node);
    const order = await place.grab();
    const once = key();
    const answers = [
      await node.api.call('POST', at(order, '/payment', place), payment(order), once),
      await other.api.call('POST', at(order, '/payment', place), payment(order), once),
      await other.api.call('POST', at(order, '/payment', place), payment(order), key()),
    ];
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await facts(place, 'order-paid')).toBe(1);
  });

  it('[HT17] a second one, with another paymentRef, is told from a repeat', async () => {
    const order = await shop.grab();
    await shop.pay(order);
    const second = await node.api.problem('POST', at(order, '/payment'), payment(order, 'pay-2'), key());
    expect(second).toMatchObject({ status: 409, code: 'PAID_ALREADY', path: 'paymentRef' });
    expect(second.detail).toContain(`pay-${order.orderId}`);
  });

  it('[HT17] 1,000 at once, over two nodes, have one effect', async () => {
    const place = await openShop(node);
    const order = await place.grab();
    const once = key();
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, i) =>
        (i % 2 ? node : other).api.call(
          'POST',
          at(order, '/payment', place),
          payment(order),
          // A retry, a second system that tells of the same payment, and a second payment.
          i % 3 === 0 ? once : key(),
        ),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map((answer) => JSON.stringify(orderOf(answer)))).size).toBe(1);
    expect(await facts(place, 'order-paid')).toBe(1);
    expect(await place.sale()).toMatchObject({ available: 19, held: 0, sold: 1 });
  });

  it('[HT17] of several payments at once, one is taken', async () => {
    const place = await openShop(node);
    const order = await place.grab();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        (i % 2 ? node : other).api.call(
          'POST',
          at(order, '/payment', place),
          payment(order, `pay-${i}`),
          key(),
        ),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(49);
    expect(await place.sale()).toMatchObject({ held: 0, sold: 1 });
  });

  it.each([
    ['less', { amountMinor: 5_899 }, 'amountMinor'],
    ['more', { amountMinor: 5_901 }, 'amountMinor'],
    ['nothing', { amountMinor: 0 }, 'amountMinor'],
    ['the most', { amountMinor: MAX_MINOR }, 'amountMinor'],
    ['another currency', { currency: 'USD' }, 'currency'],
  ])('[HT17] of %s are refused, and say what was expected', async (_what, fields, path) => {
    const order = await shop.grab();
    const refused = await node.api.problem(
      'POST',
      at(order, '/payment'),
      { ...payment(order), ...fields },
      key(),
    );
    expect(refused).toMatchObject({
      ...{ status: 422, code: 'AMOUNT_MISMATCH', path },
      expected: { amountMinor: 5_900, currency: 'CNY' },
    });
    expect(orderOf(await node.api.call('GET', at(order)))).toEqual(order);
  });
});

describe('[HT18] late payments', () => {
  async function lateShop(stock: number): Promise<{ place: Shop; order: OrderRecord; time: TestTime }> {
    const time = new TestTime();
    const place = await openShop(await httpNode(harness, { time }), { stock, holdMs: 30_000 });
    const order = await place.grab();
    time.advance(30_001);
    await eventually(async () => {
      const { json } = await place.node.api.call('GET', at(order, '', place));
      expect(json).toMatchObject({ order: { state: 'EXPIRED' } });
    });
    return { place, order, time };
  }

  it('[HT18] get units that are left', async () => {
    const { place, order } = await lateShop(1);
    const answer = await place.node.api.call('POST', at(order, '/payment', place), payment(order), key());
    expect([answer.status, orderOf(answer)]).toMatchObject([200, { state: 'PAID', late: true }]);
    expect(await place.sale()).toMatchObject({ available: 0, held: 0, sold: 1 });
  });

  it('[HT18] are to be refunded where none is left; the refund closes it', async () => {
    const { place, order } = await lateShop(1);
    await place.pay(await place.grab());
    const { api } = place.node;
    const late = await api.call('POST', at(order, '/payment', place), payment(order), key());
    expect([late.status, orderOf(late)]).toMatchObject([
      200,
      { state: 'REFUND_REQUIRED', late: true, reason: 'SOLD_OUT', paymentRef: `pay-${order.orderId}` },
    ]);
    expect(await place.sale()).toMatchObject({ available: 0, sold: 1 });
    const refunded = await place.change(order, 'refund', { reason: 'too late', returnUnits: true });
    expect(refunded).toMatchObject({ state: 'REFUNDED', unitsReturned: false });
    expect(await place.sale()).toMatchObject({ total: 1, available: 0, held: 0, sold: 1 });
    expect(await api.problem('POST', at(order, '/payment', place), payment(order), key())).toMatchObject({
      ...{ status: 409, code: 'ORDER_STATE', state: 'REFUNDED' },
    });
  });
});

it('[HT27] what becomes of orders is counted', async () => {
  const time = new TestTime();
  const counting = await httpNode(harness, { time, clock: boundlessClock() });
  const place = await openShop(counting, { stock: 2, holdMs: 30_000 });
  const counts = async (): Promise<Record<string, number>> => {
    const { values } = await counting.metrics.orders.get();
    return Object.fromEntries(
      values.map(({ labels, value }) => [`${labels.transition} ${labels.source}`, value]),
    );
  };
  const [first, second] = [await place.grab(), await place.grab()];
  await place.pay(first);
  await place.change(first, 'fulfilment', {});
  // Told twice: counted once.
  await place.pay(first);
  time.advance(30_001);
  await eventually(async () => expect(await counts()).toMatchObject({ 'expired grab': 1 }));
  await place.pay(second);
  await place.change(second, 'cancellation', { reason: 'x' });
  await place.change(second, 'refund', { reason: 'x' });
  expect(await counts()).toEqual({
    'held grab': 2,
    'paid grab': 1,
    'fulfilled grab': 1,
    'expired grab': 1,
    'paid-late grab': 1,
    'cancelled grab': 1,
    'refunded grab': 1,
  });
});
