import { beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { useHarness } from '../testing/harness.ts';
import { openShop } from './api/testing/shop.ts';
import { type HttpNode, httpNode } from './testing.ts';

const harness = useHarness({ topology: 'standalone', appendonly: true });
let node: HttpNode;
let roomId: string;
beforeAll(async () => {
  node = await httpNode(harness);
  roomId = await harness.room(node);
});

type Ready = {
  status: string;
  redis: { mode: string; ok: boolean; reason?: string; mayLose: string };
  node: string;
};
const readyz = async (): Promise<{ status: number; body: Ready; tookMs: number }> => {
  const startedMs = performance.now();
  const answer = await node.api.call('GET', '/readyz');
  return { status: answer.status, body: answer.json as Ready, tookMs: performance.now() - startedMs };
};

async function healed(): Promise<void> {
  await eventually(async () => expect((await readyz()).status).toBe(200), { withinMs: 10_000 });
  await eventually(async () =>
    expect((await node.api.call('GET', `/api/v1/rooms/${roomId}`)).status).toBe(200),
  );
}

describe('Redis away', () => {
  it('[HT13] while Redis is up, the node is ready and says how it is run', async () => {
    const { status, body } = await readyz();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'ready',
      redis: { mode: 'embedded', ok: true },
      node: node.core.config.nodeId,
    });
    expect(body.redis.mayLose).toMatch(/last second/);
    expect(await harness.redis.client.get(node.core.keys.probe)).toBe(body.node);
  });

  it('[HT8] [HT13] Redis is gone', async () => {
    await harness.redis.kill();
    const { status, body, tookMs } = await readyz();
    expect(status).toBe(503);
    expect(body).toMatchObject({ status: 'not-ready', redis: { ok: false } });
    expect(JSON.stringify(body)).not.toContain(harness.redis.path);
    expect(tookMs).toBeLessThan(1500);
    expect((await node.api.call('GET', '/healthz')).json).toEqual({ status: 'ok' });
    for (const [method, path, input] of [
      ['GET', '/api/v1/rooms'],
      ['GET', '/rooms.json'],
      ['PATCH', `/api/v1/rooms/${roomId}`, { title: 'X' }],
      ['POST', `/api/v1/rooms/${roomId}/products`, { title: 'X', priceMinor: 1 }],
    ] as const) {
      const answer = await node.api.call(method, path, input);
      expect([answer.status, answer.headers.get('retry-after')], path).toEqual([503, '1']);
      expect(['UNAVAILABLE', 'OUTCOME_UNKNOWN']).toContain((answer.json as { code: string }).code);
    }
    expect((await node.api.call('GET', '/metrics')).text).toContain('\nlivestall_redis_up 0');
    await harness.redis.restart();
    await healed();
    expect((await node.api.call('GET', '/metrics')).text).toContain('\nlivestall_redis_up 1');
  });

  it('[HT8] [HT17] a payment that got no answer is told again with its key, and happened once', async () => {
    const shop = await openShop(node);
    const order = await shop.grab();
    const path = `${shop.path}/orders/${order.orderId}/payment`;
    const payment = { amountMinor: order.amountMinor, currency: order.currency, paymentRef: 'pi_1' };
    const key = { 'idempotency-key': 'pay-while-redis-is-away' };
    harness.redis.signal('SIGSTOP');
    const unanswered = node.api.call('POST', path, payment, key);
    try {
      const answer = await unanswered;
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    } finally {
      harness.redis.signal('SIGCONT');
    }
    await healed();
    const told = await node.api.call('POST', path, payment, key);
    expect(told.json).toMatchObject({ order: { state: 'PAID', paymentRef: 'pi_1' } });
    expect(await shop.sale()).toMatchObject({ held: 0, sold: 1 });
    const exported = await node.api.call('GET', `${shop.path}/orders/export?format=ndjson`);
    expect(JSON.parse(exported.text)).toEqual((told.json as { order: object }).order);
  });

  it('[HT8] [HT13] Redis hangs', async () => {
    harness.redis.signal('SIGSTOP');
    try {
      const { status, tookMs } = await readyz();
      expect(status).toBe(503);
      expect(tookMs).toBeLessThan(1500);
      expect((await node.api.call('GET', '/healthz')).status).toBe(200);
      const answer = await node.api.call('GET', `/api/v1/rooms/${roomId}`);
      expect(answer.status).toBe(503);
    } finally {
      harness.redis.signal('SIGCONT');
    }
    await healed();
  });

  it('[HT13] Redis answers reads, and takes no write', async () => {
    await harness.redis.client.config('SET', 'maxmemory', '1');
    try {
      await eventually(async () => {
        const { status, body } = await readyz();
        expect([status, body.redis.reason]).toEqual([503, 'Redis refuses: OOM']);
      });
    } finally {
      await harness.redis.client.config('SET', 'maxmemory', '0');
    }
    await healed();
  });
});
