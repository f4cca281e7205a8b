import { createLocalJWKSet, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId } from '../../testing/harness.ts';
import { CHECKOUT_AUDIENCE } from '../../trade/checkout-links.ts';
import { publicKeySet } from '../../trade/signing-keys.ts';
import { paymentOf, refused, stage, take } from '../../trade/testing/stage.ts';
import { startSale } from '../flash-sale/testing.ts';

const harness = useCheckedHarness();
const TEMPLATE = 'https://shop.example/pay?room={roomId}&order={orderId}&ref={ref}#{unknown}';

async function withShop(checkoutUrl: string | null = TEMPLATE) {
  const all = await stage(harness);
  const { roomId, node, host } = all;
  if (checkoutUrl !== null) await node.core.stores.room.update(roomId, { checkoutUrl }, 'tests');
  const sale = await startSale(host, { stock: 2, limitPerBuyer: 2, holdMs: 90_000 });
  const ana = await all.join('ana');
  return { ...all, ...sale, ana, order: await take(ana, sale.saleId) };
}

describe('the way to the shop', () => {
  it('[OR22] is the template of the room, filled in with a reference that anyone can verify', async () => {
    const { node, roomId, ana, order } = await withShop();
    const { url, expiresAtMs } = await ana.must('order:checkout', { orderId: order.orderId });
    expect(expiresAtMs).toBe(order.holdExpiresAtMs);
    const parsed = new URL(url);
    expect(parsed.origin + parsed.pathname + parsed.hash).toBe('https://shop.example/pay#{unknown}');
    expect(parsed.searchParams.get('room')).toBe(roomId);
    expect(parsed.searchParams.get('order')).toBe(order.orderId);
    const keys = createLocalJWKSet(publicKeySet([node.core.signing.key]));
    const verify = (atMs: number) =>
      jwtVerify(parsed.searchParams.get('ref') ?? '', keys, {
        ...{ algorithms: ['EdDSA'], issuer: node.core.config.tokenIssuer, audience: CHECKOUT_AUDIENCE },
        currentDate: new Date(atMs),
      });
    expect((await verify(order.holdExpiresAtMs - 1000)).payload).toMatchObject({
      ...{ room: roomId, jti: order.orderId, sub: 'ana', amountMinor: 5900, currency: 'CNY' },
      exp: Math.ceil(order.holdExpiresAtMs / 1000),
    });
    await expect(verify(order.holdExpiresAtMs + 1000)).rejects.toMatchObject({ code: 'ERR_JWT_EXPIRED' });
  });

  it('[OR22] does not exist while no shop is connected', async () => {
    const { node, roomId, ana, order } = await withShop(null);
    const ask = () => ana.call('order:checkout', { orderId: order.orderId });
    expect(await ask()).toMatchObject(refused('NO_CHECKOUT', { retryable: false }));
    await node.core.stores.room.update(roomId, { checkoutUrl: TEMPLATE }, 'tests');
    expect(await ask()).toMatchObject({ ok: true });
  });

  it('[OR22] is the buyer’s own, and only while the order is held', async () => {
    const { node, roomId, time, join, ana, order, merchant, saleId, live } = await withShop();
    const bo = await join('bo');
    const ask = (client: typeof ana, orderId = order.orderId) => client.call('order:checkout', { orderId });
    expect(await ask(bo)).toMatchObject(refused('ORDER_NOT_FOUND', { path: 'orderId' }));
    expect(await ask(ana, 'o77-aaaaaaaaaaaa')).toMatchObject(refused('ORDER_NOT_FOUND'));
    await node.core.stores.order.pay(roomId, merchant(), order.orderId, paymentOf(order));
    expect(await ask(ana)).toMatchObject(refused('WRONG_STATE'));
    const released = await take(ana, saleId);
    await ana.must('order:release', { opId: opId(), orderId: released.orderId });
    expect(await ask(ana, released.orderId)).toMatchObject(refused('WRONG_STATE'));
    const expiring = await take(bo, saleId);
    time.advance(90_000);
    await eventually(async () => expect(await live(saleId)).toMatchObject({ held: 0 }));
    expect(await ask(bo, expiring.orderId)).toMatchObject(refused('WRONG_STATE'));
  });
});
