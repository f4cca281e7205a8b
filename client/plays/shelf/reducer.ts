import type { ShelfSnapshot } from '../../../shared/plays/shelf/contract.ts';
import { type EventOf, ignoreUnknown } from '../events.ts';

export type ShelfState = ShelfSnapshot;

export function shelfFromSnapshot(snapshot: ShelfSnapshot): ShelfState {
  return snapshot;
}

export function reduceShelf(state: ShelfState, event: EventOf<'shelf'>): ShelfState {
  switch (event.name) {
    case 'shelf:product-saved': {
      const { product } = event.data;
      const isKnown = state.products.some(({ productId }) => productId === product.productId);
      const products = isKnown
        ? state.products.map((each) => (each.productId === product.productId ? product : each))
        : [...state.products, product];
      return { ...state, products };
    }
    case 'shelf:product-removed': {
      const { productId } = event.data;
      return {
        products: state.products.filter((each) => each.productId !== productId),
        featuredProductId: state.featuredProductId === productId ? null : state.featuredProductId,
      };
    }
    case 'shelf:product-featured':
      return { ...state, featuredProductId: event.data.productId };
    default:
      return ignoreUnknown(state, event);
  }
}
