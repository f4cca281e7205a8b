import { describe, expect, it } from 'vitest';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId } from '../../testing/harness.ts';
import { paymentOf } from '../../trade/testing/stage.ts';
import { grab, readFacts } from '../flash-sale/testing.ts';
import { held, REASON } from './testing.ts';

const harness = useCheckedHarness();

describe('after the payment', () => {
  it('[OR12] cancelling a hold releases it; cancelling a paid order keeps its units unless told to return them', async () => {
    const first = await held(harness);
    expect(await first.cancel()).toMatchObject({
      data: { state: 'RELEASED', reason: REASON, cancelledAtMs: null },
    });
    expect(await first.live(first.saleId)).toMatchObject({ available: 1, held: 0 });
    expect(await first.cancel()).toMatchObject({ code: 'WRONG_STATE' });
    for (const returnUnits of [true, false]) {
      const { time, pay, cancel, live, saleId, ana, order, told } = await held(harness);
      await pay();
      const cancelled = await cancel(returnUnits);
      expect(cancelled).toMatchObject({
        data: { state: 'CANCELLED', reason: REASON, cancelledAtMs: time.nowMs, unitsReturned: returnUnits },
      });
      expect(await live(saleId)).toMatchObject(
        returnUnits ? { available: 1, sold: 0 } : { available: 0, sold: 1 },
      );
      expect(await cancel()).toMatchObject({ code: 'WRONG_STATE' });
      await eventually(() => expect(told(ana).at(-1)).toEqual([order.orderId, 'CANCELLED']));
      // Units that stay sold stay with their buyer's limit.
      await eventually(async () =>
        expect(await grab(ana, saleId)).toMatchObject(
          returnUnits ? { ok: true } : { error: { code: 'LIMIT_REACHED' } },
        ),
      );
    }
  });

  it.each([
    ['paid', false, false, 1],
    ['paid', false, true, 0],
    ['cancelled', false, true, 0],
    ['cancelled with units', true, true, 0],
    ['cancelled with units', true, false, 0],
  ])(
    '[OR13] a refund of what was %s returns units at most once',
    async (from, cancelBack, refundBack, sold) => {
      const { time, pay, cancel, refund, live, saleId } = await held(harness);
      await pay();
      if (from !== 'paid') await cancel(cancelBack);
      expect(await refund(refundBack)).toMatchObject({
        data: { state: 'REFUNDED', refundedAtMs: time.nowMs, refundRef: 're_1', unitsReturned: sold === 0 },
      });
      expect(await live(saleId)).toMatchObject({ total: 1, available: 1 - sold, held: 0, sold });
      expect(await refund(true)).toMatchObject({ code: 'WRONG_STATE' });
      expect(await live(saleId)).toMatchObject({ available: 1 - sold, sold });
    },
  );

  it('[OR13] there is nothing to refund before a payment', async () => {
    const { refund, cancel } = await held(harness);
    expect(await refund(true)).toMatchObject({ code: 'WRONG_STATE' });
    await cancel();
    expect(await refund(true)).toMatchObject({ code: 'WRONG_STATE' });
  });

  it('[OR14] what is paid can be fulfilled, once', async () => {
    const { time, pay, fulfil, cancel, told, ana, order } = await held(harness);
    expect(await fulfil()).toMatchObject({ code: 'WRONG_STATE' });
    await pay();
    time.advance(1000);
    expect(await fulfil()).toMatchObject({
      data: { state: 'PAID', fulfilledAtMs: time.nowMs, trackingRef: 'DHL "1"' },
    });
    expect(await fulfil()).toMatchObject({ code: 'WRONG_STATE' });
    await eventually(() => expect(told(ana).filter(([id]) => id === order.orderId)).toHaveLength(3));
    expect(await cancel(true)).toMatchObject({ data: { state: 'CANCELLED', fulfilledAtMs: time.nowMs } });
  });

  it('[OR15] every step has one effect an opId, and keeps its first answer', async () => {
    const { time, merchant, pay, fulfil, cancel, refund, node, roomId } = await held(harness);
    const [paying, fulfilling, cancelling, refunding] = [merchant(), merchant(), merchant(), merchant()];
    const firsts = [];
    const steps = [
      (more: object = {}) => pay({ ...paying, ...more }),
      (more: object = {}) => fulfil({ ...fulfilling, ...more }),
      (more: object = {}) => cancel(false, { ...cancelling, ...more }),
      (more: object = {}) => refund(true, { ...refunding, ...more }),
    ];
    for (const step of steps) {
      time.advance(1000);
      firsts.push(await step());
      expect(await step()).toEqual(firsts.at(-1));
      expect(await step({ fingerprint: 'other' })).toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
    }
    time.advance(1000);
    for (const [i, step] of steps.entries()) expect(await step()).toEqual(firsts[i]);
    const kinds = (await readFacts(harness, node, roomId)).map(({ kind }) => kind);
    expect(kinds.slice(kinds.indexOf('order-paid'))).toEqual([
      ...['order-paid', 'order-fulfilled', 'order-cancelled', 'order-refunded'],
    ]);
    // The key of a payment that was known already is spent as well.
    const again = merchant();
    const other = await held(harness);
    const paid = await other.pay();
    expect(await other.pay(again)).toEqual(paid);
    expect(await other.pay({ ...again, fingerprint: 'other' })).toMatchObject({
      code: 'IDEMPOTENCY_MISMATCH',
    });
  });

  it('[OR16] text of the merchant arrives as it was written', async () => {
    const { roomId, orders, merchant, order, node } = await held(harness);
    const paymentRef = `"${REASON}"</script>{{`;
    await orders.pay(roomId, merchant(), order.orderId, { ...paymentOf(order), paymentRef });
    const how = { reason: REASON, refundRef: REASON, returnUnits: false };
    const refunded = await orders.refund(roomId, merchant(), order.orderId, how);
    const expected = { paymentRef, reason: REASON, refundRef: REASON };
    expect(refunded).toMatchObject({ data: expected });
    expect(await orders.read(roomId, order.orderId)).toEqual(refunded.ok && refunded.data);
    expect((await readFacts(harness, node, roomId)).slice(-2)).toMatchObject([
      { kind: 'order-paid', data: { paymentRef } },
      { kind: 'order-refunded', data: { reason: REASON, refundRef: REASON } },
    ]);
  });
});

describe('lists', () => {
  it('[OR17] have every order of the room: newest first by page, or all from the oldest', async () => {
    const { node, roomId, orders, saleId, merchant, order } = await held(harness, {
      stock: 300,
      limitPerBuyer: 300,
    });
    const { flashSale } = node.core.stores;
    const requests = Array.from({ length: 249 }, (_, i) => {
      return { userId: `u${i}`, opId: opId(), fingerprint: '', quantity: 1, proofLevel: 0 as const };
    });
    await flashSale.grab(roomId, saleId, requests);
    await orders.pay(roomId, merchant(), order.orderId, paymentOf(order));
    const numbers: number[] = [];
    for (let before: number | undefined; ; ) {
      const page = await orders.list(roomId, 100, { before });
      numbers.push(...page.orders.map(({ no }) => no));
      if (page.nextCursor === null) break;
      before = page.nextCursor;
    }
    expect(numbers).toEqual(Array.from({ length: 250 }, (_, i) => 250 - i));
    expect(await orders.list(roomId, 10, { state: 'PAID' })).toMatchObject({ orders: [{ no: 1 }] });
    expect(await orders.list(roomId, 10, { before: 1 })).toEqual({ orders: [], nextCursor: null });
    const all: number[] = [];
    for await (const page of orders.all(roomId, 51)) all.push(...page.map(({ no }) => no));
    expect(all).toEqual(Array.from({ length: 200 }, (_, i) => 51 + i));
    expect(await orders.read(roomId, `o1-${'x'.repeat(12)}`)).toBeUndefined();
  });
});
