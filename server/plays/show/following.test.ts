import { describe, expect, it } from 'vitest';
import type { OrderRecord } from '../../../shared/trade/order.ts';
import { systemClock } from '../../kernel/clock.ts';
import { createLog } from '../../kernel/log.ts';
import { eventually } from '../../testing/eventually.ts';
import { useHarness } from '../../testing/harness.ts';
import { watchRedis } from '../../testing/redis-commands.ts';
import { ShowStore } from './show.store.ts';
import { exact, HOUR, MINUTE, showRoom, told } from './testing.ts';

const harness = useHarness({ topology: 'standalone' });

/** Facts of paid orders as a long show has them, written in one go. */
async function manyOrders(ledger: string, head: string, from: number, count: number, atMs: number) {
  const { client } = harness.redis;
  for (let done = 0; done < count; done += 5000) {
    const pipe = client.pipeline();
    for (let i = done; i < Math.min(count, done + 5000); i += 1) {
      const [n, no] = [from + i, 1 + (i >> 1)];
      const [kind, to] = i % 2 === 0 ? ['order-held', 'HELD'] : ['order-paid', 'PAID'];
      const line = { saleId: 's1', productId: 'p1', title: 'Tea', quantity: 2, priceMinor: 300 };
      const data = {
        orderId: `o${no}-AAAAAAAAAAAA`,
        no,
        userId: `u${no % 700}`,
        from: null,
        to,
        lines: [line],
        amountMinor: 600,
      };
      const words = [
        'kind',
        kind as string,
        'actor',
        'x',
        'op',
        '',
        'at',
        String(atMs + i),
        'data',
        JSON.stringify(data),
      ];
      pipe.xadd(ledger, `${n}-0`, ...words);
    }
    await pipe.exec();
  }
  await client.hset(head, 'fact', from + count - 1, 'order', count >> 1);
}

describe('a node that shows the figures', () => {
  it('[SW7] reads each fact once: the second look at 50,000 of them costs what a look at none costs', async () => {
    const all = await showRoom(harness);
    const { ledger, head } = all.node.core.keys.room(all.roomId);
    await all.start();
    const from = Number(await harness.redis.client.hget(head, 'fact')) + 1;
    await manyOrders(ledger, head, from, 50_000, all.time.nowMs);
    all.time.advance(50_000);
    const ask = () => all.node.core.stores.show.board(all.roomId);
    // The first look may take longer than a caller is kept waiting.
    const first = await eventually(
      async () => {
        const outcome = await ask();
        if (!outcome.ok) throw new Error(outcome.code);
        return outcome.data;
      },
      { withinMs: 20_000 },
    );
    const sums = {
      orders: 25_000,
      paidOrders: 25_000,
      buyers: 700,
      heldUnits: 50_000,
      revenueMinor: 15_000_000,
    };
    expect(first?.totals).toMatchObject(sums);

    const watched = await watchRedis(harness.redis);
    const second = await ask();
    const asked = await eventually(() => {
      const words = watched.commands.filter((command) => command.some((word) => word.includes(all.roomId)));
      expect(words.filter(([name]) => name === 'xrange').length).toBeGreaterThanOrEqual(2);
      return words;
    });
    watched.stop();
    expect(second).toMatchObject({ ok: true, data: { totals: sums } });
    const reads = asked?.filter(([name]) => name === 'xrange') ?? [];
    // Each of the two followers reads from the last fact that it knows.
    expect(reads.map((words) => words[2])).toEqual([String(from + 49_999), String(from + 49_999)]);
    // What scripts do, and what follows the ledger by itself, is not of this look.
    const plain = asked?.filter(([name = '']) => /^(?!eval)[a-z]+$/.test(name)) ?? [];
    expect(plain.length).toBeLessThanOrEqual(50);
  });

  it('[SW6] says that its report is partial where facts were trimmed, and the rest is still right', async () => {
    const all = await showRoom(harness);
    const { ledger } = all.node.core.keys.room(all.roomId);
    const { saleId } = await all.sell({ holdMs: 1_800_000 });
    const show = await all.start();
    await all.pay((await all.grab('ana', saleId)) as OrderRecord);
    const order = (await all.grab('bo', saleId)) as OrderRecord;
    const whole = await all.report(show.sessionId);
    expect(whole).toMatchObject({ isPartial: false, totals: { orders: 2, revenueMinor: 5900 } });
    await harness.redis.client.xtrim(ledger, 'MAXLEN', 1);
    await all.pay(order);
    // Whoever had read on before knows it all; whoever comes now does not.
    expect(await all.report(show.sessionId)).toMatchObject({
      ...{ isPartial: false, totals: { orders: 2, revenueMinor: 11_800 } },
    });
    const fresh = await harness.node({ time: all.time });
    const partial = { isPartial: true, totals: { orders: 1, paidOrders: 1, revenueMinor: 5900 } };
    expect(await all.report(show.sessionId, fresh)).toMatchObject(partial);
    await all.end();
    await all.report(show.sessionId);
    await harness.redis.client.xtrim(ledger, 'MAXLEN', 0);
    const last = await harness.node({ time: all.time });
    expect(await all.report(show.sessionId, last)).toMatchObject({ isPartial: true, totals: { orders: 0 } });
    expect((await all.report(show.sessionId)).isPartial).toBe(false);
  });

  it('[SW6] goes on behind a fact that cannot be read, and says that something is missing', async () => {
    const all = await showRoom(harness);
    const { ledger, head } = all.node.core.keys.room(all.roomId);
    const { saleId } = await all.sell();
    const show = await all.start();
    const n = await harness.redis.client.hincrby(head, 'fact', 1);
    const words = [
      'kind',
      'order-paid',
      'actor',
      'x',
      'op',
      '',
      'at',
      String(all.time.nowMs),
      'data',
      '{"no":',
    ];
    await harness.redis.client.xadd(ledger, `${n}-0`, ...words);
    await all.pay((await all.grab('ana', saleId)) as OrderRecord);
    expect((await all.board()).totals).toMatchObject({ orders: 1, paidOrders: 1, revenueMinor: 5900 });
    expect(await all.report(show.sessionId)).toMatchObject({
      isPartial: true,
      totals: { revenueMinor: 5900 },
    });
  });

  it('[SW6] counts anew where Redis lost facts that were counted, also when others took their numbers', async () => {
    const all = await showRoom(harness);
    const { client } = harness.redis;
    const { ledger, head, order: orderKey } = all.node.core.keys.room(all.roomId);
    const { saleId } = await all.sell({ holdMs: 1_800_000 });
    await all.start();
    await all.grab('ana', saleId);
    const before = Number(await client.hget(head, 'fact'));
    const lost = (await all.grab('bo', saleId, 5)) as OrderRecord;
    expect((await all.board()).totals).toMatchObject({ orders: 2, heldUnits: 6 });
    await client.xdel(ledger, `${before + 1}-0`);
    await client.del(orderKey(lost.no));
    await client.hset(head, 'fact', before, 'order', 1);
    await client.call('XSETID', ledger, `${before}-0`);
    expect((await all.board()).totals).toMatchObject({ orders: 1, heldUnits: 1 });
    const { time } = all;
    time.advance(10);
    await all.grab('cy', saleId, 2);
    const board = await all.board();
    expect(board.totals).toMatchObject({ orders: 2, heldUnits: 3 });
    expect(exact(await all.board(await harness.node({ time })))).toEqual(exact(board));
  });

  it('[SW5] the report is sealed an hour after the end, by the clock, and stays when all else is gone', async () => {
    const all = await showRoom(harness);
    const { client } = harness.redis;
    const room = all.node.core.keys.room(all.roomId);
    const { saleId } = await all.sell({ holdMs: 1_800_000, durationMs: HOUR });
    const show = await all.start('Sealed');
    await all.host.must('chat:say', { opId: 'op-sealed-1', text: 'hello' });
    await eventually(async () => {
      await told(all.node);
      expect((await all.report(show.sessionId)).totals).toMatchObject({ messages: 1 });
    });
    await all.pay((await all.grab('ana', saleId)) as OrderRecord);
    await all.end();
    const report = await all.report(show.sessionId);
    expect(await client.hlen(room.showReports)).toBe(0);
    all.time.advance(HOUR + MINUTE);
    await eventually(async () => {
      await all.node.core.due.announce(all.roomId, 0);
      await all.node.core.due.poll();
      expect(await client.hlen(room.showReports)).toBe(1);
      expect(await client.zrange(room.due, 0, '-1')).not.toContain('show:seal:1');
    });
    await client.del(room.ledger, room.showMinutes(Math.floor(all.time.nowMs / 86_400_000)));
    const fresh = await harness.node({ time: all.time });
    expect(exact(await all.report(show.sessionId, fresh))).toEqual(exact(report));
  });

  it('[SW5] no report is sealed before its hour is over, whatever the clock of a node says', async () => {
    const all = await showRoom(harness);
    const { core } = all.node;
    const { showReports } = core.keys.room(all.roomId);
    const { saleId } = await all.sell({ holdMs: 1_800_000 });
    const show = await all.start();
    const order = (await all.grab('ana', saleId)) as OrderRecord;
    await all.end();
    const { redis, keys } = core;
    const ahead = new ShowStore({
      ...{ redis, keys, clock: systemClock, log: createLog({ level: 'silent', format: 'json' }) },
      local: () => undefined,
      scriptNow: () => String(all.time.nowMs),
      serverNowMs: () => all.time.nowMs + 2 * HOUR,
    });
    expect(await ahead.report(all.roomId, show.sessionId)).toMatchObject({ ok: true });
    expect(await redis.hlen(showReports)).toBe(0);
    await all.pay(order);
    all.time.advance(HOUR + MINUTE);
    expect((await all.report(show.sessionId)).totals).toMatchObject({ paidOrders: 1, revenueMinor: 5900 });
    expect(await redis.hlen(showReports)).toBe(1);
  });

  it('[SW5] reports that are due at once are written one after the other', async () => {
    const all = await showRoom(harness);
    const { redis, keys, due } = all.node.core;
    const { ledger, showReports } = keys.room(all.roomId);
    for (let i = 0; i < 30; i += 1) {
      await all.start();
      await all.end();
    }
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const read = redis.xrange.bind(redis) as (...words: unknown[]) => Promise<unknown>;
    let reading = 0;
    const xrange = async (...words: unknown[]): Promise<unknown> => {
      reading += words[0] === ledger && words[2] === String(Number.MAX_SAFE_INTEGER) ? 1 : 0;
      await answered;
      return read(...words);
    };
    Object.assign(redis, { xrange });
    all.time.advance(HOUR + MINUTE);
    await eventually(async () => {
      await due.announce(all.roomId, 0);
      await due.poll();
      // The turn of each comes again later, in case this node does not live to end it.
      expect(await redis.zcount(keys.room(all.roomId).due, 0, all.time.nowMs)).toBe(0);
      expect(reading).toBe(1);
    });
    answer();
    await eventually(async () => expect(await redis.hlen(showReports)).toBe(30));
  });

  it('[SW6] a show whose end was trimmed takes no orders of the next one', async () => {
    const all = await showRoom(harness);
    const { ledger } = all.node.core.keys.room(all.roomId);
    const { saleId } = await all.sell({ holdMs: 1_800_000 });
    const first = await all.start();
    await all.grab('ana', saleId);
    await all.end();
    const [last] = await harness.redis.client.xrevrange(ledger, '+', '-', 'COUNT', 1);
    await all.start('The next');
    await all.pay((await all.grab('bo', saleId)) as OrderRecord);
    await harness.redis.client.xtrim(ledger, 'MINID', `${Number.parseInt(String(last?.[0]), 10) + 1}-0`);
    expect(await all.report(first.sessionId)).toMatchObject({
      ...{ isPartial: true, totals: { orders: 0, heldUnits: 0, paidOrders: 0, revenueMinor: 0 } },
    });
  });

  it('[SW13] keeps the latest hundred shows of a room', async () => {
    const all = await showRoom(harness);
    const { client } = harness.redis;
    const room = all.node.core.keys.room(all.roomId);
    const first = await all.start('Show 1');
    await all.end();
    all.time.advance(2 * HOUR);
    await all.report(first.sessionId);
    expect(await client.hlen(room.showReports)).toBe(1);
    for (let i = 2; i <= 101; i += 1) {
      await all.start(`Show ${i}`);
      if (i < 101) await all.end();
      all.time.advance(1000);
    }
    const shows = await all.list();
    expect(shows.map(({ title }) => title)).toEqual(Array.from({ length: 100 }, (_, i) => `Show ${101 - i}`));
    expect(shows.map(({ endedAtMs }) => endedAtMs === null)).toEqual([true, ...Array(99).fill(false)]);
    expect(await all.node.core.stores.show.report(all.roomId, first.sessionId)).toEqual({
      ...{ ok: false, code: 'SHOW_NOT_FOUND' },
    });
    expect(await client.hlen(room.showReports)).toBe(0);
  });
});
