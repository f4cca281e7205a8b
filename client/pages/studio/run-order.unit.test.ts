import { expect, it } from 'vitest';
import { sampleSale } from '../../plays/flash-sale/testing.ts';
import { sampleDraw } from '../../plays/lottery/testing.ts';
import { productStep, runOrder, WINNERS_SHOWN_MS } from './run-order.ts';

it('[PG65] the run list: what runs, sales first and the soonest to end on top; what opens next; what is over, the latest first', () => {
  const sales = [
    sampleSale({ saleId: 'ends-later', endsAtMs: 500 }),
    sampleSale({ saleId: 'over', phase: 'ended', endsAtMs: 50 }),
    sampleSale({ saleId: 'paused', phase: 'paused', endsAtMs: 400 }),
    sampleSale({ saleId: 'soon', phase: 'scheduled', opensAtMs: 700 }),
  ];
  const draws = [
    sampleDraw({ drawId: 'announced', phase: 'announced', opensAtMs: 600 }),
    sampleDraw({ drawId: 'open', phase: 'open', closesAtMs: 400 }),
    sampleDraw({ drawId: 'drawn', phase: 'revealed', closesAtMs: 60 }),
  ];
  const earlierDraws = [
    sampleDraw({ drawId: 'drawn', phase: 'revealed', closesAtMs: 60 }),
    sampleDraw({ drawId: 'long-ago', phase: 'cancelled', closesAtMs: 10 }),
  ];
  const { now, next, past } = runOrder({ sales, draws, earlierDraws, nowMs: WINNERS_SHOWN_MS + 60 });
  const keys = (items: typeof now) => items.map(({ key }) => key);
  expect(keys(now)).toEqual(['paused', 'ends-later', 'open']);
  expect(keys(next)).toEqual(['announced', 'soon']);
  expect(keys(past)).toEqual(['drawn', 'over', 'long-ago']);
});

it('[PG65] who has just won stands below what runs, for ten minutes', () => {
  const draws = [
    sampleDraw({ drawId: 'open', phase: 'open', closesAtMs: 900 }),
    sampleDraw({ drawId: 'drawn', phase: 'revealed', closesAtMs: 60 }),
    sampleDraw({ drawId: 'called-off', phase: 'cancelled', closesAtMs: 70 }),
  ];
  const at = (nowMs: number) => runOrder({ sales: [], draws, earlierDraws: [], nowMs });
  const keys = (items: ReturnType<typeof at>['now']) => items.map(({ key }) => key);
  expect(keys(at(100).now)).toEqual(['open', 'drawn']);
  expect(keys(at(100).past)).toEqual(['called-off']);
  expect(keys(at(60 + WINNERS_SHOWN_MS).past)).toEqual(['called-off', 'drawn']);
});

it('[PG65] a product is pinned first, then sold; while it is sold its sale has the next step', () => {
  const product = { productId: 'p1', title: 'Shirt', description: '', imageUrl: null, priceMinor: 1 };
  const open = sampleSale({ productId: 'p1' });
  expect(productStep(product, null, [])).toEqual({ step: 'pin', sale: null });
  expect(productStep(product, 'p1', [])).toEqual({ step: 'start-sale', sale: null });
  expect(productStep(product, 'p1', [sampleSale({ productId: 'p1', phase: 'ended' })]).step).toBe(
    'start-sale',
  );
  expect(productStep(product, 'p1', [open])).toEqual({ step: 'running', sale: open });
  expect(productStep(product, 'p2', [open])).toEqual({ step: 'pin', sale: open });
});
