import { describe, expect, it } from 'vitest';
import { eventually } from '../../testing/eventually.ts';
import { opId, TestTime, useHarness } from '../../testing/harness.ts';
import { grab, hostedRoom, readFacts, startSale, withoutReceipt } from './testing.ts';

const harness = useHarness();

async function stage() {
  const time = new TestTime();
  const node = await harness.node({ time });
  const { roomId, host } = await hostedRoom(harness, node);
  const join = (userId: string) => harness.join(node, roomId, { userId });
  const live = async (saleId: string) => {
    const sale = (await node.core.stores.flashSale.list(roomId)).find((one) => one.saleId === saleId);
    if (!sale) throw new Error('no such sale');
    return sale;
  };
  return { time, node, roomId, host, join, live };
}

const refused = (code: string, more: object = {}) => ({ ok: false, error: { code, ...more } });

describe('grabbing', () => {
  it('[FS3] takes all or nothing', async () => {
    const { host, join, live } = await stage();
    const sale = await startSale(host, { stock: 3, limitPerBuyer: 5 });
    const ana = await join('ana');
    expect(await grab(ana, sale.saleId, 4)).toMatchObject(refused('SOLD_OUT'));
    expect(await live(sale.saleId)).toMatchObject({ available: 3, held: 0 });
    expect(await grab(ana, sale.saleId, 3)).toMatchObject({
      ok: true,
      data: { order: { state: 'HELD', amountMinor: 17_700, lines: [{ quantity: 3, priceMinor: 5900 }] } },
    });
    expect(await live(sale.saleId)).toMatchObject({ available: 0, held: 3, sold: 0, total: 3 });
  });

  it('[FS4] keeps to the limit per buyer, also within one batch', async () => {
    const { host, join, live } = await stage();
    const sale = await startSale(host, { stock: 10, limitPerBuyer: 2 });
    const ana = await join('ana');
    const replies = await Promise.all([1, 2, 3, 4].map(() => grab(ana, sale.saleId)));
    expect(replies.filter((reply) => reply.ok)).toHaveLength(2);
    expect(replies.filter((reply) => !reply.ok)).toMatchObject([
      refused('LIMIT_REACHED'),
      refused('LIMIT_REACHED'),
    ]);
    expect(await live(sale.saleId)).toMatchObject({ available: 8, held: 2 });
  });

  it('[FS5] gives a retry the first hold and refuses other input under the same opId', async () => {
    const { time, host, join, live, node, roomId } = await stage();
    const sale = await startSale(host, { stock: 5, limitPerBuyer: 5 });
    const ana = await join('ana');
    const id = opId();
    const [first, twin] = await Promise.all([grab(ana, sale.saleId, 1, id), grab(ana, sale.saleId, 1, id)]);
    expect(first.ok).toBe(true);
    expect(withoutReceipt(twin)).toEqual(withoutReceipt(first));
    // A retry is told the verdict of then, with the time and the place in the log of then.
    time.advance(5000);
    await host.must('chat:say', { opId: opId(), text: 'meanwhile' });
    expect(withoutReceipt(await grab(ana, sale.saleId, 1, id))).toEqual(withoutReceipt(first));
    expect(await grab(ana, sale.saleId, 2, id)).toMatchObject(refused('IDEMPOTENCY_MISMATCH'));
    // Another user's same opId is another intention.
    expect(await grab(await join('bo'), sale.saleId, 1, id)).toMatchObject({ ok: true });
    expect(await live(sale.saleId)).toMatchObject({ available: 3, held: 2 });

    const cy = await join('cy');
    const refusedId = opId();
    expect(await grab(cy, sale.saleId, 5, refusedId)).toMatchObject(refused('SOLD_OUT'));
    expect(await harness.redis.client.hkeys(node.core.keys.room(roomId).ops('trade'))).not.toContain(
      `cy ${refusedId}`,
    );
  });

  it('[FS6] is NOT_OPEN until the time, then open without a poller', async () => {
    const { time, node, host, join, live } = await stage();
    const sale = await startSale(host, { opensInMs: 30_000, durationMs: 60_000 });
    const ana = await join('ana');
    expect(await grab(ana, sale.saleId)).toMatchObject(
      refused('NOT_OPEN', { retryAfterMs: 30_000, retryable: true }),
    );
    time.advance(29_999);
    expect(await grab(ana, sale.saleId)).toMatchObject(refused('NOT_OPEN', { retryAfterMs: 1 }));
    await node.core.due.close();
    time.advance(1);
    expect(await grab(ana, sale.saleId)).toMatchObject({ ok: true });
    expect(await live(sale.saleId)).toMatchObject({ phase: 'open', endsAtMs: time.nowMs + 60_000 });
    await eventually(() => expect(ana.events('flash-sale:opened')).toHaveLength(1));
  });

  it('[FS7] is PAUSED while the host says so', async () => {
    const { time, host, join } = await stage();
    const sale = await startSale(host, { stock: 2 });
    const [ana, bo] = [await join('ana'), await join('bo')];
    const held = await grab(ana, sale.saleId);
    const { sale: paused } = await host.must('flash-sale:pause', { opId: opId(), saleId: sale.saleId });
    expect(paused).toMatchObject({ phase: 'paused', held: 1, endsAtMs: sale.endsAtMs });
    expect(await grab(bo, sale.saleId)).toMatchObject(refused('PAUSED'));
    expect(held.ok && held.data.order.holdExpiresAtMs).toBe(time.nowMs + 120_000);
    await host.must('flash-sale:resume', { opId: opId(), saleId: sale.saleId });
    expect(await grab(bo, sale.saleId)).toMatchObject({ ok: true });
  });

  it('[FS8] is ENDED from the closing time on, or when the host closes', async () => {
    const { time, node, host, join } = await stage();
    await node.core.due.close();
    const [byTime, byHost] = [await startSale(host, { durationMs: 10_000 }), await startSale(host)];
    const ana = await join('ana');
    await host.must('flash-sale:close', { opId: opId(), saleId: byHost.saleId });
    expect(await grab(ana, byHost.saleId)).toMatchObject(refused('ENDED'));
    time.advance(10_000);
    expect(await grab(ana, byTime.saleId)).toMatchObject(refused('ENDED'));
    await eventually(() =>
      expect(ana.events('flash-sale:closed').map((event) => event.data)).toMatchObject([
        { saleId: byHost.saleId, reason: 'host' },
        { saleId: byTime.saleId, reason: 'time' },
      ]),
    );
  });

  it('[FS18] knows only sales of its own room', async () => {
    const { node, host } = await stage();
    const sale = await startSale(host);
    const other = await hostedRoom(harness, node);
    expect(await grab(other.host, sale.saleId)).toMatchObject(refused('SALE_NOT_FOUND', { path: 'saleId' }));
    expect(await other.host.call('flash-sale:close', { opId: opId(), saleId: sale.saleId })).toMatchObject(
      refused('SALE_NOT_FOUND'),
    );
  });

  it('[FS22] takes grabs of people who signed in, and orders of hosts', async () => {
    const { node, roomId, host, join } = await stage();
    const sale = await startSale(host);
    const guest = await harness.join(node, roomId, 'guest');
    expect(await grab(guest, sale.saleId)).toMatchObject(refused('UNAUTHENTICATED'));
    const ana = await join('ana');
    const input = { opId: opId(), saleId: sale.saleId };
    expect(await ana.call('flash-sale:close', input)).toMatchObject(refused('FORBIDDEN'));
    const moderator = await harness.join(node, roomId, { userId: 'mo', role: 'moderator' });
    expect(await moderator.call('flash-sale:close', input)).toMatchObject(refused('FORBIDDEN'));
    const cohost = await harness.join(node, roomId, { userId: 'co', role: 'cohost' });
    expect(await cohost.call('flash-sale:close', input)).toMatchObject({ ok: true });
  });
});

describe('holds', () => {
  it('[FS9] end at their deadline, not before, and tell their buyer', async () => {
    const { time, node, host, join, live } = await stage();
    const sale = await startSale(host, { holdMs: 30_000 });
    const ana = await join('ana');
    const tab = await join('ana');
    const held = await grab(ana, sale.saleId);
    const order = held.ok ? held.data.order : undefined;
    await eventually(() => expect(tab.notices).toMatchObject([{ name: 'order:changed', data: { order } }]));
    time.advance(29_999);
    await node.core.due.poll();
    expect(await live(sale.saleId)).toMatchObject({ available: 0, held: 1 });
    time.advance(1);
    await eventually(async () =>
      expect(await live(sale.saleId)).toMatchObject({ available: 1, held: 0, epoch: 1 }),
    );
    for (const client of [ana, tab]) {
      await eventually(() =>
        expect(client.notices.at(-1)).toMatchObject({
          name: 'order:changed',
          data: { order: { orderId: order?.orderId, state: 'EXPIRED' } },
        }),
      );
    }
    expect(await grab(await join('bo'), sale.saleId)).toMatchObject({ ok: true });
  });

  it('[FS10] end exactly once when two nodes end them at the same time', async () => {
    const { time, node, roomId, host, join, live } = await stage();
    const sale = await startSale(host, { stock: 2, holdMs: 30_000 });
    expect(await grab(await join('ana'), sale.saleId)).toMatchObject({ ok: true });
    time.advance(30_000);
    const { order } = node.core.stores;
    await Promise.all([1, 2, 3].map(() => order.expire(roomId, [1])));
    await eventually(async () => expect(await live(sale.saleId)).toMatchObject({ available: 2, held: 0 }));
    const facts = await readFacts(harness, node, roomId);
    expect(facts.filter((fact) => fact.kind === 'order-expired')).toHaveLength(1);
  });

  it('[FS11] left unpaid three times in an hour pause their buyer for ten minutes', async () => {
    const { time, host, join, live } = await stage();
    const sale = await startSale(host, { stock: 5, holdMs: 30_000, durationMs: 3_600_000 });
    const ana = await join('ana');
    for (let round = 1; round <= 3; round += 1) {
      expect(await grab(ana, sale.saleId)).toMatchObject({ ok: true });
      time.advance(30_000);
      await eventually(async () => expect(await live(sale.saleId)).toMatchObject({ available: 5 }));
    }
    expect(await grab(ana, sale.saleId)).toMatchObject(refused('TOO_MANY_HOLDS', { retryAfterMs: 600_000 }));
    expect(await grab(await join('bo'), sale.saleId)).toMatchObject({ ok: true });
    time.advance(599_999);
    await eventually(async () =>
      expect(await grab(ana, sale.saleId)).toMatchObject(refused('TOO_MANY_HOLDS', { retryAfterMs: 1 })),
    );
    time.advance(1);
    await eventually(async () => expect(await grab(ana, sale.saleId)).toMatchObject({ ok: true }));
  });
});

describe('steering', () => {
  it('[FS16] needs a product, has at most 20 at once, and keeps what it said', async () => {
    const { node, roomId, host } = await stage();
    const input = { opId: opId(), productId: 'nope', priceMinor: 1, stock: 1 };
    expect(await host.call('flash-sale:schedule', input)).toMatchObject(refused('PRODUCT_NOT_FOUND'));
    const sale = await startSale(host, { opensInMs: 60_000 });
    await host.must('shelf:save-product', {
      opId: opId(),
      product: { productId: 'p1', title: 'Renamed', description: '', imageUrl: null, priceMinor: 1 },
    });
    const { flashSale } = node.core.stores;
    expect((await flashSale.list(roomId))[0]).toMatchObject({ saleId: sale.saleId, title: 'Product 1' });
    const terms = {
      ...{ productId: 'p1', priceMinor: 1, compareAtMinor: 200, compareAtBasis: '30 days "low"' },
      guard: 'none' as const,
    };
    const rest = { stock: 1, opensInMs: 60_000, durationMs: 60_000, limitPerBuyer: 1, holdMs: 30_000 };
    for (let i = 1; i < 20; i += 1) {
      const op = { actor: 'host', opId: opId(), fingerprint: '' };
      const planned = await flashSale.schedule(roomId, op, `s${i}`, { ...terms, ...rest });
      expect(planned).toMatchObject({
        ok: true,
        data: { compareAtMinor: 200, compareAtBasis: '30 days "low"' },
      });
    }
    const op = { actor: 'host', opId: opId(), fingerprint: '' };
    expect(await flashSale.schedule(roomId, op, 's20', { ...terms, ...rest })).toMatchObject({
      code: 'TOO_MANY_SALES',
    });
    await flashSale.steer(roomId, { ...op, opId: opId() }, 's1', 'close');
    expect(await flashSale.schedule(roomId, op, 's20', { ...terms, ...rest })).toMatchObject({ ok: true });
  });

  it('[FS17] allows each verb in its phases only, once an opId, with a fact', async () => {
    const { time, node, roomId, host } = await stage();
    await node.core.due.close();
    const { flashSale } = node.core.stores;
    const scheduled = await startSale(host, { opensInMs: 60_000, durationMs: 60_000, stock: 1 });
    const { saleId } = scheduled;
    const op = () => ({ actor: 'host', opId: opId(), fingerprint: '' });
    for (const verb of ['pause', 'resume', 'extend'] as const) {
      expect(await flashSale.steer(roomId, op(), saleId, verb, { byMs: 1000 })).toMatchObject({
        code: 'WRONG_PHASE',
      });
    }
    expect(await flashSale.restock(roomId, op(), saleId, 4)).toMatchObject({
      ok: true,
      data: { total: 5, available: 5 },
    });
    expect(await flashSale.restock(roomId, op(), saleId, 1_000_000)).toMatchObject({
      code: 'STOCK_TOO_LARGE',
    });
    time.advance(5000);
    expect(await flashSale.steer(roomId, op(), saleId, 'open')).toMatchObject({
      data: { phase: 'open', opensAtMs: time.nowMs, endsAtMs: time.nowMs + 60_000 },
    });
    expect(await flashSale.steer(roomId, op(), saleId, 'open')).toMatchObject({ code: 'WRONG_PHASE' });
    const extension = op();
    const extended = await flashSale.steer(roomId, extension, saleId, 'extend', { byMs: 30_000 });
    expect(extended).toMatchObject({ data: { endsAtMs: time.nowMs + 90_000 } });
    expect(await flashSale.steer(roomId, extension, saleId, 'extend', { byMs: 30_000 })).toEqual(extended);
    expect(await flashSale.steer(roomId, op(), saleId, 'close')).toMatchObject({
      data: { phase: 'ended', endsAtMs: time.nowMs },
    });
    for (const verb of ['open', 'pause', 'resume', 'extend', 'close'] as const) {
      expect(await flashSale.steer(roomId, op(), saleId, verb, { byMs: 1000 })).toMatchObject({
        code: 'WRONG_PHASE',
      });
    }
    expect(await flashSale.restock(roomId, op(), saleId, 1)).toMatchObject({ code: 'WRONG_PHASE' });
    const facts = await readFacts(harness, node, roomId);
    expect(facts.map((fact) => fact.kind)).toEqual([
      'room-created',
      'sale-scheduled',
      'restocked',
      'sale-opened',
      'sale-extended',
      'sale-closed',
    ]);
  });
});

describe('what joiners get', () => {
  it('[FS20] is every sale that runs, the latest 20, and what they have', async () => {
    const { time, node, roomId, host, join } = await stage();
    const old = await startSale(host, { stock: 5, opensInMs: 0 });
    const ana = await join('ana');
    const held = await grab(ana, old.saleId);
    time.advance(1);
    const { flashSale } = node.core.stores;
    const none = { compareAtMinor: null, compareAtBasis: null, guard: 'none' as const };
    const terms = { productId: 'p1', priceMinor: 1, ...none };
    const rest = { stock: 1, opensInMs: 60_000, durationMs: 60_000, limitPerBuyer: 1, holdMs: 30_000 };
    for (let i = 0; i < 25; i += 1) {
      await flashSale.schedule(roomId, { actor: 'h', opId: opId(), fingerprint: '' }, `s${i}`, {
        ...terms,
        ...rest,
      });
      await flashSale.steer(roomId, { actor: 'h', opId: opId(), fingerprint: '' }, `s${i}`, 'close');
    }
    // Joiners may share a state that is a moment old; wait until this node has sent all of it.
    const head = Number(await harness.redis.client.hget(node.core.keys.room(roomId).head, 'seq'));
    await eventually(() => expect(ana.frames.at(-1)?.toSeq).toBeGreaterThanOrEqual(head));
    const joined = await ana.must('room:join', { roomId });
    const { sales } = joined.snapshot['flash-sale'] as { sales: { saleId: string }[] };
    expect(sales).toHaveLength(21);
    expect(sales.at(-1)).toMatchObject({ saleId: old.saleId, held: 1 });
    expect(joined.you.plays['flash-sale']).toEqual({ taken: { [old.saleId]: 1 }, waiting: {} });
    expect(joined.you.plays.order).toEqual({ orders: [held.ok ? held.data.order : undefined] });
  });
});
