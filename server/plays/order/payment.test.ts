import { describe, expect, it } from 'vitest';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId } from '../../testing/harness.ts';
import { paymentOf, take } from '../../trade/testing/stage.ts';
import { readFacts, startSale } from '../flash-sale/testing.ts';
import { held } from './testing.ts';

const harness = useCheckedHarness();

describe('payment', () => {
  it('[OR10] sells the units; the same payment told again changes nothing', async () => {
    const { time, pay, live, saleId, ana, told, order, node, roomId } = await held(harness);
    time.advance(5000);
    const paid = await pay();
    expect(paid).toMatchObject({
      ok: true,
      data: { state: 'PAID', late: false, paidAtMs: time.nowMs, paymentRef: `pay-${order.orderId}` },
    });
    expect(await live(saleId)).toMatchObject({ available: 0, held: 0, sold: 1 });
    await eventually(() => expect(told(ana).at(-1)).toEqual([order.orderId, 'PAID']));
    time.advance(60_000);
    await node.core.due.poll();
    expect(await pay()).toEqual(paid);
    const facts = await readFacts(harness, node, roomId);
    expect(facts.filter(({ kind }) => kind === 'order-paid')).toHaveLength(1);
    expect(told(ana).filter(([, state]) => state === 'PAID')).toHaveLength(1);
  });

  it('[OR10] that does not fit is refused, and changes nothing', async () => {
    const { orders, roomId, merchant, order, pay, cancel, refund, record } = await held(harness);
    const { orderId } = order;
    const fits = paymentOf(order);
    const attempt = (more: object, id = orderId) => orders.pay(roomId, merchant(), id, { ...fits, ...more });
    expect(await attempt({ amountMinor: fits.amountMinor - 1 })).toMatchObject({ code: 'AMOUNT_MISMATCH' });
    expect(await attempt({ amountMinor: fits.amountMinor + 0.4 })).toMatchObject({ code: 'AMOUNT_MISMATCH' });
    expect(await attempt({ amountMinor: 1e21 })).toMatchObject({ code: 'AMOUNT_MISMATCH' });
    expect(await attempt({ amountMinor: Number.MAX_SAFE_INTEGER })).toMatchObject({
      code: 'AMOUNT_MISMATCH',
    });
    expect(await attempt({ currency: 'EUR' })).toMatchObject({ code: 'AMOUNT_MISMATCH' });
    expect(await attempt({}, 'o99-aaaaaaaaaaaa')).toMatchObject({ code: 'ORDER_NOT_FOUND' });
    expect(await attempt({}, `o1-${'0'.repeat(12)}`)).toMatchObject({ code: 'ORDER_NOT_FOUND' });
    expect(await record(orderId)).toMatchObject({ state: 'HELD', paymentRef: null });
    await pay();
    expect(await attempt({ paymentRef: 'another' })).toMatchObject({ code: 'PAID_ALREADY' });
    await cancel();
    expect(await pay()).toMatchObject({ code: 'WRONG_STATE' });
    await refund();
    expect(await pay()).toMatchObject({ code: 'WRONG_STATE' });
    expect(await record(orderId)).toMatchObject({ state: 'REFUNDED', paymentRef: fits.paymentRef });
  });

  it('[OR10] of an order of another room finds none', async () => {
    const { orders, merchant, order } = await held(harness);
    const other = await held(harness);
    expect(await orders.pay(other.roomId, merchant(), order.orderId, paymentOf(order))).toMatchObject({
      code: 'ORDER_NOT_FOUND',
    });
  });

  it('[OR11] after the hold has ended gets the units again, if they are there', async () => {
    for (const end of ['expired', 'released', 'cancelled'] as const) {
      const { time, ana, order, pay, cancel, live, saleId, told } = await held(harness);
      if (end === 'expired') time.advance(30_000);
      else if (end === 'released') await ana.must('order:release', { opId: opId(), orderId: order.orderId });
      else await cancel();
      await eventually(async () => expect(await live(saleId)).toMatchObject({ available: 1 }));
      const paid = await pay();
      expect(paid).toMatchObject({ ok: true, data: { state: 'PAID', late: true } });
      expect(await live(saleId)).toMatchObject({ available: 0, held: 0, sold: 1 });
      expect(await pay()).toEqual(paid);
      await eventually(() => expect(told(ana).at(-1)).toEqual([order.orderId, 'PAID']));
    }
  });

  it('[OR11] after the hold has ended needs a refund, where the units are gone, and never oversells', async () => {
    const { time, ana, join, order, pay, refund, live, saleId, told, node, roomId } = await held(harness);
    time.advance(30_000);
    await eventually(async () => expect(await live(saleId)).toMatchObject({ available: 1 }));
    await take(await join('bo'), saleId);
    const op = { actor: '@shop', opId: opId(), fingerprint: '' };
    const late = await pay(op);
    expect(late).toMatchObject({ data: { state: 'REFUND_REQUIRED', late: true, reason: 'SOLD_OUT' } });
    expect(await pay(op)).toEqual(late);
    expect(await pay()).toEqual(late);
    expect(await live(saleId)).toMatchObject({ available: 0, held: 1, sold: 0 });
    await eventually(() => expect(told(ana).at(-1)).toEqual([order.orderId, 'REFUND_REQUIRED']));
    // There were no units, so none return.
    expect(await refund(true)).toMatchObject({ data: { state: 'REFUNDED', unitsReturned: false } });
    expect(await live(saleId)).toMatchObject({ available: 0, held: 1, sold: 0, total: 1 });
    const facts = await readFacts(harness, node, roomId);
    expect(facts.at(-1)).toMatchObject({ kind: 'order-refunded', data: { from: 'REFUND_REQUIRED' } });
  });

  it('[OR11] late does not get past the limit of a buyer, nor past those in line', async () => {
    const { time, ana, join, order, pay, live, saleId, orders, roomId, merchant, host } = await held(
      harness,
      {
        stock: 2,
      },
    );
    time.advance(30_000);
    await eventually(async () => expect(await live(saleId)).toMatchObject({ available: 2 }));
    await take(ana, saleId);
    expect(await pay()).toMatchObject({ data: { state: 'REFUND_REQUIRED', reason: 'LIMIT_REACHED' } });

    const bo = await join('bo');
    const late = await take(bo, saleId);
    await (await join('cy')).must('flash-sale:wait', { opId: opId(), saleId });
    await host.must('flash-sale:pause', { opId: opId(), saleId });
    await bo.must('order:release', { opId: opId(), orderId: late.orderId });
    expect(await live(saleId)).toMatchObject({ available: 1, waiting: 1 });
    expect(await orders.pay(roomId, merchant(), late.orderId, paymentOf(late))).toMatchObject({
      data: { state: 'REFUND_REQUIRED', reason: 'SOLD_OUT' },
    });
    expect(order.orderId).not.toBe(late.orderId);
  });

  it('[OR11] late gets all lines of a cart, or none', async () => {
    const { time, join, live, saleId, orders, roomId, merchant, host } = await held(harness, {
      stock: 5,
      limitPerBuyer: 5,
    });
    const second = await startSale(host, { stock: 1, holdMs: 30_000, durationMs: 3_600_000 });
    const bo = await join('bo');
    const lines = [
      { saleId, quantity: 2 },
      { saleId: second.saleId, quantity: 1 },
    ];
    const { order: cart } = await bo.must('order:hold', { opId: opId(), lines });
    time.advance(600_000);
    await eventually(async () => expect(await live(second.saleId)).toMatchObject({ available: 1 }));
    await take(await join('cy'), second.saleId);
    expect(await live(saleId)).toMatchObject({ phase: 'ended', available: 5 });
    expect(await orders.pay(roomId, merchant(), cart.orderId, paymentOf(cart))).toMatchObject({
      data: { state: 'REFUND_REQUIRED', reason: 'SOLD_OUT' },
    });
    expect(await live(saleId)).toMatchObject({ available: 5, sold: 0 });
  });
});
