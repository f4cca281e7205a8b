import { describe, expect, it } from 'vitest';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { opId } from '../../testing/harness.ts';
import { refused, stage } from '../../trade/testing/stage.ts';
import { grab, startSale } from './testing.ts';

const harness = useCheckedHarness();
const EARLY_MS = 20_000;

/** A sale that is for fans of level 5 first, and people of several levels. */
async function early(opensInMs = 0) {
  const all = await stage(harness);
  const keys = all.node.core.keys.room(all.roomId);
  const record = (level: number, name: string) => `${level} 500 0 20300317 0 0 0 0 0 0 0 ${name}`;
  await harness.redis.client.hset(
    keys.fans,
    'core',
    record(9, 'Core'),
    'just',
    record(5, 'Just'),
    'low',
    record(4, 'Low'),
  );
  const { sale } = await all.host.must('flash-sale:schedule', {
    ...{ opId: opId(), productId: 'p1', priceMinor: 5900, stock: 10, opensInMs, guard: 'none' },
    ...{ earlyLevel: 5, earlyMs: EARLY_MS, durationMs: 60_000 },
  });
  const hold = async (userId: string, lines: { saleId: string; quantity: number }[]) =>
    (await all.join(userId)).call('order:hold', { opId: opId(), lines });
  return { ...all, saleId: sale.saleId, sale, hold };
}

describe('early access', () => {
  it('[FS38] lets fans of the level grab first; others wait until the time is over', async () => {
    const { time, join, saleId, sale } = await early();
    expect(sale).toMatchObject({ earlyLevel: 5, earlyMs: EARLY_MS });
    const [core, just, low, viewer] = [
      await join('core'),
      await join('just'),
      await join('low'),
      await join('viewer'),
    ];
    time.advance(5000);
    expect(await grab(core, saleId)).toMatchObject({ ok: true });
    expect(await grab(just, saleId)).toMatchObject({ ok: true });
    for (const client of [low, viewer]) {
      const wait = { retryable: true, retryAfterMs: EARLY_MS - 5000, path: 'saleId' };
      expect(await grab(client, saleId)).toMatchObject(refused('FANS_FIRST', wait));
    }
    time.advance(EARLY_MS - 5001);
    expect(await grab(viewer, saleId)).toMatchObject(refused('FANS_FIRST', { retryAfterMs: 1 }));
    time.advance(1);
    for (const client of [low, viewer]) expect(await grab(client, saleId)).toMatchObject({ ok: true });
  });

  it('[FS38] is from the moment that the sale opens, also when the host opens it', async () => {
    const { time, host, join, saleId } = await early(30_000);
    const [just, viewer] = [await join('just'), await join('viewer')];
    expect(await grab(just, saleId)).toMatchObject(refused('NOT_OPEN', { retryAfterMs: 30_000 }));
    time.advance(10_000);
    await host.must('flash-sale:open', { opId: opId(), saleId });
    expect(await grab(viewer, saleId)).toMatchObject(refused('FANS_FIRST', { retryAfterMs: EARLY_MS }));
    expect(await grab(just, saleId)).toMatchObject({ ok: true });
  });

  it('[FS38] binds carts too, and leaves the other sales of the cart alone', async () => {
    const { time, host, saleId, hold } = await early();
    const open = await startSale(host, { stock: 5, durationMs: 600_000 });
    const lines = [
      { saleId: open.saleId, quantity: 1 },
      { saleId, quantity: 1 },
    ];
    expect(await hold('viewer', lines)).toMatchObject(
      refused('FANS_FIRST', { path: 'lines.1.saleId', retryAfterMs: EARLY_MS }),
    );
    expect(await hold('viewer', lines.slice(0, 1))).toMatchObject({ ok: true });
    expect(await hold('just', lines)).toMatchObject({ ok: true });
    time.advance(EARLY_MS);
    expect(await hold('later', lines)).toMatchObject({ ok: true });
  });

  it('[FS38] a refusal leaves nothing behind: the same opId grabs once the time is over', async () => {
    const { time, join, saleId } = await early();
    const viewer = await join('viewer');
    const id = opId();
    expect(await grab(viewer, saleId, 1, id)).toMatchObject(refused('FANS_FIRST'));
    time.advance(EARLY_MS);
    expect(await grab(viewer, saleId, 1, id)).toMatchObject({ ok: true });
  });

  it.each([
    [{ earlyLevel: 5, earlyMs: 0 }, 'earlyMs'],
    [{ earlyLevel: 0, earlyMs: 1000 }, 'earlyMs'],
    [{ earlyLevel: 5, earlyMs: 30_001 }, 'earlyMs'],
    [{ earlyLevel: 21, earlyMs: 1000 }, 'earlyLevel'],
  ])('[FS38] %j is not planned', async (terms, path) => {
    const { host } = await stage(harness);
    const input = {
      opId: opId(),
      productId: 'p1',
      priceMinor: 5900,
      stock: 1,
      opensInMs: 0,
      guard: 'none' as const,
    };
    const reply = await host.call('flash-sale:schedule', { ...input, ...terms });
    expect(reply).toMatchObject(refused('INVALID_PAYLOAD', { path }));
  });
});
