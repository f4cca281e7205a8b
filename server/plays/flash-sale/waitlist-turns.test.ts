import { describe, expect, it } from 'vitest';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId } from '../../testing/harness.ts';
import { paymentOf, refused, take } from '../../trade/testing/stage.ts';
import { grab, leave, soldOut, startSale, wait } from './testing.ts';

const harness = useCheckedHarness();

describe('whose turn it is', () => {
  it('[FS28] passes over whoever must pause when their turn comes, and tells them', async () => {
    const { time, node, roomId, host, join, saleId, live, told, order, merchant } = await soldOut(harness, {
      durationMs: 3_600_000,
    });
    const [ana, bo] = [await join('ana'), await join('bo')];
    const { order: orders } = node.core.stores;
    await orders.pay(roomId, merchant(), order.orderId, paymentOf(order));
    await wait(ana, saleId);
    await wait(bo, saleId);
    const other = await startSale(host, { stock: 3, limitPerBuyer: 3, holdMs: 30_000 });
    for (let i = 0; i < 3; i += 1) await take(ana, other.saleId);
    time.advance(30_000);
    await eventually(async () => expect(await live(other.saleId)).toMatchObject({ available: 3 }));
    await orders.refund(roomId, merchant(), order.orderId, { reason: 'x', returnUnits: true });
    const data = { saleId, reason: 'TOO_MANY_HOLDS' };
    await eventually(() =>
      expect(ana.notices.at(-1)).toMatchObject({ name: 'flash-sale:waitlist-passed-over', data }),
    );
    await eventually(() => expect(told(bo)).toMatchObject([[expect.any(String), 'HELD']]));
    expect(await live(saleId)).toMatchObject({ waiting: 0, held: 1 });
    expect(await wait(ana, saleId)).toMatchObject(refused('TOO_MANY_HOLDS', { retryAfterMs: 600_000 }));
  });

  it('[FS28] passes over whoever has as many as allowed by then', async () => {
    const { node, roomId, host, join, saleId, live, told, order, merchant } = await soldOut(harness);
    const { order: orders, flashSale } = node.core.stores;
    const [owner, bo] = [await join('owner'), await join('bo')];
    await owner.must('order:release', { opId: opId(), orderId: order.orderId });
    await eventually(async () => expect(await grab(bo, saleId)).toMatchObject({ ok: true }));
    const cy = await join('cy');
    await wait(owner, saleId);
    await wait(cy, saleId);
    // While nothing is offered there are three units for two in line, and the owner pays for the first hold late.
    await host.must('flash-sale:pause', { opId: opId(), saleId });
    await flashSale.restock(roomId, { ...merchant(), actor: 'host' }, saleId, 3);
    const paid = await orders.pay(roomId, merchant(), order.orderId, paymentOf(order));
    expect(paid).toMatchObject({ ok: true, data: { state: 'PAID', late: true } });
    await host.must('flash-sale:resume', { opId: opId(), saleId });
    await eventually(() =>
      expect(owner.notices.at(-1)).toMatchObject({
        ...{ name: 'flash-sale:waitlist-passed-over', data: { saleId, reason: 'LIMIT_REACHED' } },
      }),
    );
    await eventually(() => expect(told(cy)).toMatchObject([[expect.any(String), 'HELD']]));
    expect(await live(saleId)).toMatchObject({ total: 4, available: 1, held: 2, sold: 1, waiting: 0 });
  });

  it('[FS29] is over when the host closes the sale, or it ends while paused: nothing is offered any more', async () => {
    for (const ending of ['closed', 'paused'] as const) {
      const { time, node, roomId, host, join, saleId, live, order, merchant, told } = await soldOut(harness);
      const ana = await join('ana');
      await wait(ana, saleId);
      await host.must(`flash-sale:${ending === 'closed' ? 'close' : 'pause'}`, { opId: opId(), saleId });
      if (ending === 'paused') {
        await node.core.due.close();
        time.advance(600_000);
        // No poller has run: the clock has ended the sale all the same.
        expect(await leave(ana, saleId)).toMatchObject(refused('NOT_WAITING'));
      }
      const { order: orders } = node.core.stores;
      await orders.cancel(roomId, merchant(), order.orderId, { reason: 'x', returnUnits: false });
      expect(await live(saleId)).toMatchObject({ phase: 'ended', available: 1, held: 0, waiting: 0 });
      await eventually(() => expect(host.events('flash-sale:waitlist-closed')).toHaveLength(1));
      expect(told(ana)).toEqual([]);
    }
  });

  it('[FS29] goes on after the closing time for what is still held, and ends when nothing can come back', async () => {
    const { time, node, roomId, host, join, saleId, live, order, merchant, told } = await soldOut(harness, {
      durationMs: 20_000,
    });
    const [ana, bo] = [await join('ana'), await join('bo')];
    await wait(ana, saleId);
    await wait(bo, saleId);
    time.advance(20_000);
    await eventually(async () => expect(await live(saleId)).toMatchObject({ phase: 'ended', waiting: 2 }));
    const { order: orders } = node.core.stores;
    await orders.cancel(roomId, merchant(), order.orderId, { reason: 'x', returnUnits: false });
    await eventually(() => expect(told(ana)).toMatchObject([[expect.any(String), 'HELD']]));
    const [offer] = (await orders.mine(roomId, 'ana', 1)).orders;
    if (!offer) throw new Error('no offer');
    expect(await live(saleId)).toMatchObject({ waiting: 1 });
    await orders.pay(roomId, merchant(), offer.orderId, paymentOf(offer));
    expect(await live(saleId)).toMatchObject({ waiting: 0, sold: 1 });
    await eventually(() => expect(host.events('flash-sale:waitlist-closed')).toHaveLength(1));
  });

  it('[FS29] ended at the closing time, whether or not a poller came: nothing sold later is offered', async () => {
    const { time, node, roomId, join, saleId, live, order, merchant, told } = await soldOut(harness, {
      durationMs: 20_000,
    });
    const ana = await join('ana');
    const { order: orders } = node.core.stores;
    await orders.pay(roomId, merchant(), order.orderId, paymentOf(order));
    await wait(ana, saleId);
    await node.core.due.close();
    time.advance(20_000);
    await orders.refund(roomId, merchant(), order.orderId, { reason: 'x', returnUnits: true });
    expect(await live(saleId)).toMatchObject({ phase: 'ended', available: 1, held: 0, waiting: 0 });
    expect(told(ana)).toEqual([]);
  });

  it('[FS30] is offered nothing while the sale is paused, and what came back meanwhile once it goes on', async () => {
    const { node, roomId, host, join, saleId, live, order, merchant, told } = await soldOut(harness);
    const ana = await join('ana');
    await wait(ana, saleId);
    await host.must('flash-sale:pause', { opId: opId(), saleId });
    const { order: orders } = node.core.stores;
    await orders.cancel(roomId, merchant(), order.orderId, { reason: 'x', returnUnits: false });
    expect(await live(saleId)).toMatchObject({ available: 1, waiting: 1 });
    await host.must('flash-sale:resume', { opId: opId(), saleId });
    expect(await live(saleId)).toMatchObject({ available: 0, held: 1, waiting: 0 });
    await eventually(() => expect(told(ana)).toMatchObject([[expect.any(String), 'HELD']]));
  });
});
