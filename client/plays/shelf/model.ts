import { type Signal, signal } from '@preact/signals';
import type { Ack } from '../../../shared/kernel/ack.ts';
import type { Product } from '../../../shared/plays/shelf/contract.ts';
import type { LivestallClient } from '../../sdk/client.ts';
import { isEventOf } from '../events.ts';
import { reduceShelf, type ShelfState, shelfFromSnapshot } from './reducer.ts';

export type ShelfPlay = {
  state: Signal<ShelfState>;
  save(product: Product): Promise<Ack<unknown>>;
  remove(productId: string): Promise<Ack<unknown>>;
  feature(productId: string | null): Promise<Ack<unknown>>;
};

export function createShelfPlay(client: LivestallClient): ShelfPlay {
  const state = signal<ShelfState>({ products: [], featuredProductId: null });
  client.on('snapshot', ({ snapshot }) => {
    state.value = shelfFromSnapshot(snapshot.shelf);
  });
  client.on('events', ({ events }) => {
    state.value = events.filter((event) => isEventOf('shelf', event)).reduce(reduceShelf, state.value);
  });
  return {
    state,
    save: (product) => client.call('shelf:save-product', { product }),
    remove: (productId) => client.call('shelf:remove-product', { productId }),
    feature: (productId) => client.call('shelf:feature', { productId }),
  };
}
