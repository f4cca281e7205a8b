import { describe, expect, it } from 'vitest';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId } from '../../testing/harness.ts';
import { paymentOf, refused, stage } from '../../trade/testing/stage.ts';
import { verdictProblem } from '../../trade/testing/verify.ts';
import { startSale, verdictOf, withoutReceipt } from '../flash-sale/testing.ts';
import { hold, twoSales } from './testing.ts';

const harness = useCheckedHarness();

describe('a cart', () => {
  it('[OR1] reserves all of its lines for 10 minutes, or nothing', async () => {
    const { time, record, join, live, a, b } = await twoSales(harness);
    const ana = await join('ana');
    const tooMuch = await hold(ana, [
      { saleId: a, quantity: 1 },
      { saleId: b, quantity: 4 },
    ]);
    expect(tooMuch).toMatchObject(refused('LIMIT_REACHED', { path: 'lines.1.saleId' }));
    expect(await live(a)).toMatchObject({ available: 3, held: 0 });
    const held = await hold(ana, [
      { saleId: a, quantity: 1 },
      { saleId: b, quantity: 2 },
    ]);
    expect(held).toMatchObject({
      ok: true,
      data: {
        order: {
          ...{ state: 'HELD', source: 'cart', amountMinor: 3 * 5900, holdExpiresAtMs: time.nowMs + 600_000 },
          lines: [
            { saleId: a, quantity: 1, title: 'Product 1', priceMinor: 5900 },
            { saleId: b, quantity: 2, title: 'Product 1', priceMinor: 5900 },
          ],
        },
      },
    });
    expect(await live(a)).toMatchObject({ available: 2, held: 1 });
    expect(await live(b)).toMatchObject({ available: 1, held: 2 });
    time.advance(600_000);
    await eventually(async () => expect(await live(b)).toMatchObject({ available: 3, held: 0 }));
    expect(await live(a)).toMatchObject({ available: 3, held: 0 });
    expect(await record(held.ok ? held.data.order.orderId : 'o1-none')).toMatchObject({ state: 'EXPIRED' });
  });

  it('[OR2] counts lines of one sale together, before limits and stock', async () => {
    const { join, live, a, b } = await twoSales(harness);
    const ana = await join('ana');
    const lines = [
      { saleId: b, quantity: 1 },
      { saleId: a, quantity: 2 },
      { saleId: b, quantity: 1 },
      { saleId: a, quantity: 2 },
    ];
    const refusal = await hold(ana, lines);
    expect(refusal).toMatchObject(refused('LIMIT_REACHED', { path: 'lines.1.saleId' }));
    const receipt = refusal.ok ? undefined : refusal.error.receipt;
    expect(receipt?.lines).toEqual([
      { saleId: b, quantity: 2 },
      { saleId: a, quantity: 4 },
    ]);
    const held = await hold(ana, lines.slice(0, 3));
    expect(held).toMatchObject({
      data: {
        order: {
          lines: [
            { saleId: b, quantity: 2 },
            { saleId: a, quantity: 2 },
          ],
        },
      },
    });
    expect(await live(b)).toMatchObject({ available: 1, held: 2 });
  });

  it('[OR3] is refused for what one of its lines would be refused for, and says which', async () => {
    const { host, join, a, b } = await twoSales(harness, { stock: 3, limitPerBuyer: 9 });
    const [ana, bo] = [await join('ana'), await join('bo')];
    const planned = await startSale(host, { opensInMs: 60_000 });
    const guarded = await startSale(host, { guard: 'token' });
    const closed = await startSale(host, {});
    await host.must('flash-sale:close', { opId: opId(), saleId: closed.saleId });
    const withA = (saleId: string, quantity = 1) =>
      hold(ana, [
        { saleId: a, quantity: 1 },
        { saleId, quantity },
      ]);
    const path = 'lines.1.saleId';
    expect(await withA('none')).toMatchObject(refused('SALE_NOT_FOUND', { path }));
    expect(await withA(planned.saleId)).toMatchObject(refused('NOT_OPEN', { path, retryAfterMs: 60_000 }));
    expect(await withA(guarded.saleId)).toMatchObject(refused('TOKEN_REQUIRED', { path }));
    expect(await withA(closed.saleId)).toMatchObject(refused('ENDED', { path }));
    expect(await withA(b, 4)).toMatchObject(refused('SOLD_OUT', { path }));
    await host.must('flash-sale:pause', { opId: opId(), saleId: b });
    expect(
      await hold(bo, [
        { saleId: a, quantity: 1 },
        { saleId: b, quantity: 1 },
      ]),
    ).toMatchObject(refused('PAUSED', { path }));
    // One answer of `flash-sale:token` serves a whole cart.
    const id = opId();
    const { tokens } = await bo.must('flash-sale:token', { opId: id, saleIds: [a, guarded.saleId] });
    const [none, given] = tokens;
    expect(none?.token).toBeNull();
    const lines = [
      { saleId: a, quantity: 1 },
      { saleId: guarded.saleId, quantity: 1, token: given?.token ?? '' },
    ];
    expect(await hold(bo, lines, id)).toMatchObject({ ok: true });
  });

  it('[OR3] is not about more than an order can be about', async () => {
    const { roomId, node, host, join } = await stage(harness);
    const ana = await join('ana');
    const price = 1_000_000_000_000;
    const sales = [];
    for (let i = 0; i < 2; i += 1) {
      const { sale } = await host.must('flash-sale:schedule', {
        ...{ opId: opId(), productId: 'p1', priceMinor: price, stock: 1, opensInMs: 0, guard: 'none' },
      });
      sales.push(sale.saleId);
    }
    const [a = '', b = ''] = sales;
    expect(
      await hold(ana, [
        { saleId: a, quantity: 1 },
        { saleId: b, quantity: 1 },
      ]),
    ).toMatchObject(refused('AMOUNT_TOO_LARGE', { path: 'lines' }));
    const held = await hold(ana, [{ saleId: a, quantity: 1 }]);
    expect(held).toMatchObject({ data: { order: { amountMinor: price, lines: [{ priceMinor: price }] } } });
    if (!held.ok) return;
    const paid = await node.core.stores.order.pay(
      roomId,
      { actor: '@shop', opId: opId(), fingerprint: '' },
      held.data.order.orderId,
      paymentOf(held.data.order),
    );
    expect(paid).toMatchObject({ ok: true, data: { state: 'PAID', amountMinor: price } });
    const bigger = { opId: opId(), productId: 'p1', stock: 2, limitPerBuyer: 2 };
    expect(await host.call('flash-sale:schedule', { ...bigger, priceMinor: price })).toMatchObject(
      refused('INVALID_PAYLOAD', { path: 'priceMinor' }),
    );
  });

  it('[OR1] may have 20 lines, each with a token and a proof', async () => {
    const { node, roomId, host, join } = await stage(harness);
    const ana = await join('ana');
    const terms = { productId: 'p1', priceMinor: 1, compareAtMinor: null, compareAtBasis: null };
    const rest = {
      stock: 1,
      opensInMs: 0,
      durationMs: 60_000,
      limitPerBuyer: 1,
      holdMs: 30_000,
      guard: 'token' as const,
    };
    const saleIds = Array.from({ length: 20 }, (_, i) => `sale_with_a_long_id_${i}`);
    for (const saleId of saleIds) {
      const op = { actor: 'host', opId: opId(), fingerprint: '' };
      await node.core.stores.flashSale.schedule(roomId, op, saleId, { ...terms, ...rest });
    }
    const id = opId();
    const { tokens } = await ana.must('flash-sale:token', { opId: id, saleIds });
    const lines = tokens.map(({ saleId, token }) => {
      return { saleId, quantity: 1, token: token ?? '', proof: 'x'.repeat(40) };
    });
    const { order } = await ana.must('order:hold', { opId: id, lines });
    expect(order.lines.map(({ saleId }) => saleId)).toEqual(saleIds);
    expect(host.disconnects).toEqual([]);
  });

  it('[OR4] has one effect an opId, and a receipt with every answer', async () => {
    const { time, node, join, live, a, b } = await twoSales(harness);
    const [ana, bo] = [await join('ana'), await join('bo')];
    const lines = [
      { saleId: a, quantity: 1 },
      { saleId: b, quantity: 1 },
    ];
    const id = opId();
    const held = await hold(ana, lines, id);
    time.advance(1000);
    await bo.must('chat:say', { opId: opId(), text: 'meanwhile' });
    const again = await hold(ana, lines, id);
    expect(withoutReceipt(again)).toEqual(withoutReceipt(held));
    const other = await hold(ana, lines.slice(0, 1), id);
    expect(other).toMatchObject(refused('IDEMPOTENCY_MISMATCH'));
    expect(await hold(bo, lines, id)).toMatchObject({ ok: true });
    expect(await live(a)).toMatchObject({ held: 2 });
    const { publicKey } = node.core.signing.key;
    for (const reply of [held, again, other]) {
      const receipt = reply.ok ? reply.data.receipt : reply.error.receipt;
      if (!receipt) throw new Error('no receipt');
      expect(verdictProblem(receipt, publicKey)).toBeUndefined();
      expect(verdictOf(receipt)).toMatchObject({
        userId: 'ana',
        opId: id,
        verdict: reply.ok ? 'HELD' : 'REFUSED',
      });
    }
  });
});
