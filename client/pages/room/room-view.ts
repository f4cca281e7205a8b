import { type Signal, signal } from '@preact/signals';
import type { ChatMessage } from '../../../shared/community/chat-message.ts';
import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import type { Draw } from '../../../shared/plays/lottery/draw.ts';
import type { RoomModel } from '../../model/room-model.ts';
import { salesToShow, type Yours } from '../../plays/flash-sale/grab-state.ts';
import { sameItems, useAsTimePasses } from '../../ui/as-time-passes.ts';
import { type ActionReport, createActionReport } from '../shared/action-report.ts';
import { createRoomMedia, type RoomMedia } from './room-media.ts';

/** What is open on top of the room. One sheet at a time. */
export type SheetName =
  | 'shelf'
  | 'about'
  | 'sign-in'
  | 'orders'
  | 'video'
  | 'history'
  | { product: string }
  | { proofOf: string }
  | { checkOf: string }
  | CommunitySheetName;
export type CommunitySheetName = 'draws' | 'club' | 'conduct' | { draw: string } | { message: ChatMessage };

export type RoomView = {
  model: RoomModel;
  sheet: Signal<SheetName | null>;
  isChatShown: Signal<boolean>;
  /** A screen reader reads every message, not only what concerns you. */
  isChatRead: Signal<boolean>;
  media: RoomMedia;
  /** Refusals of what you did in a sheet, in words. */
  report: ActionReport;
};

export function createRoomView(model: RoomModel): RoomView {
  return {
    ...{ model, media: createRoomMedia(model) },
    ...{ sheet: signal(null), isChatShown: signal(true), isChatRead: signal(false) },
    report: createActionReport(),
  };
}

/** What is yours in this room. */
export function yours({ model }: RoomView): Yours {
  return { sales: model.sales.state.value, orders: model.orders.orders.value, fanLevel: fanLevel(model) };
}

/** Whether this page is about somebody who was sent out, rather than about the room. */
export function isOut({ model }: RoomView): boolean {
  const { state, reason } = model.status.value;
  return state === 'closed' && (reason === 'BANNED' || reason === 'KICKED');
}

/** A draw that this page knows. */
export function drawOf({ model }: RoomView, drawId: string): Draw | undefined {
  const { state, earlier } = model.lottery;
  return [...state.value.draws, ...earlier.value.draws].find((draw) => draw.drawId === drawId);
}

/** In the fan club; 0: not in it. */
export function fanLevel(model: RoomModel): number {
  return model.fans.state.value.you.fan?.level ?? 0;
}

/** Sales to show now, most urgent first: another list only when it is one. */
export function useCurrentSales(view: RoomView): FlashSale[] {
  return useAsTimePasses(view.model.nowMs, (nowMs) => salesToShow(yours(view), nowMs), sameItems);
}

export function roomCurrency({ model }: RoomView): string {
  return model.room.state.value?.room.currency ?? 'USD';
}

/** The picture on the plinth: the product on screen, else the one on sale, else the first. */
export function posterImage({ model }: RoomView): string | null {
  const { products, featuredProductId } = model.shelf.state.value;
  const sales = model.sales.state.value.sales.filter(({ phase }) => phase !== 'ended');
  const sale = sales.find(({ phase }) => phase === 'open') ?? sales[0];
  const featured = products.find(({ productId }) => productId === featuredProductId);
  return featured?.imageUrl ?? sale?.imageUrl ?? products[0]?.imageUrl ?? null;
}
