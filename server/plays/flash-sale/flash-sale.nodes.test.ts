import { describe, expect, it } from 'vitest';
import { eventually } from '../../testing/eventually.ts';
import { opId, standaloneHarness, TestTime, useHarness } from '../../testing/harness.ts';
import type { TestClient } from '../../testing/test-client.ts';
import { grab, hostedRoom, readFacts, startSale, stocksOf, withoutReceipt } from './testing.ts';

const harness = useHarness();

/** Counts what a node answers by itself and what it asks Redis. */
function counting() {
  const counts = { local: 0, batches: [] as number[] };
  const observer = {
    grabAnsweredLocally: () => {
      counts.local += 1;
    },
    grabBatch: (size: number) => void counts.batches.push(size),
  };
  return { counts, observer };
}

async function twoNodes() {
  const time = new TestTime();
  const one = counting();
  const two = counting();
  const nodes = [await harness.node({ time, ...one }), await harness.node({ time, ...two })] as const;
  const { roomId, host } = await hostedRoom(harness, nodes[0]);
  const join = (i: 0 | 1, userId: string) => harness.join(nodes[i], roomId, { userId });
  return { time, nodes, counts: [one.counts, two.counts] as const, roomId, host, join };
}

const lastStock = (client: TestClient) => client.events('flash-sale:stock-changed').at(-1)?.data;
const soldOut = { ok: false, error: { code: 'SOLD_OUT' } };

describe('two nodes', () => {
  it('[FS2] [FS1] never sell a unit twice', async () => {
    const { nodes, roomId, host, join } = await twoNodes();
    const sale = await startSale(host, { stock: 20, limitPerBuyer: 3 });
    const buyers = await Promise.all(Array.from({ length: 30 }, (_, i) => join((i % 2) as 0 | 1, `u${i}`)));
    const replies = await Promise.all(
      buyers.flatMap((buyer) => [grab(buyer, sale.saleId), grab(buyer, sale.saleId, 2)]),
    );
    const held = replies.map((reply) => (reply.ok ? (reply.data.order.lines[0]?.quantity ?? 0) : 0));
    expect(held.reduce((sum, quantity) => sum + quantity, 0)).toBe(20);
    const facts = await readFacts(harness, nodes[0], roomId);
    for (const { available, held: holding, sold, total } of stocksOf(facts, sale.saleId)) {
      expect(available + holding + sold).toBe(total);
      expect(Math.min(available, holding, sold)).toBeGreaterThanOrEqual(0);
    }
    expect(stocksOf(facts, sale.saleId).at(-1)).toEqual({ total: 20, available: 0, held: 20, sold: 0 });
  });

  it('[FS12] answer the losers of a sold-out sale themselves, but no one who has or had units', async () => {
    const { counts, host, join } = await twoNodes();
    const sale = await startSale(host);
    const [ana, bo] = [await join(0, 'ana'), await join(1, 'bo')];
    const winning = opId();
    const won = await grab(ana, sale.saleId, 1, winning);
    expect(won.ok).toBe(true);
    // Node two learns of it from the event log, and answers from then on.
    const loser = await join(1, 'cy');
    await eventually(async () => {
      const before = counts[1].local;
      expect(await grab(loser, sale.saleId)).toMatchObject(soldOut);
      expect(counts[1].local).toBe(before + 1);
    });
    const asked = counts[1].batches.length;
    expect(await grab(bo, sale.saleId)).toMatchObject(soldOut);
    expect(counts[1].batches.length).toBe(asked);
    // The winner's retry on the other node is asked of Redis and gets the first hold.
    const elsewhere = await join(1, 'ana');
    expect(withoutReceipt(await grab(elsewhere, sale.saleId, 1, winning))).toEqual(withoutReceipt(won));
    expect(await grab(elsewhere, sale.saleId)).toMatchObject({ error: { code: 'LIMIT_REACHED' } });
  });

  it('[FS13] let grabs through again once units come back', async () => {
    const { time, counts, host, join } = await twoNodes();
    const sale = await startSale(host, { holdMs: 30_000 });
    const [ana, bo] = [await join(0, 'ana'), await join(1, 'bo')];
    expect(await grab(ana, sale.saleId)).toMatchObject({ ok: true });
    const loser = await join(1, 'cy');
    await eventually(async () => {
      await grab(loser, sale.saleId);
      expect(counts[1].local).toBeGreaterThan(0);
    });
    time.advance(30_000);
    await eventually(() => expect(lastStock(bo)).toMatchObject({ available: 1, epoch: 1 }));
    expect(await grab(bo, sale.saleId)).toMatchObject({ ok: true });
    await eventually(() => expect(lastStock(ana)).toMatchObject({ available: 0 }));
    await host.must('flash-sale:restock', { opId: opId(), saleId: sale.saleId, units: 1 });
    await eventually(() => expect(lastStock(loser)).toMatchObject({ available: 1, epoch: 2, total: 2 }));
    await eventually(async () => expect(await grab(loser, sale.saleId)).toMatchObject({ ok: true }));
  });

  it('[FS14] show everyone the live stock in the end', async () => {
    const { nodes, roomId, host, join } = await twoNodes();
    const sale = await startSale(host, { stock: 40, limitPerBuyer: 40 });
    const watcher = await join(1, 'watcher');
    const buyers = await Promise.all(Array.from({ length: 12 }, (_, i) => join((i % 2) as 0 | 1, `b${i}`)));
    for (let round = 0; round < 3; round += 1)
      await Promise.all(buyers.map((buyer) => grab(buyer, sale.saleId)));
    const [live] = await nodes[0].core.stores.flashSale.list(roomId);
    expect(live).toMatchObject({ available: 4, held: 36 });
    await eventually(() => expect(lastStock(watcher)).toMatchObject({ available: 4, held: 36, total: 40 }));
    const covered = watcher.frames.map((frame) => [frame.fromSeq, frame.toSeq]);
    for (const [i, [from]] of covered.entries()) if (i > 0) expect(from).toBe((covered[i - 1]?.[1] ?? 0) + 1);
  });

  it('[FS15] decide grabs that come together in one call, in their order', async () => {
    const { counts, host, join } = await twoNodes();
    const sale = await startSale(host, { stock: 100, limitPerBuyer: 1 });
    const buyers = await Promise.all(Array.from({ length: 20 }, (_, i) => join(0, `b${i}`)));
    const replies = await Promise.all(buyers.map((buyer) => grab(buyer, sale.saleId)));
    expect(replies.every((reply) => reply.ok)).toBe(true);
    expect(counts[0].batches.reduce((sum, size) => sum + size, 0)).toBe(20);
    expect(counts[0].batches.length).toBeLessThan(20);
    expect(Math.max(...counts[0].batches)).toBeLessThanOrEqual(64);
  });
});

describe('outages', () => {
  it('[FS21] do at the next start what was due while no node ran', async () => {
    const time = new TestTime();
    const node = await harness.node({ time });
    const { roomId, host } = await hostedRoom(harness, node);
    const opening = await startSale(host, { opensInMs: 60_000, durationMs: 600_000 });
    const selling = await startSale(host, { holdMs: 30_000, durationMs: 90_000 });
    expect(await grab(host, selling.saleId)).toMatchObject({ ok: true });
    await node.close();
    time.advance(100_000);
    const next = await harness.node({ time });
    await eventually(async () => {
      const sales = await next.core.stores.flashSale.list(roomId);
      const of = (saleId: string) => sales.find((sale) => sale.saleId === saleId);
      expect(of(opening.saleId)).toMatchObject({ phase: 'open', opensAtMs: opening.opensAtMs });
      expect(of(selling.saleId)).toMatchObject({ phase: 'ended', available: 1, held: 0 });
    });
  });

  it('[FS23] say so, and a repeated grab has one effect', async () => {
    const own = standaloneHarness();
    await own.start();
    try {
      const node = await own.node();
      const { roomId, host } = await hostedRoom(own, node);
      const sale = await startSale(host, { stock: 5, limitPerBuyer: 5 });
      const ana = await own.join(node, roomId, { userId: 'ana' });
      const id = opId();
      own.redis.signal('SIGSTOP');
      // The script is written to a Redis that hangs: it runs once Redis goes on.
      expect(await grab(ana, sale.saleId, 1, id)).toMatchObject({
        error: { code: 'OUTCOME_UNKNOWN', retryable: true },
      });
      own.redis.signal('SIGCONT');
      const again = await eventually(async () => {
        const reply = await grab(ana, sale.saleId, 1, id);
        expect(reply.ok).toBe(true);
        return reply;
      });
      expect(withoutReceipt(await grab(ana, sale.saleId, 1, id))).toEqual(withoutReceipt(again));
      expect((await node.core.stores.flashSale.list(roomId))[0]).toMatchObject({ held: 1, available: 4 });
    } finally {
      await own.close();
    }
  });
});
