import { describe, expect, it } from 'vitest';
import { ORDER_STATES } from '../../shared/trade/order.ts';
import {
  cancelledState,
  canRefund,
  countsAsUnpaid,
  decidePay,
  lateObstacle,
  refundReturns,
} from './order.rules.ts';

const order = { state: 'HELD' as const, amountMinor: 500, currency: 'CNY', paymentRef: null };
const payment = { amountMinor: 500, currency: 'CNY', paymentRef: 'a' };

describe('payments', () => {
  it.each([
    ['IN_TIME', {}],
    ['LATE', { state: 'EXPIRED' as const }],
    ['LATE', { state: 'RELEASED' as const }],
    ['SAME', { state: 'PAID' as const, paymentRef: 'a' }],
    ['SAME', { state: 'REFUND_REQUIRED' as const, paymentRef: 'a' }],
    ['PAID_ALREADY', { state: 'PAID' as const, paymentRef: 'b' }],
    ['WRONG_STATE', { state: 'CANCELLED' as const, paymentRef: 'a' }],
    ['WRONG_STATE', { state: 'REFUNDED' as const, paymentRef: 'a' }],
    ['AMOUNT_MISMATCH', { amountMinor: 501 }],
    ['AMOUNT_MISMATCH', { currency: 'EUR' }],
  ])('[OR10] are %s', (verdict, more) => {
    expect(decidePay({ ...order, ...more }, payment)).toBe(verdict);
  });

  it('[OR11] late, need units that nobody has a claim on, within the limit', () => {
    const line = { quantity: 2, free: 2, taken: 0, limitPerBuyer: 2 };
    expect(lateObstacle(line)).toBeUndefined();
    expect(lateObstacle({ ...line, free: 1 })).toBe('SOLD_OUT');
    expect(lateObstacle({ ...line, free: 0, taken: 1 })).toBe('LIMIT_REACHED');
  });
});

it('[OR12] [OR13] a state allows cancelling and refunding as the table says', () => {
  expect(ORDER_STATES.map((state) => [state, cancelledState(state) ?? '-', canRefund(state)])).toEqual([
    ['HELD', 'RELEASED', false],
    ['PAID', 'CANCELLED', true],
    ['EXPIRED', '-', false],
    ['RELEASED', '-', false],
    ['REFUND_REQUIRED', '-', true],
    ['REFUNDED', '-', false],
    ['CANCELLED', '-', true],
  ]);
  expect(refundReturns({ state: 'PAID', unitsReturned: false }, true)).toBe(true);
  expect(refundReturns({ state: 'PAID', unitsReturned: false }, false)).toBe(false);
  expect(refundReturns({ state: 'CANCELLED', unitsReturned: true }, true)).toBe(false);
  expect(refundReturns({ state: 'REFUND_REQUIRED', unitsReturned: false }, true)).toBe(false);
});

it('[OR6] a hold counts as unpaid from half of its time on, an offer never', () => {
  const hold = { source: 'grab' as const, createdAtMs: 1000, holdExpiresAtMs: 2001 };
  expect(countsAsUnpaid(hold, 1500)).toBe(false);
  expect(countsAsUnpaid(hold, 1501)).toBe(true);
  expect(countsAsUnpaid({ ...hold, source: 'waitlist' }, 2001)).toBe(false);
});
