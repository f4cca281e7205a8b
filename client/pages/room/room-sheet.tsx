import { menuText } from '../../text/room-menu.ts';
import { RoomChat } from './chat-parts.tsx';
import { ProductSheet, RoomMenu } from './room-menu.tsx';
import type { RoomView } from './room-view.ts';
import { SaleOf } from './sale-cards.tsx';

export type RoomSheetName = 'menu' | 'history' | { product: string };

/** Sheets that few people open, and everybody would have to wait for: loaded when one is first opened. */
export function RoomSheet({ view, of }: { view: RoomView; of: RoomSheetName }) {
  if (of === 'menu') return <RoomMenu view={view} />;
  if (of === 'history') {
    return (
      <div class="chat-history" data-testid="chat-history">
        <p>{menuText.historyHint}</p>
        <RoomChat view={view} />
      </div>
    );
  }
  return (
    <ProductSheet view={view} productId={of.product}>
      <SaleOf view={view} productId={of.product} />
    </ProductSheet>
  );
}
