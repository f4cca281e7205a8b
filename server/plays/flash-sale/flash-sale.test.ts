import { describe, expect, it } from 'vitest';
import { eventually } from '../../testing/eventually.ts';
import { opId, TestTime, useHarness } from '../../testing/harness.ts';

const harness = useHarness();

describe('flash sale', () => {
  it('[FS1] smoke', async () => {
    const time = new TestTime();
    const node = await harness.node({ time });
    const roomId = await harness.room(node);
    const host = await harness.join(node, roomId, { userId: 'host', role: 'host' });
    const { sale } = await host.must('flash-sale:schedule', {
      opId: opId(),
      productId: 'p1',
      priceMinor: 5900,
      stock: 1,
      opensInMs: 1000,
    });
    const ana = await harness.join(node, roomId, { userId: 'ana' });
    expect(
      await ana.call('flash-sale:grab', { opId: opId(), saleId: sale.saleId, quantity: 1 }),
    ).toMatchObject({ ok: false, error: { code: 'NOT_OPEN', retryAfterMs: 1000 } });
    time.advance(1000);
    await eventually(() => expect(ana.events('flash-sale:opened')).toHaveLength(1));
    const held = await ana.must('flash-sale:grab', { opId: opId(), saleId: sale.saleId, quantity: 1 });
    expect(held.hold.holdExpiresAtMs).toBe(time.nowMs + 120_000);
    const bo = await harness.join(node, roomId, { userId: 'bo' });
    expect(
      await bo.call('flash-sale:grab', { opId: opId(), saleId: sale.saleId, quantity: 1 }),
    ).toMatchObject({ ok: false, error: { code: 'SOLD_OUT' } });
    time.advance(120_000);
    await eventually(() => expect(ana.notices.map((n) => n.name)).toContain('flash-sale:hold-expired'));
    const again = await bo.call('flash-sale:grab', { opId: opId(), saleId: sale.saleId, quantity: 1 });
    expect(again).toMatchObject({ ok: true });
    await bo.must('chat:say', { opId: opId(), text: 'got it 🎉' });
    await eventually(() => expect(ana.events('chat:said')).toHaveLength(1));
    console.log(JSON.stringify(ana.frames));
  });
});
