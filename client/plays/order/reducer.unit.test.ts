import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ORDER_STATES, type Order, type OrderState } from '../../../shared/trade/order.ts';
import { isLater, newsOf, ordersAsOf, withOrder } from './reducer.ts';
import { sampleOrder } from './testing.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);
const NOW_MS = 1_000_000;
const numbered = (no: number, part: Partial<Order> = {}) =>
  sampleOrder({ orderId: `o${no}-AAAAAAAAAAAA`, updatedAtMs: NOW_MS - 60_000, ...part });
const ids = (orders: readonly Order[]) =>
  orders.map(({ orderId, state }) => `${orderId.slice(0, 2)} ${state}`);

test('a late word of an order never brings an old state back', () => {
  const paid = sampleOrder({ state: 'PAID', updatedAtMs: 250_000, paidAtMs: 250_000 });
  // The ack of the grab, later than the notice of the payment.
  expect(withOrder([paid], sampleOrder())).toEqual([paid]);
  expect(withOrder([sampleOrder()], paid)).toEqual([paid]);
});

test('the same word twice changes nothing', () => {
  const orders = [sampleOrder()];
  expect(withOrder(orders, sampleOrder())).toBe(orders);
});

test('a fulfilled order is later than the same one before', () => {
  const paid = sampleOrder({ state: 'PAID', updatedAtMs: 2 });
  const sent = { ...paid, fulfilledAtMs: 3, updatedAtMs: 3 };
  expect([isLater(sent, paid), isLater(paid, sent)]).toEqual([true, false]);
});

const LIVES: readonly (readonly OrderState[])[] = [
  ['HELD', 'PAID', 'CANCELLED', 'REFUNDED'],
  ['HELD', 'EXPIRED', 'PAID', 'REFUNDED'],
  ['HELD', 'RELEASED', 'REFUND_REQUIRED', 'REFUNDED'],
  ['HELD', 'EXPIRED', 'REFUND_REQUIRED'],
];

test('words in any order, any of them twice, end with the last state', () => {
  expect(new Set(LIVES.flat())).toEqual(new Set(ORDER_STATES));
  fc.assert(
    fc.property(fc.constantFrom(...LIVES), fc.array(fc.nat(), { maxLength: 12 }), (life, picks) => {
      const words = life.map((state, i) => sampleOrder({ state, updatedAtMs: 200_000 + i * 1_000 }));
      const heard = [...picks.map((pick) => words[pick % words.length] as Order), words.at(-1) as Order];
      for (const pick of picks) heard.splice(pick % heard.length, 0, words.at(-1) as Order);
      expect(ids(heard.reduce(withOrder, [] as readonly Order[]))).toEqual([`o1 ${life.at(-1)}`]);
    }),
    { seed },
  );
});

test('newest first', () => {
  expect(ids([numbered(2), numbered(9), numbered(4)].reduce(withOrder, [] as readonly Order[]))).toEqual([
    ...['o9 HELD', 'o4 HELD', 'o2 HELD'],
  ]);
});

test('a list of the server replaces what was known', () => {
  const known = [numbered(3, { state: 'PAID' }), numbered(2)];
  // Redis lost its last second: order 3 was never paid, order 2 never made.
  expect(ids(ordersAsOf(known, [numbered(3)], 20, NOW_MS))).toEqual(['o3 HELD']);
});

test('but what was heard while it was under way stays', () => {
  const fresh = { updatedAtMs: NOW_MS - 1_000 };
  const known = [numbered(4, fresh), numbered(3, { state: 'PAID', ...fresh })];
  expect(ids(ordersAsOf(known, [numbered(3)], 20, NOW_MS))).toEqual(['o4 HELD', 'o3 PAID']);
});

test('older orders that a full page does not reach stay', () => {
  const known = [numbered(1, { state: 'PAID' })];
  expect(ids(ordersAsOf(known, [numbered(3), numbered(2)], 2, NOW_MS))).toEqual([
    ...['o3 HELD', 'o2 HELD', 'o1 PAID'],
  ]);
});

test('what a change is worth a word of', () => {
  const word = (before: Partial<Order> | undefined, now: Partial<Order>) =>
    newsOf(before && sampleOrder(before), sampleOrder(now));
  expect(word(undefined, {})).toBe(null);
  expect(word(undefined, { source: 'waitlist' })).toBe('offered');
  expect(word({}, { state: 'PAID' })).toBe('paid');
  expect(word({}, { state: 'EXPIRED' })).toBe('taken-back');
  expect(word({ state: 'EXPIRED' }, { state: 'REFUND_REQUIRED' })).toBe('refund-coming');
  expect(word({ state: 'PAID' }, { state: 'PAID', fulfilledAtMs: 5 })).toBe('sent');
  expect(word({}, { state: 'RELEASED' })).toBe(null);
});
