import { describe, expect, it } from 'vitest';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId } from '../../testing/harness.ts';
import type { TestClient } from '../../testing/test-client.ts';
import { refused } from '../../trade/testing/stage.ts';
import { grab, leave, readFacts, soldOut, startSale, wait } from './testing.ts';

const harness = useCheckedHarness();

describe('standing in line', () => {
  it('[FS24] is for sales that are sold out, and for those who may have a unit', async () => {
    const { node, roomId, host, join, saleId, owner } = await soldOut(harness);
    const ana = await join('ana');
    expect(await wait(owner, saleId)).toMatchObject(refused('LIMIT_REACHED'));
    expect(await wait(ana, 'none')).toMatchObject(refused('SALE_NOT_FOUND', { path: 'saleId' }));
    const left = await startSale(host, { stock: 1 });
    expect(await wait(ana, left.saleId)).toMatchObject(refused('NOT_SOLD_OUT'));
    const planned = await startSale(host, { opensInMs: 60_000 });
    expect(await wait(ana, planned.saleId)).toMatchObject(refused('NOT_OPEN', { retryAfterMs: 60_000 }));
    await host.must('flash-sale:pause', { opId: opId(), saleId });
    expect(await wait(ana, saleId)).toMatchObject(refused('PAUSED'));
    const guest = await harness.join(node, roomId, 'guest');
    expect(await wait(guest, saleId)).toMatchObject(refused('UNAUTHENTICATED'));
    await host.must('flash-sale:close', { opId: opId(), saleId });
    const bo = await join('bo');
    expect(await wait(bo, saleId)).toMatchObject(refused('ENDED'));
    expect(await leave(bo, saleId)).toMatchObject(refused('NOT_WAITING'));
  });

  it('[FS25] tells honest positions: to the buyer, to everyone, and to whoever joins', async () => {
    const { join, saleId, live, host } = await soldOut(harness);
    const line = await Promise.all(['ana', 'bo', 'cy'].map((userId) => join(userId)));
    const [ana, bo, cy] = line as [TestClient, TestClient, TestClient];
    for (const [i, client] of line.entries()) {
      expect(await wait(client, saleId)).toMatchObject({
        ok: true,
        data: { position: i + 1, waiting: i + 1 },
      });
    }
    expect(await wait(bo, saleId)).toMatchObject({ ok: true, data: { position: 2, waiting: 3 } });
    expect(await live(saleId)).toMatchObject({ waiting: 3 });
    expect(await leave(ana, saleId)).toMatchObject({ ok: true });
    await eventually(() =>
      expect(host.events('flash-sale:waitlist-left').map(({ data }) => data)).toEqual([
        { saleId, position: 1, waiting: 2 },
      ]),
    );
    expect(host.events('flash-sale:waitlist-joined').at(-1)?.data).toEqual({ saleId, waiting: 3 });
    const joined = await cy.must('room:join', { roomId: cy.frames[0]?.roomId ?? '' });
    expect(joined.you.plays['flash-sale']).toEqual({
      taken: {},
      waiting: { [saleId]: { position: 2, waiting: 2, seq: joined.seq } },
    });
    expect(joined.snapshot['flash-sale']).toMatchObject({ sales: [{ saleId, waiting: 2 }] });
  });

  it('[FS26] gives units that come back to the first in line, before anybody else', async () => {
    const { time, node, roomId, join, saleId, live, owner, order } = await soldOut(harness);
    const [ana, bo, stranger] = [await join('ana'), await join('bo'), await join('stranger')];
    await wait(ana, saleId);
    await wait(bo, saleId);
    await owner.must('order:release', { opId: opId(), orderId: order.orderId });
    const offer = await eventually(() => {
      const notice = ana.notices.at(-1);
      expect(notice).toMatchObject({
        name: 'order:changed',
        data: { order: { state: 'HELD', source: 'waitlist' } },
      });
      return notice?.data as { order: { orderId: string } };
    });
    expect(offer.order).toMatchObject({
      ...{ lines: [{ saleId, quantity: 1 }], amountMinor: 5900, holdExpiresAtMs: time.nowMs + 60_000 },
    });
    expect(await grab(stranger, saleId)).toMatchObject(refused('SOLD_OUT'));
    expect(await live(saleId)).toMatchObject({ available: 0, held: 1, waiting: 1 });
    // Added units too: bo is next, and only then a stranger.
    const { flashSale } = node.core.stores;
    await flashSale.restock(roomId, { actor: 'host', opId: opId(), fingerprint: '' }, saleId, 2);
    expect(await live(saleId)).toMatchObject({ available: 1, held: 2, waiting: 0 });
    await eventually(async () => expect(await grab(stranger, saleId)).toMatchObject({ ok: true }));
    const kinds = (await readFacts(harness, node, roomId)).map(({ kind }) => kind);
    expect(kinds.slice(kinds.indexOf('order-released'))).toEqual([
      ...['order-released', 'waitlist-left', 'order-held', 'restocked', 'waitlist-left', 'order-held'],
      ...['order-held', 'sale-sold-out'],
    ]);
  });

  it('[FS27] offers a unit for 60 seconds, then to the next', async () => {
    const { time, node, roomId, join, saleId, live, told, order, merchant } = await soldOut(harness);
    const [ana, bo] = [await join('ana'), await join('bo')];
    await wait(ana, saleId);
    await wait(bo, saleId);
    await node.core.stores.order.cancel(roomId, merchant(), order.orderId, {
      reason: 'x',
      returnUnits: false,
    });
    await eventually(() => expect(told(ana)).toMatchObject([[expect.any(String), 'HELD']]));
    time.advance(59_999);
    await node.core.due.poll();
    expect(await live(saleId)).toMatchObject({ held: 1, waiting: 1 });
    time.advance(1);
    await eventually(() => expect(told(bo)).toMatchObject([[expect.any(String), 'HELD']]));
    expect(told(ana).at(-1)).toMatchObject([expect.any(String), 'EXPIRED']);
    expect(await live(saleId)).toMatchObject({ available: 0, held: 1, waiting: 0, epoch: 2 });
    time.advance(60_000);
    await eventually(async () =>
      expect(await live(saleId)).toMatchObject({ available: 1, held: 0, waiting: 0 }),
    );
  });

  it('[FS27] does not hold missed offers against anyone', async () => {
    const { time, node, roomId, saleId, merchant, order } = await soldOut(harness);
    const { flashSale, order: orders } = node.core.stores;
    const ana = () => ({ actor: 'ana', opId: opId(), fingerprint: '' });
    let holder = order.orderId;
    for (let round = 0; round < 4; round += 1) {
      expect(await flashSale.wait(roomId, ana(), saleId)).toMatchObject({ ok: true, data: { position: 1 } });
      await orders.cancel(roomId, merchant(), holder, { reason: 'x', returnUnits: false });
      time.advance(60_000);
      await orders.expire(roomId, [2 * round + 2]);
      const request = {
        userId: `u${round}`,
        opId: opId(),
        fingerprint: '',
        quantity: 1,
        proofLevel: 0 as const,
      };
      const [again] = await flashSale.grab(roomId, saleId, [request]);
      if (!again?.ok) throw new Error(again?.code);
      holder = again.data.orderId;
    }
    const { orders: offers } = await orders.mine(roomId, 'ana', 10);
    expect(offers.map(({ state, source }) => [state, source])).toEqual(
      Array(4).fill(['EXPIRED', 'waitlist']),
    );
  });

  it('[FS31] serves a line of any length', async () => {
    const { time, node, roomId, join, saleId, live } = await soldOut(harness);
    const { flashSale } = node.core.stores;
    const op = (actor: string) => ({ actor, opId: opId(), fingerprint: '' });
    for (let i = 0; i < 250; i += 1) await flashSale.wait(roomId, op(`w${i}`), saleId);
    await node.core.due.close();
    await flashSale.restock(roomId, op('host'), saleId, 240);
    // A step serves a hundred; the others keep their claim until the next.
    expect(await live(saleId)).toMatchObject({ available: 140, held: 101, waiting: 150 });
    const late = await join('late');
    expect(await grab(late, saleId)).toMatchObject(refused('SOLD_OUT'));
    const cart = { opId: opId(), lines: [{ saleId, quantity: 1 }] };
    expect(await late.call('order:hold', cart)).toMatchObject(refused('SOLD_OUT'));
    await harness.node({ time });
    await eventually(async () =>
      expect(await live(saleId)).toMatchObject({ held: 241, available: 0, waiting: 10 }),
    );
    const { orders } = await node.core.stores.order.list(roomId, 300);
    expect(
      orders
        .toReversed()
        .slice(1)
        .map(({ userId }) => userId),
    ).toEqual(Array.from({ length: 240 }, (_, i) => `w${i}`));
  });

  it('[FS35] keeps the place of a retry, and does not put a late one in line again', async () => {
    const { join, saleId, live } = await soldOut(harness);
    const [ana, bo] = [await join('ana'), await join('bo')];
    await wait(bo, saleId);
    const id = opId();
    const first = await wait(ana, saleId, id);
    expect(first).toMatchObject({ ok: true, data: { position: 2, waiting: 2 } });
    await leave(bo, saleId);
    expect(await wait(ana, saleId, id)).toMatchObject({ ok: true, data: { position: 1, waiting: 1 } });
    const leaving = opId();
    expect(await leave(ana, saleId, leaving)).toMatchObject({ ok: true });
    expect(await leave(ana, saleId, leaving)).toMatchObject({ ok: true });
    expect(await wait(ana, saleId, id)).toEqual(first);
    expect(await live(saleId)).toMatchObject({ waiting: 0 });
    expect(await leave(ana, saleId, id)).toMatchObject(refused('IDEMPOTENCY_MISMATCH'));
  });

  it('[FS35] has at most 1,000 places', async () => {
    const { node, roomId, saleId } = await soldOut(harness);
    const { flashSale } = node.core.stores;
    const waiting = Array.from({ length: 1000 }, (_, i) =>
      flashSale.wait(roomId, { actor: `w${i}`, opId: opId(), fingerprint: '' }, saleId),
    );
    expect((await Promise.all(waiting)).every(({ ok }) => ok)).toBe(true);
    const oneMore = await flashSale.wait(roomId, { actor: 'late', opId: opId(), fingerprint: '' }, saleId);
    expect(oneMore).toMatchObject({ code: 'WAITLIST_FULL', retryAfterMs: 60_000 });
  });
});
