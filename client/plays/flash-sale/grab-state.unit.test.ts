import { expect, test } from 'vitest';
import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import { grabStateOf, salesToShow } from './grab-state.ts';
import { noSales, type SaleState } from './reducer.ts';
import { sampleHold, sampleSale } from './testing.ts';

const NOW_MS = 200_000;
const refusedAt = (code: string) =>
  ({ kind: 'refused', error: { code, message: '', retryable: false }, atMs: NOW_MS }) as const;

function stateOf(sale: Partial<FlashSale>, yours: Partial<SaleState> = {}, isOnline = true) {
  return grabStateOf(sampleSale(sale), { ...noSales, ...yours }, isOnline, NOW_MS);
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
  ['is paused', { phase: 'paused' }, { state: 'paused' }],
  ['is over by the clock', { phase: 'open', endsAtMs: NOW_MS }, { state: 'ended' }],
  ['is over', { phase: 'ended' }, { state: 'ended' }],
] as const)('a sale that %s', (_what, sale, expected) => {
  expect(stateOf(sale)).toEqual(expected);
});

test('what you hold shows before everything else, also offline and after the end', () => {
  const yours = { holds: [sampleHold({ holdExpiresAtMs: NOW_MS + 60_000 })], taken: { s1: 1 } };
  const held = { state: 'held', leftMs: 60_000 };
  expect(stateOf({}, yours)).toEqual(held);
  expect(stateOf({}, yours, false)).toEqual(held);
  expect(stateOf({ phase: 'ended' }, yours)).toEqual(held);
});

test('a hold past its deadline is being released, not held', () => {
  const yours = { holds: [sampleHold({ holdExpiresAtMs: NOW_MS })], taken: { s1: 1 } };
  expect(stateOf({}, yours)).toEqual({ state: 'working', releasing: true });
});

test('a press is under way until its answer comes', () => {
  expect(stateOf({}, { outcomes: { s1: { kind: 'working' } } })).toEqual({
    state: 'working',
    releasing: false,
  });
  expect(stateOf({}, { outcomes: { s1: refusedAt('SOLD_OUT') } })).toEqual({ state: 'open' });
});

test('your limit and your pause are words of their own', () => {
  expect(stateOf({ limitPerBuyer: 2 }, { taken: { s1: 2 } })).toEqual({ state: 'limit', units: 2 });
  expect(stateOf({}, { blockedUntilMs: NOW_MS + 5_000 })).toEqual({ state: 'blocked', leftMs: 5_000 });
});

test('without a connection the button says so', () => {
  expect(stateOf({}, {}, false)).toEqual({ state: 'offline' });
});

test('the most urgent sale comes first; ended ones only when there is no other, for a minute', () => {
  const running = [
    sampleSale({ saleId: 'later', phase: 'scheduled', opensAtMs: NOW_MS + 90_000 }),
    sampleSale({ saleId: 'soon', phase: 'scheduled', opensAtMs: NOW_MS + 5_000 }),
    sampleSale({ saleId: 'sold-out', available: 0 }),
    sampleSale({ saleId: 'open' }),
    sampleSale({ saleId: 'opened-last', opensAtMs: 150_000 }),
    sampleSale({ saleId: 'over', phase: 'ended', endsAtMs: NOW_MS - 1_000 }),
    sampleSale({ saleId: 'over-but-held', phase: 'ended', endsAtMs: NOW_MS - 90_000 }),
  ];
  const ids = (sales: FlashSale[], nowMs: number, holds = [sampleHold({ saleId: 'over-but-held' })]) =>
    salesToShow({ ...noSales, sales, holds }, nowMs).map(({ saleId }) => saleId);
  expect(ids(running, NOW_MS)).toEqual(['over-but-held', 'soon', 'opened-last', 'open', 'sold-out', 'later']);
  const over = running.slice(5);
  expect(ids(over, NOW_MS, [])).toEqual(['over']);
  expect(ids(over, NOW_MS + 60_000, [])).toEqual([]);
});
