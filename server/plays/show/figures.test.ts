import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OrderRecord } from '../../../shared/trade/order.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId, useHarness } from '../../testing/harness.ts';
import { exact, HOUR, MINUTE, type NextRoom, nextRoom, showRoom } from './testing.ts';

const harness = useHarness();
const seed = Number(process.env.LIVESTALL_TEST_SEED);

/** What happened, as the test itself noted it. */
type Noted = { atMs: number; no: number; userId: string; held?: number; paid?: number; minor?: number };
const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
const figures = (noted: readonly Noted[]) => ({
  held: sum(noted.map(({ held = 0 }) => held)),
  paid: sum(noted.map(({ paid = 0 }) => paid)),
  revenueMinor: sum(noted.map(({ minor = 0 }) => minor)),
});

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('grab' as const),
      who: fc.nat(5),
      units: fc.integer({ min: 1, max: 3 }),
      sale: fc.nat(1),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('pay' as const, 'refund' as const, 'cancel' as const),
      which: fc.nat(20),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 100_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('look' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Holds that are over end, now and not while somebody looks. */
const everythingDue = ({ node, roomId, time }: NextRoom) =>
  eventually(async () => {
    await node.core.due.announce(roomId, 0);
    await node.core.due.poll();
    const { due } = node.core.keys.room(roomId);
    expect(await harness.redis.client.zcount(due, 0, time.nowMs)).toBe(0);
  });

/** Does what the steps say, and notes what came of it. */
async function run(all: NextRoom, steps: readonly Step[], sales: readonly string[]): Promise<Noted[]> {
  const orders: OrderRecord[] = [];
  const noted: Noted[] = [];
  const note = ({ no, userId }: OrderRecord, what: Partial<Noted>) =>
    noted.push({ atMs: all.time.nowMs, no, userId, ...what });
  for (const one of steps) {
    all.time.advance(1);
    if (one.do === 'wait') all.time.advance(one.ms);
    else if (one.do === 'look') await all.board();
    else if (one.do === 'grab') {
      const order = await all.grab(`u${one.who}`, sales[one.sale] as string, one.units);
      if (order) note(order, { held: one.units });
      if (order) orders.push(order);
    } else {
      const order = orders[one.which % Math.max(1, orders.length)];
      if (!order) continue;
      const before = await all.record(order.orderId);
      const outcome = await all[one.do](order);
      if (!outcome.ok) continue;
      const units = sum(order.lines.map(({ quantity }) => quantity));
      if (outcome.data.state === before?.state) continue;
      if (outcome.data.state === 'PAID') note(order, { paid: units, minor: order.amountMinor });
      else if (before?.state === 'PAID') note(order, { minor: -order.amountMinor });
    }
  }
  return noted;
}

describe('the figures of a show', () => {
  it('[SW2] [SW3] [SW4] equal what happened, on every node, by the minute and in all', {
    timeout: 120_000,
  }, async () => {
    const first = await showRoom(harness);
    const other = await harness.node({ time: first.time });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), fc.nat(40), async (steps, cut) => {
        const all = await nextRoom(harness, first);
        const sales = [await all.sell({ stock: 12 }), await all.sell({ priceMinor: 250, limitPerBuyer: 4 })];
        const saleIds = sales.map(({ saleId }) => saleId);
        const before = await run(all, steps.slice(0, cut), saleIds);
        const { sessionId, startedAtMs } = await all.start();
        const lastBefore = Math.max(0, ...before.map(({ no }) => no));
        const during = await run(all, steps.slice(cut), saleIds);
        await everythingDue(all);
        const board = await all.board();
        expect(exact(await all.board(other))).toEqual(exact(board));
        const everything = [...before, ...during];
        for (const { atMs, held, paid, revenueMinor } of board.minutes) {
          const then = everything.filter((one) => Math.floor(one.atMs / MINUTE) * MINUTE === atMs);
          expect({ atMs, held, paid, revenueMinor }).toEqual({ atMs, ...figures(then) });
        }
        const own = during.filter(({ no }) => no > lastBefore);
        const paying = own.filter(({ paid }) => paid !== undefined);
        expect(board.totals).toMatchObject({
          orders: own.filter(({ held }) => held !== undefined).length,
          paidOrders: paying.length,
          buyers: new Set(paying.map(({ userId }) => userId)).size,
          heldUnits: figures(own).held,
          paidUnits: figures(own).paid,
          revenueMinor: figures(own).revenueMinor,
          returnedMinor: sum(own.map(({ minor = 0 }) => Math.max(0, -minor))),
        });

        const report = await all.report(sessionId);
        expect(exact(await all.report(sessionId, other))).toEqual(exact(report));
        expect(report).toMatchObject({ isPartial: false, currency: 'CNY' });
        expect(exact(report.totals as object)).toEqual(exact(board.totals as object));
        expect(report.buckets[0]?.atMs).toBe(Math.floor(startedAtMs / MINUTE) * MINUTE);
        const inAll = (of: 'held' | 'paid' | 'revenueMinor') => sum(report.buckets.map((one) => one[of]));
        expect({ held: inAll('held'), paid: inAll('paid'), revenueMinor: inAll('revenueMinor') }).toEqual(
          figures(own),
        );
        expect(sum(report.sales.map(({ revenueMinor }) => revenueMinor))).toBe(figures(own).revenueMinor);
        expect(sum(report.sales.map(({ heldUnits }) => heldUnits))).toBe(figures(own).held);
      }),
      { seed, numRuns: 12 },
    );
  });

  it('[SW4] [SW5] are of the minutes in which things happened, also after the show', async () => {
    const all = await showRoom(harness);
    all.time.nowMs = Math.floor(all.time.nowMs / HOUR) * HOUR + 10_000;
    const sale = await all.sell({ holdMs: 1_800_000 });
    const first = await all.grab('early', sale.saleId);
    const show = await all.start('Mugs & "tea"');
    all.time.advance(MINUTE);
    const a = await all.grab('ana', sale.saleId, 2);
    all.time.advance(2 * MINUTE);
    const b = await all.grab('bo', sale.saleId);
    await all.pay(a as OrderRecord);
    await all.pay(first as OrderRecord);
    const endedAtMs = await all.end();
    await all.grab('late', sale.saleId);
    all.time.advance(5 * MINUTE);
    await all.pay(b as OrderRecord);
    const report = await all.report(show.sessionId);
    const row = { viewers: null, messages: 0, grabs: 0, held: 0, paid: 0, revenueMinor: 0 };
    expect(report).toMatchObject({
      show: { sessionId: show.sessionId, title: 'Mugs & "tea"', startedAtMs: show.startedAtMs, endedAtMs },
      totals: { orders: 2, paidOrders: 2, buyers: 2, heldUnits: 3, paidUnits: 3, revenueMinor: 3 * 5900 },
      bucketMs: MINUTE,
      sales: [{ saleId: sale.saleId, title: 'Product 1', total: 1000, heldUnits: 3, paidUnits: 3 }],
    });
    const startMs = show.startedAtMs - 10_000;
    expect(report.buckets.map(({ viewers: _viewers, ...bucket }) => bucket)).toEqual(
      [
        {},
        { held: 2 },
        {},
        { held: 1, paid: 2, revenueMinor: 11_800 },
        ...[{}, {}, {}, {}],
        { paid: 1, revenueMinor: 5900 },
      ].map((more, i) => {
        const { viewers: _viewers, ...rest } = { ...row, ...more, atMs: startMs + i * MINUTE };
        return rest;
      }),
    );
  });

  it('[SW5] an order is of one show, and what becomes of it an hour later is of none', async () => {
    const all = await showRoom(harness);
    const { saleId } = await all.sell({ holdMs: 1_800_000 });
    const one = await all.start('One');
    const order = (await all.grab('ana', saleId)) as OrderRecord;
    await all.end();
    all.time.advance(MINUTE);
    const two = await all.start('Two');
    await all.pay(order);
    await all.grab('bo', saleId);
    expect((await all.board()).totals).toMatchObject({ orders: 1, paidOrders: 0, revenueMinor: 0 });
    expect((await all.report(one.sessionId)).totals).toMatchObject({ orders: 1, revenueMinor: 5900 });
    await all.end();
    all.time.advance(HOUR - 2 * MINUTE);
    await all.refund(order);
    const returned = { orders: 1, paidOrders: 1, revenueMinor: 0, returnedMinor: 5900 };
    expect((await all.report(one.sessionId)).totals).toMatchObject(returned);
    expect((await all.report(two.sessionId)).totals).toMatchObject({ orders: 1, revenueMinor: 0 });
    const late = await showRoom(harness);
    const sale = await late.sell({ holdMs: 1_800_000 });
    const show = await late.start();
    const paid = (await late.grab('ana', sale.saleId)) as OrderRecord;
    await late.pay(paid);
    await late.end();
    late.time.advance(HOUR + 1000);
    await late.refund(paid);
    for (const node of [late.node, await harness.node({ time: late.time })]) {
      expect((await late.report(show.sessionId, node)).totals).toMatchObject({
        ...{ revenueMinor: 5900, returnedMinor: 0 },
      });
    }
  });

  it('[SW4] a long show has at most 240 buckets, and their sums are still those of the show', async () => {
    const all = await showRoom(harness);
    const { saleId } = await all.sell({ holdMs: 30_000, durationMs: 23 * HOUR });
    const show = await all.start();
    for (let i = 0; i < 12; i += 1) {
      await all.pay((await all.grab(`u${i}`, saleId, 2)) as OrderRecord);
      all.time.advance(HOUR);
      if (i % 5 === 0) await all.report(show.sessionId);
    }
    const report = await all.report(show.sessionId);
    expect(report.bucketMs).toBe(4 * MINUTE);
    expect(report.buckets).toHaveLength(181);
    const gaps = report.buckets.map(({ atMs }, i) => atMs - i * 4 * MINUTE);
    expect(new Set(gaps).size).toBe(1);
    expect(sum(report.buckets.map(({ paid }) => paid))).toBe(24);
    expect(report.totals.revenueMinor).toBe(24 * 5900);
    const fresh = await harness.node({ time: all.time });
    expect(exact(await all.report(show.sessionId, fresh))).toEqual(exact(report));
  });

  it('[SW4] a report names the sales that opened during the show or sold, and its draws', async () => {
    const all = await showRoom(harness);
    const before = await all.sell({ priceMinor: 100 });
    // Open before the show, and nobody took any of it.
    await all.sell({ priceMinor: 200 });
    const show = await all.start();
    all.time.advance(1000);
    const quiet = await all.sell({ priceMinor: 300, opensInMs: 1000 });
    await all.sell({ priceMinor: 400, opensInMs: HOUR });
    await all.pay((await all.grab('ana', before.saleId, 2)) as OrderRecord);
    const announce = async (title: string) => {
      const terms = {
        title,
        prizes: [{ title: 'A bag', valueMinor: 100, count: 1 }],
        trust: 'operator' as const,
      };
      return (await all.host.must('lottery:announce', { opId: opId(), ...terms, durationMs: 10_000 })).draw
        .drawId;
    };
    const [won, called] = [await announce('Bag "one"'), await announce('Off')];
    const ana = await all.join('ana');
    all.time.advance(2000);
    await eventually(async () =>
      expect(await ana.call('lottery:enter', { drawId: won })).toMatchObject({ ok: true }),
    );
    await all.host.must('lottery:cancel', { opId: opId(), drawId: called, reason: 'A mistake.' });
    await everythingDue(all);
    await all.end();
    await announce('After');
    all.time.advance(20_000);
    await eventually(async () => {
      const report = await all.report(show.sessionId);
      expect(report.draws).toEqual([
        { drawId: won, title: 'Bag "one"', entries: 1, winners: 1, isCancelled: false },
        { drawId: called, title: 'Off', entries: 0, winners: 0, isCancelled: true },
      ]);
      expect(report.sales).toMatchObject([
        { saleId: before.saleId, priceMinor: 100, heldUnits: 2, paidUnits: 2, revenueMinor: 200 },
        { saleId: quiet.saleId, priceMinor: 300, heldUnits: 0, paidUnits: 0, revenueMinor: 0 },
      ]);
    });
  });

  it('[SW1] the board has the last twenty minutes without gaps, and the orders that changed last first', async () => {
    const all = await showRoom(harness);
    const { saleId } = await all.sell({ holdMs: 1_800_000 });
    expect(await all.board()).toMatchObject({ totals: null, orders: [] });
    const orders: OrderRecord[] = [];
    for (let i = 0; i < 35; i += 1) {
      all.time.advance(1000);
      orders.push((await all.grab(`u${i}`, saleId)) as OrderRecord);
    }
    all.time.advance(MINUTE);
    await all.pay(orders[1] as OrderRecord);
    const board = await all.board();
    const nowMinute = Math.floor(all.time.nowMs / MINUTE);
    expect(board.minutes.map(({ atMs }) => atMs / MINUTE)).toEqual(
      Array.from({ length: 20 }, (_, i) => nowMinute - 19 + i),
    );
    expect(board.orders).toHaveLength(30);
    expect(board.orders.slice(0, 3).map(({ no, state }) => [no, state])).toEqual([
      [2, 'PAID'],
      [35, 'HELD'],
      [34, 'HELD'],
    ]);
    expect(exact(await all.board(await harness.node({ time: all.time })))).toEqual(exact(board));
    all.time.advance(25 * MINUTE);
    // Nothing happened for a while: the newest ones, whatever became of others long ago.
    const later = await all.board();
    expect(later.orders.map(({ no }) => no)).toEqual(Array.from({ length: 30 }, (_, i) => 35 - i));
    expect(later.minutes.every(({ held, paid }) => held + paid === 0)).toBe(true);
    expect(exact(await all.board(await harness.node({ time: all.time })))).toEqual(exact(later));
  });
});
