import { type Signal, signal } from '@preact/signals';
import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import type { RoomModel } from '../../model/room-model.ts';
import { salesToShow } from '../../plays/flash-sale/grab-state.ts';

/** What is open on top of the room. One sheet at a time. */
export type SheetName = 'shelf' | 'about' | 'sign-in';

export type RoomView = {
  model: RoomModel;
  sheet: Signal<SheetName | null>;
  isChatShown: Signal<boolean>;
};

export function createRoomView(model: RoomModel): RoomView {
  return { model, sheet: signal(null), isChatShown: signal(true) };
}

/** Sales to show now, most urgent first. Reading it follows the clock. */
export function currentSales({ model }: RoomView): FlashSale[] {
  return salesToShow(model.sales.state.value, model.nowMs.value);
}

/** The picture on the plinth: the product on screen, else the one on sale, else the first. */
export function posterImage({ model }: RoomView): string | null {
  const { products, featuredProductId } = model.shelf.state.value;
  const [sale] = model.sales.state.value.sales.filter(({ phase }) => phase !== 'ended');
  const featured = products.find(({ productId }) => productId === featuredProductId);
  return featured?.imageUrl ?? sale?.imageUrl ?? products[0]?.imageUrl ?? null;
}
