import { expect, test } from 'vitest';
import type { ShowOrder } from '../../../shared/plays/show/contract.ts';
import { createManualTime } from '../../sdk/testing/manual-time.ts';
import { createOrderTeller, holdLeftMs, type OrderNews, orderedForHost } from './order-news.ts';
import { sampleOrder } from './testing.ts';

test('what was there at first is no news; what comes after it is told, in sums', async () => {
  const time = createManualTime();
  const told: OrderNews[] = [];
  const teller = createOrderTeller(time, (news) => told.push(news));
  const old = sampleOrder({ no: 1, changedAtMs: 1_000 });
  teller.take([old]);
  await time.advance(60_000);
  expect(told).toEqual([]);
  teller.take([
    sampleOrder({ no: 2, madeAtMs: 2_000, changedAtMs: 2_000 }),
    { ...old, state: 'PAID', changedAtMs: 2_500 },
  ]);
  await time.advance(0);
  expect(told).toEqual([{ made: 1, paid: 1, lost: 0, due: 0 }]);
});

test('news are told every eight seconds at most, and none is lost', async () => {
  const time = createManualTime();
  const told: OrderNews[] = [];
  const teller = createOrderTeller(time, (news) => told.push(news));
  teller.take([]);
  const orders = [];
  for (let no = 1; no <= 30; no += 1) {
    orders.unshift(sampleOrder({ no, madeAtMs: no * 1_000, changedAtMs: no * 1_000 }));
    teller.take([...orders]);
    await time.advance(1_000);
  }
  await time.advance(10_000);
  expect(told.length).toBeGreaterThan(2);
  expect(told.length).toBeLessThanOrEqual(6);
  expect(told.reduce((sum, { made }) => sum + made, 0)).toBe(30);
  teller.close();
  expect(time.pending()).toBe(0);
});

test('orders that want a refund stand first; the others keep their place when they change', () => {
  const orders = [
    sampleOrder({ no: 3, changedAtMs: 3_000 }),
    sampleOrder({ no: 1, state: 'REFUND_REQUIRED' }),
    sampleOrder({ no: 2, state: 'PAID', changedAtMs: 9_000 }),
  ];
  expect(orderedForHost(orders).map(({ no }) => no)).toEqual([1, 3, 2]);
});

test.each(['grab', 'cart', 'waitlist'] as const)('[PG60] the time left to pay is known of a %s', (source) => {
  const order = sampleOrder({ no: 1, source, madeAtMs: 10_000, holdExpiresAtMs: 70_000 });
  expect(holdLeftMs(order, 40_000)).toBe(30_000);
  expect(holdLeftMs(order, 900_000)).toBe(0);
  expect(holdLeftMs({ ...order, state: 'PAID' }, 40_000)).toBeNull();
});

test('an older server does not say until when an order is held', () => {
  const { holdExpiresAtMs: _, ...old } = sampleOrder({ no: 1 });
  expect(holdLeftMs(old as ShowOrder, 40_000)).toBeNull();
});
