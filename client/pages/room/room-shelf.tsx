import { ShelfList } from '../../plays/shelf/view.tsx';
import { format, text } from '../../text/i18n.ts';
import { type RoomView, roomCurrency } from './room-view.ts';

/** The shelf, with the running sale's price in the row of its product. */
export function RoomShelf({ view }: { view: RoomView }) {
  const { model } = view;
  const currency = roomCurrency(view);
  const running = model.sales.state.value.sales.filter(({ phase }) => phase !== 'ended');
  return (
    <ShelfList
      shelf={model.shelf.state.value}
      currency={currency}
      onOpen={(productId) => {
        view.sheet.value = { product: productId };
      }}
      extra={({ productId }) => {
        const sale = running.find((each) => each.productId === productId);
        if (sale === undefined) return null;
        return (
          <span class="tag tag-buy num">
            {text.shelf.onSale} {format.money(sale.priceMinor, currency)}
          </span>
        );
      }}
    />
  );
}
