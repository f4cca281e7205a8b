import { expect, test } from 'vitest';
import type { Ack } from '../../../shared/kernel/ack.ts';
import { ORDER_LIMITS } from '../../../shared/plays/order/contract.ts';
import type { Order } from '../../../shared/trade/order.ts';
import type { LivestallClient } from '../../sdk/client.ts';
import { createManualTime } from '../../sdk/testing/manual-time.ts';
import { createOrderPlay, ORDERS_KEPT } from './model.ts';
import { safeUrl } from './pay-links.ts';
import { sampleOrder } from './testing.ts';

type Answer = (name: string, input: unknown) => Ack<unknown>;

const refusal = (code: string): Ack<unknown> => ({
  ok: false,
  error: { code, message: '', retryable: false },
});

/** The play on a client that says what the test makes it say. */
function setUp(answer: Answer = () => refusal('NO_CHECKOUT')) {
  const time = createManualTime(200_000);
  const listeners = new Map<string, (value: never) => void>();
  const calls: string[] = [];
  const client = {
    on: (name: string, listener: (value: never) => void) => listeners.set(name, listener),
    async call(name: string, input: unknown) {
      calls.push(name);
      return answer(name, input);
    },
    serverNow: time.now,
    status: () => ({ state: 'online' }),
  } as unknown as LivestallClient;
  const play = createOrderPlay(client, { time, base: 'https://live.example/r/demo' });
  const emit = (name: string, value: unknown) => listeners.get(name)?.(value as never);
  const snapshot = (...orders: Order[]) =>
    emit('snapshot', { you: { userId: 'ana', plays: { order: { orders } } } });
  const changed = (order: Order) => emit('notice', { roomId: 'r1', name: 'order:changed', data: { order } });
  const states = () => play.orders.value.map(({ state }) => state);
  const asked = () => calls.filter((name) => name === 'order:mine').length;
  return { time, play, emit, snapshot, changed, states, asked };
}

const mine = (...orders: Order[]): Ack<unknown> => ({ ok: true, data: { orders, nextCursor: null } });

test('the page size is that of the contract', () => {
  expect(ORDERS_KEPT).toBe(ORDER_LIMITS.ordersKept.value);
});

test('[PG11] a lost notice is mended shortly after the deadline', async () => {
  const expired = sampleOrder({ state: 'EXPIRED', updatedAtMs: 240_500 });
  const held = sampleOrder({ holdExpiresAtMs: 240_000 });
  const { time, snapshot, states } = setUp((name) =>
    name === 'order:mine' ? mine(time.now() < 240_500 ? held : expired) : refusal('NO_CHECKOUT'),
  );
  snapshot(held);
  await time.advance(42_000);
  expect(states()).toEqual(['HELD']);
  await time.advance(1_000);
  expect(states()).toEqual(['EXPIRED']);
});

test('[PG11] while something is held and nothing is heard, the page asks every 20 s', async () => {
  const paid = sampleOrder({ state: 'PAID', updatedAtMs: 201_000, paidAtMs: 201_000 });
  const { time, play, snapshot, states, asked } = setUp((name) =>
    name === 'order:mine' ? mine(paid) : refusal('NO_CHECKOUT'),
  );
  snapshot(sampleOrder());
  await time.advance(19_000);
  expect(asked()).toBe(0);
  await time.advance(2_000);
  expect(states()).toEqual(['PAID']);
  expect(play.news.value?.kind).toBe('paid');
  await time.advance(600_000);
  expect(asked()).toBe(1);
});

test('[PG11] a payment that comes after the hold is asked for too, for five minutes', async () => {
  const expired = sampleOrder({ state: 'EXPIRED', updatedAtMs: 320_500 });
  const { time, snapshot, asked } = setUp(() => mine(expired));
  await time.advance(120_000);
  snapshot(expired);
  await time.advance(300_000);
  const before = asked();
  expect(before).toBeGreaterThan(10);
  await time.advance(600_000);
  expect(asked()).toBe(before);
});

test('an order of another device is news, what was so before is none', () => {
  const { play, snapshot, changed } = setUp();
  snapshot(sampleOrder({ state: 'PAID', paidAtMs: 1 }));
  expect(play.news.value).toBe(null);
  const second = sampleOrder({ orderId: 'o2-AAAAAAAAAAAA', source: 'waitlist' });
  changed(second);
  expect(play.news.value).toEqual({ kind: 'offered', order: second });
});

test('nothing of one buyer is left when another signs in', () => {
  const { time, play, snapshot, changed, emit } = setUp();
  snapshot();
  changed(sampleOrder({ source: 'waitlist', updatedAtMs: time.now() }));
  expect(play.news.value?.kind).toBe('offered');
  emit('snapshot', { you: { userId: 'bo', plays: { order: { orders: [] } } } });
  expect([play.orders.value, play.news.value, play.payLinks.value]).toEqual([[], null, {}]);
});

test('changes are told with what was before; a list of the server is not, because `taken` comes with it', () => {
  const { play, snapshot, changed } = setUp();
  const told: string[] = [];
  play.onChange((before, now) => told.push(`${before?.state} ${now.state}`));
  snapshot(sampleOrder());
  snapshot(sampleOrder({ state: 'EXPIRED', updatedAtMs: 320_000 }));
  changed(sampleOrder({ state: 'PAID', updatedAtMs: 330_000 }));
  expect(told).toEqual(['EXPIRED PAID']);
});

test('the way to pay is fetched with the hold, again after a failure, and anew when the shop has changed', async () => {
  const answers = [
    refusal('UNAVAILABLE'),
    { ok: true, data: { url: '/checkout?ref=a', expiresAtMs: 0 } },
    { ok: true, data: { url: 'https://shop.example/?ref=b', expiresAtMs: 0 } },
  ] as Ack<unknown>[];
  const { time, play, snapshot, emit } = setUp((name) =>
    name === 'order:checkout' ? (answers.shift() as Ack<unknown>) : mine(sampleOrder()),
  );
  const { orderId } = sampleOrder();
  snapshot(sampleOrder());
  await time.advance(1_000);
  expect(play.payLinks.value).toEqual({});
  await time.advance(3_000);
  expect(play.payLinks.value).toEqual({
    [orderId]: { kind: 'link', url: 'https://live.example/checkout?ref=a' },
  });
  emit('events', { events: [{ seq: 1, atMs: 0, name: 'room:changed', data: {} }] });
  await time.advance(1_000);
  expect(play.payLinks.value[orderId]).toEqual({ kind: 'link', url: 'https://shop.example/?ref=b' });
});

test('where no shop is connected, that is known', async () => {
  const { time, play, snapshot } = setUp();
  snapshot(sampleOrder());
  await time.advance(100);
  expect(Object.values(play.payLinks.value)).toEqual([{ kind: 'none' }]);
});

test('only an address of the web is a way to pay', () => {
  const base = 'https://live.example/r/demo';
  expect(safeUrl('/checkout?ref=x', base)).toBe('https://live.example/checkout?ref=x');
  expect(['javascript:alert(1)', 'data:text/html,x', 'http://['].map((url) => safeUrl(url, base))).toEqual([
    ...[null, null, null],
  ]);
});

test('giving up something that has moved on shows how it stands', async () => {
  const paid = sampleOrder({ state: 'PAID', updatedAtMs: 201_000, paidAtMs: 201_000 });
  const { time, play, snapshot, states } = setUp((name) =>
    name === 'order:mine' ? mine(paid) : refusal('WRONG_STATE'),
  );
  snapshot(sampleOrder());
  expect(await play.release(sampleOrder().orderId)).toMatchObject({ ok: false });
  await time.advance(100);
  expect(states()).toEqual(['PAID']);
});
