import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { OrderRecord } from '../../shared/trade/order.ts';
import { openShop, type Shop } from '../http/api/testing/shop.ts';
import { httpNode, TEST_DEMO_SECRETS } from '../http/testing.ts';
import { eventually } from '../testing/eventually.ts';
import { TestTime, useHarness } from '../testing/harness.ts';
import { SHOP_ACTOR } from './people.ts';
import type { Checkout, CheckoutAction } from './shop.ts';

const harness = useHarness();
const CHECKOUT = '/api/v1/demo/checkout';
const demoConfig = { demo: true, tokenSecret: TEST_DEMO_SECRETS.tokenSecret };
const clientDir = mkdtempSync(join(tmpdir(), 'livestall-client-'));
writeFileSync(join(clientDir, 'checkout.html'), '<!doctype html><title>checkout</title>');
afterAll(() => rmSync(clientDir, { recursive: true }));

type Play = { shop: Shop; time: TestTime; act: (ref: string, action: CheckoutAction) => Promise<Checkout> };

async function openDemo(terms: Parameters<typeof openShop>[1] = {}): Promise<Play> {
  const time = new TestTime();
  const node = await httpNode(harness, { config: demoConfig, demoSecrets: TEST_DEMO_SECRETS, time });
  const shop = await openShop(node, terms);
  await node.core.stores.room.update(shop.roomId, { checkoutUrl: '/checkout?ref={ref}' }, 'tests');
  const visitor = node.api.as(undefined);
  const act: Play['act'] = async (ref, action) => {
    const answer = await visitor.call('POST', CHECKOUT, { ref, action });
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.json as Checkout;
  };
  return { shop, time, act };
}

async function runOut({ shop, time }: Play, order: OrderRecord): Promise<void> {
  time.advance(order.holdExpiresAtMs - time.nowMs + 1);
  await eventually(async () => {
    expect(await shop.node.core.stores.order.read(shop.roomId, order.orderId)).toMatchObject({
      state: 'EXPIRED',
    });
  });
}

describe("[DM5] the demo's shop", () => {
  it('[DM5] shows an order, takes a refused card and then a payment, as a merchant would', async () => {
    const { shop, act } = await openDemo();
    const order = await shop.grab('mei');
    const mei = await harness.join(shop.node, shop.roomId, { userId: 'mei' });
    const ref = await shop.ref(order);
    const looked = await act(ref, 'look');
    expect(looked).toMatchObject({
      outcome: 'LOOKED',
      order: { orderId: order.orderId, state: 'HELD', amountMinor: 5_900 },
      room: { roomId: shop.roomId, title: 'Linen House' },
    });
    expect(JSON.stringify(looked)).not.toContain('mei');
    expect(await act(ref, 'fail')).toMatchObject({ outcome: 'FAILED', order: { state: 'HELD' } });
    expect(await act(ref, 'pay')).toMatchObject({ outcome: 'PAID', order: { state: 'PAID' } });
    expect(await act(ref, 'pay')).toMatchObject({ outcome: 'PAID' });
    await eventually(() => expect(mei.notices).toMatchObject([{ data: { order: { state: 'PAID' } } }]));
    const entries = await harness.redis.client.xrange(shop.node.core.keys.room(shop.roomId).ledger, '-', '+');
    const paid = entries.filter(([, fields]) => fields.includes('order-paid'));
    expect(paid.map(([, fields]) => fields[fields.indexOf('actor') + 1])).toEqual([SHOP_ACTOR]);
  });

  it('[DM5] leaves rooms alone that have a shop of their own', async () => {
    const { shop, act } = await openDemo();
    const order = await shop.grab();
    const ref = await shop.ref(order);
    const own = { checkoutUrl: 'https://shop.example/pay?ref={ref}' };
    await shop.node.core.stores.room.update(shop.roomId, own, 'tests');
    await expect(act(ref, 'pay')).rejects.toThrow('REFERENCE_INVALID');
    expect(await shop.node.core.stores.order.read(shop.roomId, order.orderId)).toMatchObject({
      state: 'HELD',
    });
  });

  it('[DM5] shows a second payment', async () => {
    const { shop, act } = await openDemo();
    const ref = await shop.ref(await shop.grab());
    await act(ref, 'pay');
    for (let i = 0; i < 2; i += 1) {
      expect(await act(ref, 'pay-again')).toMatchObject({
        outcome: 'PAID_ALREADY',
        order: { state: 'PAID' },
      });
    }
    expect(await shop.sale()).toMatchObject({ sold: 1, held: 0 });
  });

  it('[DM5] shows a late payment that still gets its unit', async () => {
    const play = await openDemo({ holdMs: 30_000 });
    const order = await play.shop.grab();
    const ref = await play.shop.ref(order);
    await runOut(play, order);
    expect(await play.act(ref, 'look')).toMatchObject({ outcome: 'LOOKED', order: { state: 'EXPIRED' } });
    expect(await play.act(ref, 'fail')).toMatchObject({ outcome: 'FAILED', order: { state: 'EXPIRED' } });
    expect(await play.act(ref, 'pay')).toMatchObject({ outcome: 'PAID_LATE', order: { state: 'PAID' } });
  });

  it('[DM5] shows a late payment that must be given back', async () => {
    const play = await openDemo({ holdMs: 30_000, stock: 1 });
    const order = await play.shop.grab();
    const ref = await play.shop.ref(order);
    await runOut(play, order);
    await play.shop.pay(await play.shop.grab());
    const late = { outcome: 'REFUND_REQUIRED', order: { state: 'REFUND_REQUIRED' } };
    expect(await play.act(ref, 'pay')).toMatchObject(late);
    expect(await play.act(ref, 'pay')).toMatchObject(late);
    expect(await play.act(ref, 'pay-again')).toMatchObject({ outcome: 'PAID_ALREADY' });
    expect(await play.shop.sale()).toMatchObject({ total: 1, available: 0, sold: 1 });
  });

  it('[DM5] says so when the order is closed', async () => {
    const { shop, act } = await openDemo();
    const order = await shop.grab();
    const ref = await shop.ref(order);
    await shop.pay(order);
    await shop.change(order, 'refund', { reason: 'x' });
    expect(await act(ref, 'pay-again')).toMatchObject({ outcome: 'CLOSED', order: { state: 'REFUNDED' } });
  });

  it('[DM5] takes references of this server only', async () => {
    const { shop } = await openDemo();
    const ref = await shop.ref(await shop.grab());
    const visitor = shop.node.api.as(undefined);
    const stranger = await openShop(
      await httpNode(harness, { config: { signingSecret: 'a-secret-of-another-installation-long-enough' } }),
    );
    for (const [forged, code, path] of [
      [await stranger.ref(await stranger.grab()), 'REFERENCE_INVALID', 'ref'],
      [`${ref.slice(0, -8)}AAAAAAAA`, 'REFERENCE_INVALID', 'ref'],
      ['', 'INVALID_PAYLOAD', 'ref'],
    ] as const) {
      expect(await visitor.problem('POST', CHECKOUT, { ref: forged, action: 'pay' })).toMatchObject({
        code,
        path,
      });
    }
    for (const action of ['refund', '', null]) {
      expect(await visitor.problem('POST', CHECKOUT, { ref, action })).toMatchObject({
        ...{ code: 'INVALID_PAYLOAD', path: 'action' },
      });
    }
  });

  it('[DM5] and its page exist in a demo only', async () => {
    const demo = await httpNode(harness, { config: demoConfig, demoSecrets: TEST_DEMO_SECRETS, clientDir });
    const page = await demo.api.as(undefined).call('GET', '/checkout?ref=x');
    expect([page.status, page.text]).toEqual([200, '<!doctype html><title>checkout</title>']);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    const shop = await httpNode(harness, { clientDir });
    expect((await shop.api.call('GET', '/checkout?ref=x')).status).toBe(404);
    expect((await shop.api.call('GET', '/checkout.html')).status).toBe(404);
    expect(await shop.api.problem('POST', CHECKOUT, { ref: 'x', action: 'pay' })).toMatchObject({
      status: 404,
    });
  });
});
