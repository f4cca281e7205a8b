import { describe, expect, it } from 'vitest';
import type { Order } from '../../../shared/trade/order.ts';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId, standaloneHarness, TestTime } from '../../testing/harness.ts';
import { paymentOf, refused, stage, take } from '../../trade/testing/stage.ts';
import { grab, hostedRoom, readFacts, startSale, stocksOf } from '../flash-sale/testing.ts';

const harness = useCheckedHarness();

async function twoNodes(terms: { stock?: number; limitPerBuyer?: number } = {}) {
  const one = await stage(harness);
  const second = await harness.node({ time: one.time });
  const sale = await startSale(one.host, { stock: 1, holdMs: 30_000, durationMs: 3_600_000, ...terms });
  return { ...one, ...sale, second };
}

describe('two nodes', () => {
  it('[OR18] tell a buyer of every change, on every device', async () => {
    const { node, second, roomId, join, saleId, merchant } = await twoNodes();
    const devices = [await join('ana'), await join('ana', second), await join('ana', second)] as const;
    const stranger = await join('bo', second);
    const order = await take(devices[0], saleId);
    const { order: orders } = node.core.stores;
    await orders.pay(roomId, merchant(), order.orderId, paymentOf(order));
    await second.core.stores.order.fulfil(roomId, merchant(), order.orderId, {});
    await orders.cancel(roomId, merchant(), order.orderId, { reason: 'x', returnUnits: true });
    await second.core.stores.order.refund(roomId, merchant(), order.orderId, {
      reason: 'x',
      returnUnits: true,
    });
    const again = await eventually(() => take(devices[1], saleId));
    await devices[2].must('order:release', { opId: opId(), orderId: again.orderId });
    for (const device of devices) {
      await eventually(() => {
        const seen = device.notices.map(({ data }) => (data as { order: Order }).order);
        expect(seen.map(({ orderId, state }) => [orderId, state])).toEqual([
          ...['HELD', 'PAID', 'PAID', 'CANCELLED', 'REFUNDED'].map((state) => [order.orderId, state]),
          ...['HELD', 'RELEASED'].map((state) => [again.orderId, state]),
        ]);
        expect(seen[0]).toEqual(order);
      });
    }
    expect(stranger.notices).toEqual([]);
  });

  it('[OR19] end a hold at its deadline, whichever of them took it, and not before', async () => {
    const { time, node, second, join, live, saleId, told } = await twoNodes();
    const elsewhere = await join('ana', second);
    const order = await take(await join('ana'), saleId);
    // The node that took it does nothing more.
    await node.core.due.close();
    time.advance(29_999);
    await second.core.due.poll();
    expect(await live(saleId)).toMatchObject({ held: 1 });
    time.advance(1);
    await eventually(() => expect(told(elsewhere).at(-1)).toEqual([order.orderId, 'EXPIRED']), {
      withinMs: 2000,
    });
    expect(await live(saleId)).toMatchObject({ available: 1, held: 0 });
  });

  it('[OR20] end a hold exactly once, however many ends are tried at the same time', async () => {
    const { time, node, second, roomId, saleId, merchant, live } = await twoNodes({
      stock: 40,
      limitPerBuyer: 40,
    });
    const stores = [node.core.stores.order, second.core.stores.order] as const;
    const requests = Array.from({ length: 40 }, (_, i) => {
      return { userId: `u${i}`, opId: opId(), fingerprint: '', quantity: 1, proofLevel: 0 as const };
    });
    const grabbed = await node.core.stores.flashSale.grab(roomId, saleId, requests);
    const orders = grabbed.flatMap((outcome) => (outcome.ok ? [outcome.data] : []));
    expect(orders).toHaveLength(40);
    time.advance(30_000);
    const nos = orders.map(({ no }) => no);
    const attempts = orders.flatMap((order, i) => {
      const [first, other] = i % 2 === 0 ? stores : [stores[1], stores[0]];
      const release = { actor: order.userId, opId: opId(), fingerprint: '' };
      const ends = [
        () => first.pay(roomId, merchant(), order.orderId, paymentOf(order)),
        () => other.release(roomId, release, order.orderId),
        () => other.pay(roomId, merchant(), order.orderId, paymentOf(order)),
        () => first.cancel(roomId, merchant(), order.orderId, { reason: 'x', returnUnits: false }),
      ];
      return [...ends.slice(i % 4), ...ends.slice(0, i % 4)];
    });
    const expiring = stores.flatMap((store) => [
      () => store.expire(roomId, nos),
      () => store.expire(roomId, nos),
    ]);
    const mixed: (() => Promise<unknown>)[] = [...attempts.slice(0, 70), ...expiring, ...attempts.slice(70)];
    await Promise.all(mixed.map((attempt) => attempt()));
    const facts = await readFacts(harness, node, roomId);
    for (const { no } of orders) {
      const ends = facts.filter(({ data }) => 'no' in data && data.no === no && data.from === 'HELD');
      expect(ends).toHaveLength(1);
    }
    for (const { available, held, sold, total } of stocksOf(facts, saleId)) {
      expect(available + held + sold).toBe(total);
      expect(Math.min(available, held, sold)).toBeGreaterThanOrEqual(0);
    }
    const { total, available, held, sold } = await live(saleId);
    expect(stocksOf(facts, saleId).at(-1)).toEqual({ total, available, held, sold });
    expect(held).toBe(0);
  });

  it('[OR19] do at the next start what was due while none of them ran', async () => {
    const time = new TestTime();
    const node = await harness.node({ time });
    const { roomId, host } = await hostedRoom(harness, node);
    const sale = await startSale(host, { stock: 2, holdMs: 30_000, durationMs: 3_600_000 });
    await take(host, sale.saleId);
    const waiting = { actor: 'ana', opId: opId(), fingerprint: '' };
    await node.core.stores.flashSale.steer(roomId, { ...waiting, actor: 'host' }, sale.saleId, 'extend', {
      byMs: 1000,
    });
    await node.close();
    time.advance(40_000);
    const next = await harness.node({ time });
    await eventually(async () =>
      expect(await next.core.stores.flashSale.read(roomId, sale.saleId)).toMatchObject({
        available: 2,
        held: 0,
      }),
    );
  });
});

describe('outages', () => {
  it('[OR21] an answer that was lost is given to the retry; the effect is one', async () => {
    const own = standaloneHarness();
    await own.start();
    try {
      const node = await own.node();
      const { roomId, host } = await hostedRoom(own, node);
      const { saleId } = await startSale(host, { stock: 5, limitPerBuyer: 5 });
      const ana = await own.join(node, roomId, { userId: 'ana' });
      const live = () => node.core.stores.flashSale.read(roomId, saleId);
      const unknown = refused('OUTCOME_UNKNOWN', { retryable: true });
      // Redis hangs with the script in its socket, and runs it once it goes on; nobody hears the answer.
      const lost = async <T>(call: () => Promise<T>): Promise<T> => {
        own.redis.signal('SIGSTOP');
        const reply = await call();
        own.redis.signal('SIGCONT');
        return reply;
      };
      const id = opId();
      const hold = () => ana.call('order:hold', { opId: id, lines: [{ saleId, quantity: 2 }] });
      await eventually(async () => expect(await hold()).toMatchObject({ ok: true }));
      const first = await hold();
      if (!first.ok) throw new Error(first.error.code);
      const { orderId } = first.data.order;
      const releasing = opId();
      const release = () => ana.call('order:release', { opId: releasing, orderId });
      expect(await lost(release)).toMatchObject(unknown);
      const released = await eventually(async () => {
        const reply = await release();
        expect(reply).toMatchObject({ ok: true, data: { order: { state: 'RELEASED' } } });
        return reply;
      });
      expect(await release()).toEqual(released);
      expect(await live()).toMatchObject({ available: 5, held: 0 });
      const carting = opId();
      const cart = () => ana.call('order:hold', { opId: carting, lines: [{ saleId, quantity: 1 }] });
      expect(await lost(cart)).toMatchObject(unknown);
      await eventually(async () => expect(await cart()).toMatchObject({ ok: true }));
      expect(await live()).toMatchObject({ available: 4, held: 1 });
      const facts = await readFacts(own, node, roomId);
      expect(facts.filter(({ kind }) => kind === 'order-held')).toHaveLength(2);
      expect(facts.filter(({ kind }) => kind === 'order-released')).toHaveLength(1);
    } finally {
      await own.close();
    }
  });

  it('[OR21] while Redis is away every step says so, and none has happened', async () => {
    const own = standaloneHarness({ appendonly: true });
    await own.start();
    try {
      const node = await own.node();
      const { roomId, host } = await hostedRoom(own, node);
      const { saleId } = await startSale(host, { stock: 2, limitPerBuyer: 2 });
      const ana = await own.join(node, roomId, { userId: 'ana' });
      const order = await take(ana, saleId);
      await own.redis.kill();
      const away = refused('UNAVAILABLE', { retryable: true, retryAfterMs: 500 });
      const { order: orderStore } = node.core.stores;
      await eventually(async () =>
        expect(await ana.call('order:release', { opId: opId(), orderId: order.orderId })).toMatchObject(away),
      );
      expect(await ana.call('order:mine', {})).toMatchObject(away);
      expect(await ana.call('order:checkout', { orderId: order.orderId })).toMatchObject(away);
      expect(await ana.call('flash-sale:wait', { opId: opId(), saleId })).toMatchObject(away);
      expect(await grab(ana, saleId)).toMatchObject(away);
      await expect(orderStore.read(roomId, order.orderId)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      await expect(orderStore.list(roomId, 10)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      await own.redis.restart();
      const { orders } = await eventually(() => ana.must('order:mine', {}));
      expect(orders).toEqual([order]);
      expect(await node.core.stores.flashSale.read(roomId, saleId)).toMatchObject({ available: 1, held: 1 });
      expect(await ana.call('order:release', { opId: opId(), orderId: order.orderId })).toMatchObject({
        ok: true,
      });
    } finally {
      await own.close();
    }
  });
});
