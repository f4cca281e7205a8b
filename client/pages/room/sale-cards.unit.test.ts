import { expect, test } from 'vitest';
import { sampleSale } from '../../plays/flash-sale/testing.ts';
import type { RoomView } from './room-view.ts';
import { floatingOf } from './sale-cards.tsx';

const products = ['p1', 'p2', 'p3', 'p4', 'p9'].map((productId) => ({ productId }));
const sales = ['p1', 'p2', 'p3', 'p4'].map((productId) =>
  sampleSale({ saleId: `of-${productId}`, productId }),
);

function placed(
  featuredProductId: string | null,
  count: number,
): [strips: number, others: number, featured: string | null] {
  const view = {
    model: { shelf: { state: { value: { products, featuredProductId } } } },
  } as unknown as RoomView;
  const { first, strips, featured, others } = floatingOf(view, sales.slice(0, count));
  expect((first === undefined ? 0 : 1) + strips.length + others).toBe(count);
  return [strips.length, others, featured?.productId ?? null];
}

test('[PG132] every sale has a card, a strip, or is counted behind "+", also beside what the host shows', () => {
  expect(placed(null, 0)).toEqual([0, 0, null]);
  expect(placed('p9', 1)).toEqual([0, 0, 'p9']);
  expect(placed(null, 3)).toEqual([2, 0, null]);
  expect(placed('p9', 3)).toEqual([1, 1, 'p9']);
  expect(placed('p9', 4)).toEqual([1, 2, 'p9']);
  expect(placed('p2', 4)).toEqual([2, 1, null]);
  expect(placed('p4', 4)).toEqual([1, 2, 'p4']);
});
