import { expect, test } from 'vitest';
import type { Product } from '../../../shared/plays/shelf/contract.ts';
import type { EventOf } from '../events.ts';
import { reduceShelf, type ShelfState } from './reducer.ts';

const product = (productId: string, title = productId): Product => ({
  productId,
  title,
  description: '',
  imageUrl: null,
  priceMinor: 100,
});
const shelf: ShelfState = { products: [product('a'), product('b')], featuredProductId: 'a' };
const event = (part: Pick<EventOf<'shelf'>, 'name' | 'data'>) =>
  ({ seq: 1, atMs: 0, ...part }) as EventOf<'shelf'>;
const ids = (state: ShelfState) => state.products.map(({ productId }) => productId);

test('a new product comes last, a known one keeps its place', () => {
  const added = reduceShelf(shelf, event({ name: 'shelf:product-saved', data: { product: product('c') } }));
  expect(ids(added)).toEqual(['a', 'b', 'c']);
  const changed = reduceShelf(
    added,
    event({ name: 'shelf:product-saved', data: { product: product('a', 'New name') } }),
  );
  expect(ids(changed)).toEqual(['a', 'b', 'c']);
  expect(changed.products[0]?.title).toBe('New name');
});

test('a product that leaves the shelf is no longer on screen', () => {
  const after = reduceShelf(shelf, event({ name: 'shelf:product-removed', data: { productId: 'a' } }));
  expect(after).toEqual({ products: [product('b')], featuredProductId: null });
});

test('one product is on screen, or none', () => {
  const feature = (productId: string | null) =>
    reduceShelf(shelf, event({ name: 'shelf:product-featured', data: { productId } })).featuredProductId;
  expect([feature('b'), feature(null)]).toEqual(['b', null]);
});
