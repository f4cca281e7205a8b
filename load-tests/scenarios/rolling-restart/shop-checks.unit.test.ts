import { expect, it } from 'vitest';
import type { ShopGrab, ShopResult } from '../../bots/storms/methods.ts';
import { acknowledgedGrabs, saleViolations, userVisibleErrors } from './shop-checks.ts';

const grab = (userId: string, code: string, more: Partial<ShopGrab> = {}): ShopGrab => ({
  ...{ saleId: 's1', userId, opId: `op-${userId}`, code, orderId: null, quantity: 1, latencyMs: 5 },
  ...(code === 'OK' ? { orderId: `order-${userId}` } : {}),
  ...more,
});
const told = (grabs: ShopGrab[], more: Partial<ShopResult> = {}): ShopResult => ({
  ...{
    grabs,
    chat: { OK: 3 },
    chatLatenciesMs: [],
    badReceipts: {},
    sampled: 1,
    reconnects: [],
    busyShare: 0,
  },
  ...{ longestGoneMs: [], closed: {}, lastStock: { s1: { [JSON.stringify(stock)]: 1 } } },
  ...more,
});
const stock = { total: 1, available: 0, held: 1, sold: 0 };
const hold = { orderId: 'order-ana', userId: 'ana', quantity: 1 };
const aftermath = {
  ...{ saleId: 's1', units: 1, users: 2, shown: [stock] },
  stored: { sale: stock, holds: [hold], buyers: { ana: 1 }, ledgerHolds: [hold], ledgerGaps: 0 },
};

it('[LK32] sold out is an answer; what nobody decided, and a client that gave up, is an error', () => {
  const fine = told([grab('ana', 'OK'), grab('ben', 'SOLD_OUT')]);
  expect(userVisibleErrors(fine)).toEqual({});
  const grabs = [grab('ana', 'OUTCOME_UNKNOWN'), grab('ben', 'TOKEN_REQUIRED'), grab('eve', 'INTERNAL')];
  const chat = { OK: 1, UNAVAILABLE: 2 };
  expect(userVisibleErrors(told(grabs, { chat, closed: { FLOOD: 1 } }))).toEqual({
    'flash-sale:grab OUTCOME_UNKNOWN': 1,
    'flash-sale:grab TOKEN_REQUIRED': 1,
    'flash-sale:grab INTERNAL': 1,
    'chat:say UNAVAILABLE': 2,
    'connection FLOOD': 1,
  });
});

it('a sale where everybody was answered and the units add up has no violation', () => {
  const grabs = [grab('ana', 'OK'), grab('ben', 'SOLD_OUT'), grab('ben', 'OK', { saleId: 's2' })];
  expect(saleViolations(aftermath, told(grabs))).toEqual([]);
  expect(acknowledgedGrabs(grabs.slice(0, 2))).toEqual([
    { actor: 'ana', opId: 'op-ana', kind: 'order-held', orderId: 'order-ana' },
  ]);
});

it('whoever never saw it open, a hold that nobody has, and one too many are violations', () => {
  const unseen = saleViolations(aftermath, told([grab('ana', 'OK')]));
  expect(unseen.join()).toContain('1 of 2 sockets were told');
  const oversold = saleViolations(aftermath, told([grab('ana', 'OK'), grab('ben', 'OK')]));
  expect(oversold.join()).toContain('1 acked holds are not in Redis, e.g. order-ben');
});
