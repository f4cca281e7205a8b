import { expect, test } from 'vitest';
import type { Order } from '../../../shared/trade/order.ts';
import { createManualTime } from '../../sdk/testing/manual-time.ts';
import { type Action, type Asked, createShop, type Outcome } from './shop.ts';

const order = (state: Order['state']): Order => ({
  orderId: 'o1-AAAAAAAAAAAA',
  state,
  source: 'grab',
  lines: [{ saleId: 's1', productId: 'p1', title: 'Linen shirt', quantity: 1, priceMinor: 5900 }],
  amountMinor: 5900,
  currency: 'CNY',
  createdAtMs: 1_000_000,
  holdExpiresAtMs: 1_120_000,
  updatedAtMs: 1_000_000,
  paidAtMs: null,
  fulfilledAtMs: null,
});

/** A shop whose server answers each action with the next of its answers. */
function setUp(answers: Partial<Record<Action, (Order['state'] | Asked)[]>>, outcome: Outcome = 'PAID') {
  const time = createManualTime();
  const asked: Action[] = [];
  const shop = createShop({
    ref: 'a-reference',
    now: time.now,
    after: time.after,
    async request(_ref, action) {
      asked.push(action);
      const next = answers[action]?.shift();
      if (next === undefined) throw new Error(`nobody expected ${action}`);
      if (typeof next !== 'string') return next;
      const room = { roomId: 'demo', title: 'Linen House' };
      const said = action === 'look' ? 'LOOKED' : outcome;
      return {
        kind: 'answer',
        answer: { order: order(next), room, outcome: said },
        serverNowMs: time.now() + 2_000,
      };
    },
  });
  return { shop, time, asked };
}

test('[PG12] paying says what came of it', async () => {
  const { shop } = setUp({ look: ['HELD'], pay: ['PAID'] });
  await shop.look();
  expect(shop.state.value).toMatchObject({ outcome: null, doing: null, visit: { order: { state: 'HELD' } } });
  await shop.pay();
  expect(shop.state.value).toMatchObject({ outcome: 'PAID', visit: { order: { state: 'PAID' } } });
});

test('[PG12] a payment that nobody answered is not called failed', async () => {
  const { shop } = setUp({ look: ['HELD'], pay: [{ kind: 'unreachable' }] });
  await shop.look();
  await shop.pay();
  expect(shop.state.value).toMatchObject({ problem: 'unknown', doing: null });
});

test('[PG12] paying late waits, by the clock of the server, until the hold has really ended', async () => {
  const { shop, time, asked } = setUp(
    { look: ['HELD', 'HELD', 'EXPIRED'], pay: ['REFUND_REQUIRED'] },
    'REFUND_REQUIRED',
  );
  await shop.look();
  expect(shop.nowMs()).toBe(time.now() + 2_000);
  shop.payLate();
  await time.advance(118_000);
  expect(asked).toEqual(['look']);
  await time.advance(3_000);
  expect(asked).toEqual(['look', 'look', 'look', 'pay']);
  expect(shop.state.value).toMatchObject({ outcome: 'REFUND_REQUIRED', doing: null });
});

test('[PG12] waiting can be stopped', async () => {
  const { shop, time, asked } = setUp({ look: ['HELD'] });
  await shop.look();
  shop.payLate();
  shop.stopWaiting();
  await time.advance(300_000);
  expect([asked, shop.state.value.doing]).toEqual([['look'], null]);
});

test('[PG12] paying twice pays, then pays again', async () => {
  const { shop, asked } = setUp({ look: ['HELD'], pay: ['PAID'], 'pay-again': ['PAID', 'PAID'] });
  await shop.look();
  await shop.payTwice();
  expect(asked).toEqual(['look', 'pay', 'pay-again']);
  await shop.payTwice();
  expect(asked).toEqual(['look', 'pay', 'pay-again', 'pay-again']);
});

test('[PG12] a link that leads nowhere says so', async () => {
  const { shop } = setUp({ look: [{ kind: 'invalid' }] });
  await shop.look();
  expect(shop.state.value).toMatchObject({ visit: null, problem: 'invalid' });
});
