import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Receipt } from '../../../shared/kernel/receipt.ts';
import { WORK_BITS } from '../../../shared/trade/limits.ts';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId } from '../../testing/harness.ts';
import type { TestClient } from '../../testing/test-client.ts';
import { refused, stage } from '../../trade/testing/stage.ts';
import { verdictProblem } from '../../trade/testing/verify.ts';
import { grab, startSale, verdictOf } from './testing.ts';

const harness = useCheckedHarness();

async function tokenFor(client: TestClient, saleId: string, id: string) {
  const { tokens } = await client.must('flash-sale:token', { opId: id, saleIds: [saleId] });
  const [given] = tokens;
  if (!given || given.token === null) throw new Error('no token');
  return { ...given, token: given.token };
}

/** The first number that proves the work, or the first that does not. */
function work(token: string, bits: number, good = true): string {
  for (let i = 0; ; i += 1) {
    const digest = createHash('sha256').update(`${token}:${i}`).digest();
    if (Math.clz32(digest.readUInt32BE(0)) >= bits === good) return String(i);
  }
}

describe('a guarded sale', () => {
  it('[FS32] takes a grab only with a token for this sale, buyer and opId', async () => {
    const { host, join, live } = await stage(harness);
    const sale = await startSale(host, { stock: 9, guard: 'token' });
    const { saleId } = sale;
    const other = await startSale(host, { stock: 9, guard: 'token' });
    const [ana, bo] = [await join('ana'), await join('bo')];
    const id = opId();
    const { token } = await tokenFor(ana, saleId, id);
    const attempt = (client: TestClient, more: object) =>
      client.call('flash-sale:grab', { opId: id, saleId, quantity: 1, token, ...more });
    const required = refused('TOKEN_REQUIRED', { retryable: true, path: 'saleId' });
    expect(await grab(ana, saleId, 1, id)).toMatchObject(required);
    expect(await attempt(bo, {})).toMatchObject(required);
    expect(await attempt(ana, { opId: opId() })).toMatchObject(required);
    expect(await attempt(bo, { saleId: other.saleId })).toMatchObject(required);
    expect(await attempt(bo, { token: `${token.slice(0, -1)}_` })).toMatchObject(required);
    expect(await attempt(bo, { token: '' })).toMatchObject(required);
    expect(await live(saleId)).toMatchObject({ held: 0 });
    const held = await attempt(ana, {});
    expect(held).toMatchObject({ ok: true });
    // The first result of an opId needs no token any more.
    await eventually(async () => expect(await grab(ana, saleId, 1, id)).toMatchObject({ ok: true }));
    expect(await live(saleId)).toMatchObject({ held: 1 });
  });

  it('[FS32] takes a token for 30 seconds, on whichever node', async () => {
    const { time, host, join } = await stage(harness);
    const second = await harness.node({ time });
    const { saleId } = await startSale(host, { stock: 9, guard: 'token' });
    const ana = await join('ana');
    const [late, early] = [opId(), opId()];
    const { token: lateToken, expiresAtMs } = await tokenFor(ana, saleId, late);
    expect(expiresAtMs).toBe(time.nowMs + 30_000);
    const { token } = await tokenFor(ana, saleId, early);
    time.advance(29_999);
    const elsewhere = await join('ana', second);
    const grabbing = { saleId, quantity: 1 };
    expect(await elsewhere.call('flash-sale:grab', { opId: early, ...grabbing, token })).toMatchObject({
      ok: true,
    });
    time.advance(1);
    const bo = await elsewhere.call('flash-sale:grab', { opId: late, ...grabbing, token: lateToken });
    expect(bo).toMatchObject(refused('TOKEN_REQUIRED'));
  });

  it('[FS33] with work takes a grab only with a token and a proof of work', async () => {
    const { host, join } = await stage(harness);
    const { saleId } = await startSale(host, { stock: 9, limitPerBuyer: 9, guard: 'work' });
    const ana = await join('ana');
    const id = opId();
    const { token, workBits } = await tokenFor(ana, saleId, id);
    expect(workBits).toBe(WORK_BITS);
    const proof = work(token, workBits);
    const attempt = (proofOf?: string) =>
      ana.call('flash-sale:grab', {
        opId: id,
        saleId,
        quantity: 1,
        token,
        ...(proofOf ? { proof: proofOf } : {}),
      });
    expect(await attempt()).toMatchObject(refused('TOKEN_REQUIRED'));
    expect(await attempt(work(token, workBits, false))).toMatchObject(refused('TOKEN_REQUIRED'));
    expect(await attempt(proof)).toMatchObject({ ok: true });
  });

  it('[FS34] gives tokens from the opening on, not before, and not after the end', async () => {
    const { time, node, host, join } = await stage(harness);
    await node.core.due.close();
    const sale = await startSale(host, { opensInMs: 30_000, durationMs: 60_000, guard: 'token' });
    const free = await startSale(host, { guard: 'none' });
    const ana = await join('ana');
    const ask = (...saleIds: string[]) => ana.call('flash-sale:token', { opId: opId(), saleIds });
    expect(await ask(sale.saleId)).toMatchObject(
      refused('NOT_OPEN', { retryAfterMs: 30_000, path: 'saleIds.0' }),
    );
    expect(await ask(free.saleId, 'none')).toMatchObject(refused('SALE_NOT_FOUND', { path: 'saleIds.1' }));
    time.advance(30_000);
    const both = await ask(free.saleId, sale.saleId);
    expect(both).toMatchObject({
      data: {
        tokens: [
          { token: null, workBits: 0 },
          { token: expect.any(String), workBits: 0 },
        ],
      },
    });
    time.advance(60_000);
    expect(await ask(sale.saleId)).toMatchObject(refused('ENDED'));
  });

  it('[FS34] gives tokens as soon as the host has opened, extended or closed, on every node', async () => {
    const { time, host, join } = await stage(harness);
    const second = await harness.node({ time });
    const { saleId } = await startSale(host, { opensInMs: 30_000, durationMs: 60_000, guard: 'token' });
    const ana = await join('ana', second);
    const ask = () => ana.call('flash-sale:token', { opId: opId(), saleIds: [saleId] });
    expect(await ask()).toMatchObject(refused('NOT_OPEN'));
    await host.must('flash-sale:open', { opId: opId(), saleId });
    await eventually(() => expect(ana.events('flash-sale:opened')).toHaveLength(1));
    expect(await ask()).toMatchObject({ ok: true });
    await host.must('flash-sale:close', { opId: opId(), saleId });
    await eventually(() => expect(ana.events('flash-sale:closed')).toHaveLength(1));
    await eventually(async () => expect(await ask()).toMatchObject(refused('ENDED')), { everyMs: 400 });
  });
});

describe('receipts', () => {
  it('[FS36] come with every answer to a grab, won or lost, and say what was answered', async () => {
    const { time, node, roomId, host, join } = await stage(harness);
    const { saleId } = await startSale(host, { stock: 1 });
    const [ana, bo] = [await join('ana'), await join('bo')];
    const id = opId();
    const won = await grab(ana, saleId, 1, id);
    if (!won.ok) throw new Error('refused');
    const head = async () => Number(await harness.redis.client.hget(node.core.keys.room(roomId).head, 'seq'));
    expect(verdictOf(won.data.receipt)).toEqual({
      ...{ roomId, userId: 'ana', opId: id, lines: [{ saleId, quantity: 1 }], verdict: 'HELD', reason: null },
      ...{ orderId: won.data.order.orderId, seq: await head(), atMs: time.nowMs },
    });
    const receipts: Receipt[] = [won.data.receipt];
    for (const [name, lose, code] of [
      ['bo', () => grab(bo, saleId), 'SOLD_OUT'],
      // By now the node answers for itself.
      ['bo', () => grab(bo, saleId), 'SOLD_OUT'],
      ['ana', () => grab(ana, saleId), 'LIMIT_REACHED'],
      ['ana', () => grab(ana, 'none'), 'SALE_NOT_FOUND'],
      ['ana', () => grab(ana, saleId, 9, id), 'IDEMPOTENCY_MISMATCH'],
    ] as const) {
      const before = await head();
      const lost = await lose();
      if (lost.ok || !lost.error.receipt) throw new Error('no receipt');
      const { seq, ...said } = verdictOf(lost.error.receipt);
      expect(said).toMatchObject({ userId: name, verdict: 'REFUSED', reason: code, orderId: null });
      // Others may come and go meanwhile, which is an event, too.
      expect(seq).toBeGreaterThanOrEqual(before);
      expect(seq).toBeLessThanOrEqual(await head());
      receipts.push(lost.error.receipt);
    }
    const { publicKey } = node.core.signing.key;
    for (const receipt of receipts) expect(verdictProblem(receipt, publicKey)).toBeUndefined();
  });

  it('[FS36] of a retry say what was decided then, also when the hold is long over', async () => {
    const { time, host, join, live } = await stage(harness);
    const { saleId } = await startSale(host, { stock: 1, holdMs: 30_000 });
    const ana = await join('ana');
    const id = opId();
    const won = await grab(ana, saleId, 1, id);
    time.advance(30_000);
    await eventually(async () => expect(await live(saleId)).toMatchObject({ available: 1 }));
    const again = await grab(ana, saleId, 1, id);
    if (!won.ok || !again.ok) throw new Error('refused');
    expect(again.data.order).toEqual(won.data.order);
    expect(verdictOf(again.data.receipt)).toEqual(verdictOf(won.data.receipt));
  });
});

describe('stock corrections', () => {
  it('[FS37] add or write off units in any phase, but nothing that buyers hold or wait for', async () => {
    const { node, roomId, host, join, live, merchant } = await stage(harness);
    const { flashSale } = node.core.stores;
    const { saleId } = await startSale(host, { stock: 3 });
    const correct = (units: number, op = merchant()) =>
      flashSale.correct(roomId, op, saleId, { units, reason: 'Counted "again" \\ 🫖' });
    expect(await grab(await join('ana'), saleId)).toMatchObject({ ok: true });
    expect(await correct(-3)).toMatchObject({ code: 'STOCK_TOO_SMALL' });
    const op = merchant();
    expect(await correct(-2, op)).toMatchObject({ ok: true, data: { total: 1, available: 0, held: 1 } });
    expect(await correct(-2, op)).toMatchObject({ ok: true });
    expect(await correct(-1, op)).toMatchObject({ ok: true });
    expect(await correct(-1, { ...op, fingerprint: 'other' })).toMatchObject({
      code: 'IDEMPOTENCY_MISMATCH',
    });
    expect(await correct(1_000_000)).toMatchObject({ code: 'STOCK_TOO_LARGE' });
    await host.must('flash-sale:pause', { opId: opId(), saleId });
    expect(await correct(2)).toMatchObject({ ok: true, data: { phase: 'paused', available: 2 } });
    await host.must('flash-sale:close', { opId: opId(), saleId });
    expect(await correct(-1)).toMatchObject({ ok: true, data: { phase: 'ended', total: 2, available: 1 } });
    expect(await live(saleId)).toMatchObject({ total: 2, available: 1, held: 1, sold: 0 });
    expect(await flashSale.correct(roomId, merchant(), 'none', { units: 1, reason: 'x' })).toMatchObject({
      code: 'SALE_NOT_FOUND',
    });
  });
});
