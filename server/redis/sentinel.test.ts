import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useCheckedHarness } from '../testing/contract-checks.ts';
import { eventually } from '../testing/eventually.ts';
import { opId, type TestNode, TestTime } from '../testing/harness.ts';
import { startTestSentinel, type TestSentinel } from '../testing/test-topologies.ts';
import { openClient } from './testing.ts';

let sentinel: TestSentinel;
beforeAll(async () => {
  sentinel = await startTestSentinel();
});
const harness = useCheckedHarness({ redis: false });
afterAll(() => sentinel.close());

const time = new TestTime();

/** A sale from planning to the expiry of a hold, and a chat, over two nodes. */
async function wholeEvening(a: TestNode, b: TestNode): Promise<void> {
  const roomId = await harness.room(a);
  const host = await harness.join(a, roomId, { userId: 'host', role: 'host' });
  const ana = await harness.join(b, roomId, { userId: 'ana' });
  await host.must('chat:say', { opId: opId(), text: 'welcome' });
  await eventually(() => expect(ana.events('chat:said')).toHaveLength(1));
  const { sale } = await host.must('flash-sale:schedule', {
    ...{ opId: opId(), productId: 'p1', priceMinor: 100, stock: 1, opensInMs: 1000, guard: 'none' },
  });
  time.advance(1000);
  await eventually(() => expect(ana.events('flash-sale:opened')).toHaveLength(1));
  const { order } = await ana.must('flash-sale:grab', { opId: opId(), saleId: sale.saleId, quantity: 1 });
  time.advance(order.holdExpiresAtMs - time.nowMs);
  await eventually(() =>
    expect(ana.notices.at(-1)).toMatchObject({
      name: 'order:changed',
      data: { order: { state: 'EXPIRED' } },
    }),
  );
  await eventually(() =>
    expect(host.events('flash-sale:stock-changed').at(-1)?.data).toMatchObject({ available: 1, held: 0 }),
  );
}

describe('with sentinel', () => {
  it('[RD37] a client that hears of the failover while it asks for the master does not give up', async () => {
    const client = (await openClient(sentinel.url)) as Redis;
    // What ioredis' failover detector does; it sits beside the client, where only ioredis can reach.
    const { connector } = client as unknown as { connector: { disconnect(): void } };
    const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
    client.once('connecting', () => connector.disconnect());
    client.stream.destroy();
    await ended;
    await eventually(async () => expect(await client.set('written', 'again')).toBe('OK'));
    client.disconnect();
    await eventually(() => expect(client.status).toBe('end'));
  });

  it('[RD37] nodes use the master, and the one that took its place after a kill -9', async () => {
    const a = await harness.node({ time, redisUrl: sentinel.url });
    const b = await harness.node({ time, redisUrl: sentinel.url });
    await wholeEvening(a, b);

    const roomId = await harness.room(a);
    const ana = await harness.join(a, roomId, { userId: 'ana' });
    const bo = await harness.join(b, roomId, { userId: 'bo' });
    await ana.must('chat:say', { opId: opId(), text: 'before' });
    await eventually(() => expect(bo.events('chat:said')).toHaveLength(1));
    const { offset } = await position(sentinel.master.client.info('replication'));
    await eventually(async () =>
      expect((await position(sentinel.replica.client.info('replication'))).offset).toBeGreaterThanOrEqual(
        offset,
      ),
    );
    await sentinel.master.kill();
    await eventually(
      async () => expect((await position(sentinel.replica.client.info('replication'))).role).toBe('master'),
      { withinMs: 15_000 },
    );
    for (const node of [a, b]) await eventually(() => node.core.redis.set('written', 'again'));
    await ana.must('chat:say', { opId: opId(), text: 'after' });
    for (const client of [ana, bo]) {
      await eventually(() =>
        expect(client.events('chat:said').map(({ data }) => (data as { text: string }).text)).toEqual([
          'before',
          'after',
        ]),
      );
      expect(client.socket.connected).toBe(true);
    }
    await wholeEvening(a, b);
  });
});

async function position(info: Promise<string>): Promise<{ role: string; offset: number }> {
  const text = await info;
  return {
    role: /role:(\w+)/.exec(text)?.[1] ?? '',
    offset: Number(/master_repl_offset:(\d+)/.exec(text)?.[1]),
  };
}
