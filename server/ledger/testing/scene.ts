import type { OrderRecord } from '../../../shared/trade/order.ts';
import type { Harness, TestNode, TestTime } from '../../testing/harness.ts';
import { serveDue } from './history.ts';

export type Scene = { roomId: string; orders: Record<string, OrderRecord> };

/**
 * A short day in which everything happens once that a ledger can tell of: two sales, holds that are paid, given
 * up, run out and paid late, a line, refunds with and without units, and corrections of stock.
 */
export async function playScene(stage: { harness: Harness; node: TestNode; time: TestTime }): Promise<Scene> {
  const { harness, node, time } = stage;
  const { flashSale, order, room } = node.core.stores;
  const roomId = await harness.room(node);
  const orders: Record<string, OrderRecord> = {};
  let ops = 0;
  const op = (actor: string) => {
    ops += 1;
    return { actor, opId: `scene-op-${ops}`, fingerprint: '' };
  };
  const must = <T>(outcome: { ok: true; data: T } | { ok: false; code: string }): T => {
    if (!outcome.ok) throw new Error(outcome.code);
    return outcome.data;
  };
  const pass = async (seconds: number): Promise<void> => {
    for (let i = 0; i < seconds; i += 1) {
      time.advance(1000);
      await serveDue(stage, roomId);
    }
  };
  const grab = async (saleId: string, userId: string, quantity = 1): Promise<OrderRecord> => {
    const request = { userId, opId: op(userId).opId, fingerprint: '', quantity, proofLevel: 0 as const };
    const [outcome] = await flashSale.grab(roomId, saleId, [request]);
    if (!outcome) throw new Error('no answer');
    return must(outcome);
  };
  const pay = ({ orderId, amountMinor, currency }: OrderRecord) =>
    order
      .pay(roomId, op('@shop'), orderId, { amountMinor, currency, paymentRef: `pay-${orderId}` })
      .then(must);
  const sale = { productId: 'p1', compareAtMinor: null, compareAtBasis: null, guard: 'none' as const };
  const times = { opensInMs: 0, durationMs: 3_600_000, holdMs: 60_000 };

  must(await room.startSession(roomId, op('host'), { sessionId: 'session-1', title: 'Tonight' }));
  must(
    await flashSale.schedule(roomId, op('host'), 's1', {
      ...sale,
      ...times,
      priceMinor: 500,
      stock: 4,
      limitPerBuyer: 2,
    }),
  );
  must(
    await flashSale.schedule(roomId, op('host'), 's2', {
      ...sale,
      ...times,
      priceMinor: 70,
      stock: 5,
      limitPerBuyer: 3,
    }),
  );

  orders.ana = await grab('s1', 'ana', 2);
  orders.bo = await grab('s1', 'bo');
  orders.cy = await grab('s1', 'cy');
  await pass(1);
  await pay(orders.ana);
  must(await order.fulfil(roomId, op('@shop'), orders.ana.orderId, { trackingRef: 'parcel/7' }));
  // Sold out: a line of three, of whom one leaves.
  for (const user of ['dan', 'eve', 'fay']) must(await flashSale.wait(roomId, op(user), 's1'));
  must(await flashSale.stopWaiting(roomId, op('eve'), 's1'));
  must(await order.release(roomId, op('bo'), orders.bo.orderId));
  // dan was offered bo's unit and pays; bo pays too, too late, and fay is in line before him.
  [orders.dan] = (await order.mine(roomId, 'dan', 1)).orders as [OrderRecord];
  await pay(orders.dan);
  await pay(orders.bo);
  must(
    await order.refund(roomId, op('@shop'), orders.bo.orderId, { reason: 'too late', returnUnits: false }),
  );
  // cy's hold runs out; fay is offered the unit and lets it pass; then cy pays late and gets it.
  await pass(130);
  await pay(orders.cy);
  must(
    await order.refund(roomId, op('@shop'), orders.cy.orderId, {
      reason: 'torn',
      refundRef: 'back-1',
      returnUnits: true,
    }),
  );

  const lines = [
    { saleId: 's1', quantity: 1, proofLevel: 0 as const, place: 0 },
    { saleId: 's2', quantity: 3, proofLevel: 0 as const, place: 1 },
  ];
  orders.gus = must(await order.hold(roomId, op('gus'), lines));
  await pay(orders.gus);
  must(
    await order.cancel(roomId, op('@shop'), orders.gus.orderId, { reason: 'asked to', returnUnits: true }),
  );
  orders.hal = await grab('s2', 'hal', 2);
  must(
    await order.cancel(roomId, op('@shop'), orders.hal.orderId, { reason: 'no stock', returnUnits: false }),
  );
  must(await flashSale.restock(roomId, op('host'), 's2', 3));
  must(await flashSale.correct(roomId, op('@shop'), 's2', { units: -2, reason: 'two broke' }));
  must(await flashSale.steer(roomId, op('host'), 's2', 'pause'));
  must(await flashSale.steer(roomId, op('host'), 's2', 'resume'));
  must(await flashSale.steer(roomId, op('host'), 's2', 'extend', { byMs: 60_000 }));
  // At the end: two in line of s1, one hold of each sale still open.
  orders.ivy = await grab('s1', 'ivy');
  for (const user of ['jo', 'kim']) must(await flashSale.wait(roomId, op(user), 's1'));
  orders.lee = await grab('s2', 'lee');
  must(
    await flashSale.schedule(roomId, op('host'), 's3', {
      ...sale,
      ...times,
      priceMinor: 1,
      stock: 1,
      limitPerBuyer: 1,
    }),
  );
  orders.max = await grab('s3', 'max');
  must(await flashSale.wait(roomId, op('ned'), 's3'));
  must(await flashSale.steer(roomId, op('host'), 's3', 'close'));
  must(await room.endSession(roomId, op('host')));
  return { roomId, orders };
}
