import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { MAX_MINOR } from '../../../shared/kernel/units.ts';
import type { OrderRecord } from '../../../shared/trade/order.ts';
import { useHarness } from '../../testing/harness.ts';
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

describe('[HT19] after the hold', () => {
  it('[HT19] calling off a hold releases it, with its units', async () => {
    const place = await openShop(node);
    const released = await place.change(await place.grab(), 'cancellation', { reason: 'a test order' });
    expect(released).toMatchObject({ state: 'RELEASED', reason: 'a test order', cancelledAtMs: null });
    expect(await place.sale()).toMatchObject({ available: 20, held: 0 });
  });

  it.each([
    ['cancellation', false, 'CANCELLED'],
    ['cancellation', true, 'CANCELLED'],
    ['refund', false, 'REFUNDED'],
    ['refund', true, 'REFUNDED'],
  ])('[HT19] %s with returnUnits %s', async (what, returnUnits, state) => {
    const place = await openShop(node);
    const order = await place.pay(await place.grab());
    const changed = await place.change(order, what, { reason: 'changed their mind', returnUnits });
    expect(changed).toMatchObject({ state, unitsReturned: returnUnits });
    expect(await place.sale()).toMatchObject(
      returnUnits ? { available: 20, sold: 0 } : { available: 19, sold: 1 },
    );
  });

  it('[HT19] units return once, however often it is told', async () => {
    const place = await openShop(node);
    const order = await place.pay(await place.grab());
    await place.change(order, 'cancellation', { reason: 'x', returnUnits: true });
    const refunded = await place.change(order, 'refund', {
      reason: 'x',
      refundRef: 're_1',
      returnUnits: true,
    });
    expect(refunded).toMatchObject({ state: 'REFUNDED', refundRef: 're_1', unitsReturned: true });
    expect(await place.sale()).toMatchObject({ total: 20, available: 20, sold: 0 });
  });

  it('[HT19] what was paid is fulfilled once', async () => {
    const order = await shop.pay(await shop.grab());
    expect(await shop.change(order, 'fulfilment', { trackingRef: 'SF14' })).toMatchObject({
      ...{ state: 'PAID', trackingRef: 'SF14', fulfilledAtMs: expect.any(Number) },
    });
    const again = await node.api.problem('POST', at(order, '/fulfilment'), {}, key());
    expect(again).toMatchObject({
      code: 'ORDER_STATE',
      state: 'PAID',
      detail: 'The order is PAID and fulfilled.',
    });
  });

  it.each([
    ['fulfilment', {}, 'HELD', []],
    ['refund', { reason: 'x' }, 'HELD', []],
    ['fulfilment', {}, 'RELEASED', ['cancellation']],
    ['refund', { reason: 'x' }, 'RELEASED', ['cancellation']],
    ['cancellation', { reason: 'x' }, 'RELEASED', ['cancellation']],
    ['payment', undefined, 'CANCELLED', ['payment', 'cancellation']],
    ['fulfilment', {}, 'CANCELLED', ['payment', 'cancellation']],
    ['cancellation', { reason: 'x' }, 'CANCELLED', ['payment', 'cancellation']],
    ['payment', undefined, 'REFUNDED', ['payment', 'refund']],
    ['refund', { reason: 'x' }, 'REFUNDED', ['payment', 'refund']],
  ])('[HT19] %s (%j) of an order that is %s is 409', async (what, body, state, before) => {
    const order = await shop.grab();
    for (const step of before) {
      await shop.change(order, step, step === 'payment' ? payment(order) : { reason: 'before' });
    }
    const refused = await node.api.problem('POST', at(order, `/${what}`), body ?? payment(order), key());
    expect(refused).toMatchObject({
      status: 409,
      code: 'ORDER_STATE',
      state,
      detail: `The order is ${state}.`,
    });
  });
});

describe('[HT20] keys of requests', () => {
  it.each(['payment', 'cancellation', 'refund', 'fulfilment'])('[HT20] %s needs one', async (what) => {
    const order = await shop.grab();
    const missing = await node.api.problem('POST', at(order, `/${what}`), payment(order));
    expect(missing).toMatchObject({ status: 400, code: 'IDEMPOTENCY_KEY_MISSING', path: 'Idempotency-Key' });
    for (const bad of ['short', 'with space', 'x'.repeat(65), '"quoted-key"']) {
      const headers = { 'idempotency-key': bad };
      expect(await node.api.problem('POST', at(order, `/${what}`), payment(order), headers)).toMatchObject({
        ...{ status: 400, code: 'INVALID_PAYLOAD', path: 'idempotency-key' },
      });
    }
    expect(orderOf(await node.api.call('GET', at(order)))).toEqual(order);
  });

  it('[HT20] one is for one operation on one order with one body', async () => {
    const [order, another] = [await shop.grab(), await shop.grab()];
    const once = key();
    expect((await node.api.call('POST', at(order, '/payment'), payment(order), once)).status).toBe(200);
    const uses: [string, object][] = [
      [at(order, '/payment'), payment(order, 'pay-other')],
      [at(order, '/payment'), { ...payment(order), amountMinor: 1 }],
      [at(another, '/payment'), payment(another, payment(order).paymentRef)],
      [at(order, '/cancellation'), { reason: 'x' }],
      [at(order, '/fulfilment'), {}],
    ];
    for (const [path, body] of uses) {
      expect(await other.api.problem('POST', path, body, once)).toMatchObject({
        ...{ status: 422, code: 'IDEMPOTENCY_MISMATCH', path: 'Idempotency-Key' },
      });
    }
    expect(orderOf(await node.api.call('GET', at(another)))).toEqual(another);
  });
});

describe('[HT21] orders that are not there, and bad input', () => {
  it('[HT21] an order of another room, of no room, or made up is 404', async () => {
    const elsewhere = await (await openShop(node)).grab();
    const { orderId } = await shop.grab();
    const guessed = `${orderId.slice(0, -1)}${orderId.endsWith('a') ? 'b' : 'a'}`;
    for (const [path, code] of [
      [at(elsewhere, '/payment'), 'ORDER_NOT_FOUND'],
      [at({ orderId: guessed }, '/payment'), 'ORDER_NOT_FOUND'],
      [at({ orderId: 'o9999999999-abcdefghijkl' }, '/payment'), 'ORDER_NOT_FOUND'],
      [`/api/v1/rooms/nowhere/orders/${orderId}/payment`, 'ROOM_NOT_FOUND'],
    ] as const) {
      expect(await node.api.problem('POST', path, payment(elsewhere), key())).toMatchObject({
        status: 404,
        code,
      });
      const read = path.replace('/payment', '');
      expect(await node.api.problem('GET', read)).toMatchObject({ status: 404, code });
    }
  });

  it.each([
    'o0-abcdefghijkl',
    'o1-short',
    '1042',
    'o1-abcdefghijklm',
    'o99999999999-abcdefghijkl',
    '..%2f..',
  ])('[HT21] the order id %s is refused', async (orderId) => {
    expect(await node.api.problem('GET', at({ orderId }))).toMatchObject({
      ...{ code: 'INVALID_PAYLOAD', path: 'orderId' },
    });
  });

  it.each([
    [{ amountMinor: MAX_MINOR + 1 }, 'amountMinor'],
    [{ amountMinor: Number.MAX_SAFE_INTEGER + 1 }, 'amountMinor'],
    [{ amountMinor: 1e308 }, 'amountMinor'],
    [{ amountMinor: -5_900 }, 'amountMinor'],
    [{ amountMinor: 59.5 }, 'amountMinor'],
    [{ amountMinor: '5900' }, 'amountMinor'],
    [{ amountMinor: null }, 'amountMinor'],
    [{ currency: 'cny' }, 'currency'],
    [{ currency: 'YUAN' }, 'currency'],
    [{ paymentRef: '' }, 'paymentRef'],
    [{ paymentRef: 'with space' }, 'paymentRef'],
    [{ paymentRef: 'ze\u0000ro' }, 'paymentRef'],
    [{ paymentRef: '支付' }, 'paymentRef'],
    [{ paymentRef: 'x'.repeat(201) }, 'paymentRef'],
    [{ paidAtMs: 1 }, 'paidAtMs'],
  ])('[HT21] a payment with %j is refused', async (fields, path) => {
    const order = await shop.grab();
    const body = { ...payment(order), ...fields };
    expect(await node.api.problem('POST', at(order, '/payment'), body, key())).toMatchObject({
      ...{ status: 400, code: 'INVALID_PAYLOAD', path },
    });
    expect(orderOf(await node.api.call('GET', at(order)))).toEqual(order);
  });

  it.each([
    ['cancellation', {}, 'reason'],
    ['cancellation', { reason: '' }, 'reason'],
    ['cancellation', { reason: '\u200b' }, 'reason'],
    ['cancellation', { reason: 'x'.repeat(501) }, 'reason'],
    ['cancellation', { reason: 'x', returnUnits: 'yes' }, 'returnUnits'],
    ['refund', { reason: 'x', refundRef: 'a b' }, 'refundRef'],
    ['refund', { reason: 'x', amountMinor: 1 }, 'amountMinor'],
    ['fulfilment', { trackingRef: 'x'.repeat(201) }, 'trackingRef'],
  ])('[HT21] a %s with %j is refused', async (what, body, path) => {
    const order = await shop.grab();
    expect(await node.api.problem('POST', at(order, `/${what}`), body, key())).toMatchObject({
      ...{ code: 'INVALID_PAYLOAD', path },
    });
  });

  it('[HT21] so is a body that is too large', async () => {
    const order = await shop.grab();
    const body = { ...payment(order), paymentRef: 'x'.repeat(70_000) };
    expect(await node.api.problem('POST', at(order, '/payment'), body, key())).toMatchObject({
      ...{ status: 413, code: 'PAYLOAD_TOO_LARGE' },
    });
  });

  it('[HT21] words of any script are kept as they are, and odd ones cleaned', async () => {
    const order = await shop.grab();
    const reason = '顾客改变主意 "\\" </script> \u202eevil';
    expect(await shop.change(order, 'cancellation', { reason })).toMatchObject({
      reason: '顾客改变主意 "\\" </script> evil',
    });
  });
});

describe('[HT22] lists', () => {
  it('[HT22] are newest first, each order once, by state where asked', async () => {
    const place = await openShop(node);
    const made = [];
    for (let i = 0; i < 7; i += 1) made.unshift(await place.grab());
    for (const order of made.slice(0, 3)) await place.pay(order);
    const all = async (query: string): Promise<OrderRecord[]> => {
      const found: OrderRecord[] = [];
      for (let cursor = ''; ; ) {
        const path = `${place.path}/orders?limit=2${query}${cursor}`;
        const page = (await node.api.call('GET', path)).json as {
          orders: OrderRecord[];
          nextCursor: string | null;
        };
        expect(page.orders.length).toBeLessThanOrEqual(2);
        found.push(...page.orders);
        if (page.nextCursor === null) return found;
        cursor = `&cursor=${page.nextCursor}`;
      }
    };
    expect((await all('')).map(({ no }) => no)).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect((await all('&state=PAID')).map(({ no }) => no)).toEqual([7, 6, 5]);
    expect(await all('&state=REFUNDED')).toEqual([]);
    expect(await node.api.problem('GET', '/api/v1/rooms/nowhere/orders')).toMatchObject({
      ...{ status: 404, code: 'ROOM_NOT_FOUND' },
    });
  });

  it.each([
    'limit=0',
    'limit=101',
    'cursor=0',
    'cursor=-1',
    'cursor=x',
    'cursor=99999999999',
    'state=PAYED',
    'q=1',
  ])('[HT21] a list with ?%s is refused', async (query) => {
    expect(await node.api.problem('GET', `${shop.path}/orders?${query}`)).toMatchObject({
      ...{ code: 'INVALID_PAYLOAD', path: query.split('=')[0] },
    });
  });
});
