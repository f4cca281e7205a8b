import { describe, expect, it } from 'vitest';
import { ORDER_LIMITS } from '../../../shared/plays/order/contract.ts';
import { orderNo } from '../../../shared/trade/order.ts';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId } from '../../testing/harness.ts';
import type { TestClient } from '../../testing/test-client.ts';
import { paymentOf, refused, take } from '../../trade/testing/stage.ts';
import { readFacts } from '../flash-sale/testing.ts';
import { twoSales } from './testing.ts';

const harness = useCheckedHarness();

describe('giving up', () => {
  it('[OR5] returns the units; only the buyer can, and only what is held', async () => {
    const { join, live, a, told, record } = await twoSales(harness);
    const [ana, bo] = [await join('ana'), await join('bo')];
    const order = await take(ana, a, 2);
    const release = (client: TestClient, id = opId()) =>
      client.call('order:release', { opId: id, orderId: order.orderId });
    expect(await release(bo)).toMatchObject(refused('ORDER_NOT_FOUND', { path: 'orderId' }));
    const wrongEnd = `${order.orderId.slice(0, -1)}${order.orderId.endsWith('0') ? '1' : '0'}`;
    expect(await ana.call('order:release', { opId: opId(), orderId: wrongEnd })).toMatchObject(
      refused('ORDER_NOT_FOUND'),
    );
    const id = opId();
    const released = await release(ana, id);
    expect(released).toMatchObject({ ok: true, data: { order: { state: 'RELEASED' } } });
    expect(await release(ana, id)).toEqual(released);
    expect(await release(ana)).toMatchObject(refused('WRONG_STATE'));
    expect(await live(a)).toMatchObject({ available: 3, held: 0 });
    expect(await record(order.orderId)).toMatchObject({ state: 'RELEASED', reason: null });
    await eventually(() => expect(told(ana).map(([, state]) => state)).toEqual(['HELD', 'RELEASED']));
    expect(told(bo)).toEqual([]);
  });

  it('[OR6] late counts as an unpaid hold: in the second half of its time', async () => {
    const { time, node, roomId, host, a } = await twoSales(harness, { stock: 9, limitPerBuyer: 9 });
    await host.must('flash-sale:extend', { opId: opId(), saleId: a, byMs: 3_600_000 });
    const { order: orders, flashSale } = node.core.stores;
    const op = (actor: string) => ({ actor, opId: opId(), fingerprint: '' });
    const grabbing = async (userId: string) => {
      const request = { userId, opId: opId(), fingerprint: '', quantity: 1, proofLevel: 0 as const };
      const [outcome] = await flashSale.grab(roomId, a, [request]);
      return outcome;
    };
    const holdAndRelease = async (userId: string, afterMs: number): Promise<void> => {
      const outcome = await grabbing(userId);
      if (!outcome?.ok) throw new Error(outcome?.code);
      time.advance(afterMs);
      expect(await orders.release(roomId, op(userId), outcome.data.orderId)).toMatchObject({ ok: true });
    };
    for (const _ of [1, 2, 3, 4]) await holdAndRelease('early', 14_999);
    expect(await grabbing('early')).toMatchObject({ ok: true });
    for (const _ of [1, 2, 3]) await holdAndRelease('late', 15_000);
    const pausing = { code: 'TOO_MANY_HOLDS', retryAfterMs: 600_000 };
    expect(await grabbing('late')).toMatchObject(pausing);
    const line = { saleId: a, quantity: 1, proofLevel: 0 as const, place: 0 };
    expect(await orders.hold(roomId, op('late'), [line])).toMatchObject(pausing);
    time.advance(600_000);
    expect(await orders.hold(roomId, op('late'), [line])).toMatchObject({ ok: true });
  });
});

describe('what a buyer sees', () => {
  it('[OR7] is their own orders only, newest first, page by page', async () => {
    const { node, roomId, join, a } = await twoSales(harness, { stock: 60, limitPerBuyer: 60 });
    const { flashSale } = node.core.stores;
    const requests = Array.from({ length: 50 }, (_, i) => {
      return {
        userId: i % 2 === 0 ? 'ana' : 'bo',
        opId: opId(),
        fingerprint: '',
        quantity: 1,
        proofLevel: 0 as const,
      };
    });
    await flashSale.grab(roomId, a, requests);
    const ana = await join('ana');
    const first = await ana.must('order:mine', { limit: 10 });
    const second = await ana.must('order:mine', { limit: 10, cursor: first.nextCursor ?? 0 });
    const third = await ana.must('order:mine', { limit: 10, cursor: second.nextCursor ?? 0 });
    expect(third.nextCursor).toBeNull();
    const numbers = [first, second, third].flatMap(({ orders }) =>
      orders.map(({ orderId }) => orderNo(orderId)),
    );
    expect(numbers).toEqual(Array.from({ length: 25 }, (_, i) => 49 - 2 * i));
    // The state that one joins with has the latest 20.
    const joined = await ana.must('room:join', { roomId });
    const { orders } = joined.you.plays.order as { orders: unknown[] };
    expect(orders).toHaveLength(ORDER_LIMITS.ordersKept.value);
    expect(orders.slice(0, 10)).toEqual(first.orders);
    const nobody = await join('nobody');
    expect(await nobody.must('order:mine', {})).toEqual({ orders: [], nextCursor: null });
    const guest = await harness.join(node, roomId, 'guest');
    expect(await guest.call('order:mine', {})).toMatchObject(refused('UNAUTHENTICATED'));
  });

  it('[OR8] has none of what is between the merchant and the payment', async () => {
    const { node, roomId, join, a, merchant } = await twoSales(harness);
    const ana = await join('ana');
    const order = await take(ana, a);
    const { order: orders } = node.core.stores;
    await orders.pay(roomId, merchant(), order.orderId, paymentOf(order));
    await orders.cancel(roomId, merchant(), order.orderId, { reason: 'suspicious', returnUnits: true });
    const { orders: mine } = await ana.must('order:mine', {});
    expect(mine).toMatchObject([{ state: 'CANCELLED' }]);
    expect(JSON.stringify([mine, ana.notices])).not.toMatch(/suspicious|pay-o1|"no":|userId/);
  });
});

it('[OR9] every change is in the ledger with who did it, and under which opId', async () => {
  const { node, roomId, join, a, merchant } = await twoSales(harness);
  const ana = await join('ana');
  const order = await take(ana, a);
  const step = merchant();
  await node.core.stores.order.pay(roomId, step, order.orderId, paymentOf(order));
  const entries = await harness.redis.client.xrange(node.core.keys.room(roomId).ledger, '-', '+');
  const facts = await readFacts(harness, node, roomId);
  expect(facts.at(-1)).toMatchObject({
    ...{
      kind: 'order-paid',
      data: { orderId: order.orderId, no: 1, from: 'HELD', to: 'PAID', userId: 'ana' },
    },
  });
  const last = Object.fromEntries(chunks(entries.at(-1)?.[1] ?? []));
  expect(last).toMatchObject({ kind: 'order-paid', actor: '@shop', op: step.opId });
  expect(entries.map(([id]) => id)).toEqual(entries.map((_, i) => `${i + 1}-0`));
});

function chunks(flat: readonly string[]): [string, string][] {
  return flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? ''] as [string, string]] : []));
}
