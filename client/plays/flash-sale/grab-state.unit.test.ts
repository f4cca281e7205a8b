import { expect, test } from 'vitest';
import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import type { Order } from '../../../shared/trade/order.ts';
import { endedOrderOf, grabStateOf, salesToShow } from './grab-state.ts';
import { noSales, type SaleState } from './reducer.ts';
import { sampleHold, sampleSale } from './testing.ts';

const NOW_MS = 200_000;
const refusedAt = (code: string) =>
  ({ kind: 'refused', error: { code, message: '', retryable: false }, atMs: NOW_MS }) as const;
const placeAt = (position: number, saleId = 's1') => ({
  places: { bySale: { [saleId]: { position, waiting: 7, seq: 1 } }, lefts: [] },
});

type Part = Partial<SaleState> & { orders?: Order[]; fanLevel?: number };
const yoursWith = ({ orders = [], fanLevel = 0, ...part }: Part) => ({
  ...{ sales: { ...noSales, ...part }, orders, fanLevel },
});

function stateOf(sale: Partial<FlashSale>, part: Part = {}, isOnline = true) {
  return grabStateOf(sampleSale(sale), yoursWith(part), isOnline, NOW_MS);
}

test.each([
  ['waits', { phase: 'scheduled', opensAtMs: NOW_MS + 30_000 }, { state: 'before', leftMs: 30_000 }],
  [
    'opens in a moment',
    { phase: 'scheduled', opensAtMs: NOW_MS + 10_000 },
    { state: 'soon', leftMs: 10_000 },
  ],
  ['is due, but not yet open', { phase: 'scheduled', opensAtMs: NOW_MS - 400 }, { state: 'soon', leftMs: 0 }],
  ['is open', { phase: 'open' }, { state: 'open' }],
  ['has nothing left', { phase: 'open', available: 0 }, { state: 'sold-out' }],
  ['has units that those in line will get', { available: 2, waiting: 2 }, { state: 'sold-out' }],
  ['has more units than people in line', { available: 3, waiting: 2 }, { state: 'open' }],
  ['is paused', { phase: 'paused' }, { state: 'paused' }],
  ['is over by the clock', { phase: 'open', endsAtMs: NOW_MS }, { state: 'ended' }],
  ['is over', { phase: 'ended' }, { state: 'ended' }],
] as const)('a sale that %s', (_what, sale, expected) => {
  expect(stateOf(sale)).toEqual(expected);
});

test('what you hold shows before everything else, also offline and after the end', () => {
  const order = sampleHold({ holdExpiresAtMs: NOW_MS + 60_000 });
  const yours = { orders: [order], taken: { s1: 1 } };
  const held = { state: 'held', leftMs: 60_000, order };
  expect(stateOf({}, yours)).toEqual(held);
  expect(stateOf({}, yours, false)).toEqual(held);
  expect(stateOf({ phase: 'ended' }, yours)).toEqual(held);
});

test('an offer from the line says that it is one', () => {
  const order = sampleHold({ holdExpiresAtMs: NOW_MS + 60_000, source: 'waitlist' });
  expect(stateOf({}, { orders: [order] })).toEqual({ state: 'offered', leftMs: 60_000, order });
});

test('of several holds the one that ends first counts', () => {
  const late = sampleHold({ orderId: 'o2-AAAAAAAAAAAA', holdExpiresAtMs: NOW_MS + 60_000 });
  const soon = sampleHold({ holdExpiresAtMs: NOW_MS + 5_000 });
  expect(stateOf({}, { orders: [late, soon] })).toMatchObject({ leftMs: 5_000 });
});

test('a hold past its deadline is ending, not held', () => {
  const yours = { orders: [sampleHold({ holdExpiresAtMs: NOW_MS })], taken: { s1: 1 } };
  expect(stateOf({}, yours)).toEqual({ state: 'working', doing: 'ending' });
});

test('a press is under way until its answer comes', () => {
  expect(stateOf({}, { outcomes: { s1: { kind: 'working', doing: 'grab' } } })).toEqual({
    state: 'working',
    doing: 'grab',
  });
  expect(stateOf({}, { outcomes: { s1: refusedAt('SOLD_OUT') } })).toEqual({ state: 'open' });
});

test('your place in line shows while the sale is sold out, and after its end while holds may come back', () => {
  const waiting = { state: 'waiting', position: 3, waiting: 7 };
  expect(stateOf({ available: 0 }, placeAt(3))).toEqual(waiting);
  expect(stateOf({ phase: 'ended', available: 0 }, placeAt(3))).toEqual(waiting);
});

test('what you have paid is said as such, once you may have no more', () => {
  const orders = [sampleHold({ state: 'PAID' })];
  expect(stateOf({}, { orders, taken: { s1: 1 } })).toEqual({ state: 'paid' });
  expect(stateOf({ limitPerBuyer: 2 }, { orders, taken: { s1: 1 } })).toEqual({ state: 'open' });
  expect(stateOf({ phase: 'ended', limitPerBuyer: 2 }, { orders, taken: { s1: 1 } })).toEqual({
    state: 'paid',
  });
});

test('your limit and your pause are words of their own', () => {
  expect(stateOf({ limitPerBuyer: 2 }, { taken: { s1: 2 } })).toEqual({ state: 'limit', units: 2 });
  expect(stateOf({}, { blockedUntilMs: NOW_MS + 5_000 })).toEqual({ state: 'blocked', leftMs: 5_000 });
});

test('without a connection the button says so', () => {
  expect(stateOf({}, {}, false)).toEqual({ state: 'offline' });
});

test('how the last order ended is told for a minute, a refund that is coming until it came', () => {
  const ended = (state: Order['state'], agoMs: number) =>
    endedOrderOf('s1', [sampleHold({ state, updatedAtMs: NOW_MS - agoMs })], NOW_MS)?.state;
  expect([ended('EXPIRED', 1_000), ended('EXPIRED', 61_000)]).toEqual(['EXPIRED', undefined]);
  expect([ended('REFUND_REQUIRED', 600_000), ended('PAID', 1_000)]).toEqual(['REFUND_REQUIRED', undefined]);
});

test('the most urgent sale comes first; ended ones only when there is no other, for a minute', () => {
  const running = [
    sampleSale({ saleId: 'later', phase: 'scheduled', opensAtMs: NOW_MS + 90_000 }),
    sampleSale({ saleId: 'soon', phase: 'scheduled', opensAtMs: NOW_MS + 5_000 }),
    sampleSale({ saleId: 'sold-out', available: 0 }),
    sampleSale({ saleId: 'in-line', available: 0 }),
    sampleSale({ saleId: 'open' }),
    sampleSale({ saleId: 'opened-last', opensAtMs: 150_000 }),
    sampleSale({ saleId: 'over', phase: 'ended', endsAtMs: NOW_MS - 1_000 }),
    sampleSale({ saleId: 'over-but-held', phase: 'ended', endsAtMs: NOW_MS - 90_000 }),
  ];
  const held = [sampleHold({ saleId: 'over-but-held' })];
  const ids = (sales: FlashSale[], nowMs: number, orders = held) =>
    salesToShow(yoursWith({ sales, orders, ...placeAt(1, 'in-line') }), nowMs).map(({ saleId }) => saleId);
  expect(ids(running, NOW_MS)).toEqual([
    ...['over-but-held', 'soon', 'opened-last', 'open', 'in-line', 'sold-out', 'later'],
  ]);
  const over = running.slice(6);
  expect(ids(over, NOW_MS, [])).toEqual(['over']);
  expect(ids(over, NOW_MS + 60_000, [])).toEqual([]);
});

test('while fans come first, a fan of the level may grab, and the others see for how long', () => {
  const sale = { phase: 'open', opensAtMs: NOW_MS - 5_000, earlyLevel: 3, earlyMs: 20_000 } as const;
  expect(stateOf(sale, { fanLevel: 2 })).toEqual({ state: 'fans-first', leftMs: 15_000, level: 3 });
  expect(stateOf(sale, { fanLevel: 3 })).toEqual({ state: 'open' });
  expect(stateOf({ ...sale, opensAtMs: NOW_MS - 20_000 })).toEqual({ state: 'open' });
  expect(stateOf({ ...sale, phase: 'paused' }).state).toBe('paused');
});
