import { SellerDetails } from '../../plays/room/view.tsx';
import { text } from '../../text/i18n.ts';
import { Sheet } from '../../ui/sheet.tsx';
import { NameForm } from '../shared/sign-in-form.tsx';
import { Orders } from './orders-sheet.tsx';
import { RoomShelf } from './room-shelf.tsx';
import type { RoomView } from './room-view.ts';
import { SaleList } from './sale-cards.tsx';
import { StockProofView } from './stock-proof.tsx';

/** The one sheet that is open, if any. */
export function RoomSheets({ view }: { view: RoomView }) {
  const { model, sheet } = view;
  const room = model.room.state.value?.room;
  const close = () => {
    sheet.value = null;
  };
  if (sheet.value === 'shelf') {
    return (
      <Sheet title={text.shelf.title} onClose={close}>
        <div class="sheet-sales">
          <SaleList view={view} />
        </div>
        <RoomShelf view={view} />
      </Sheet>
    );
  }
  if (sheet.value === 'orders') {
    return (
      <Sheet title={text.orders.title} onClose={close}>
        <Orders view={view} />
        <p class="sheet-problem" role="alert">
          {view.report.problem.value}
        </p>
      </Sheet>
    );
  }
  if (typeof sheet.value === 'object' && sheet.value !== null) {
    const { proofOf } = sheet.value;
    const sale = model.sales.state.value.sales.find(({ saleId }) => saleId === proofOf);
    return (
      <Sheet
        key={proofOf}
        title={sale === undefined ? text.orders.proof : text.orders.proofOf(sale.title)}
        onClose={close}
      >
        <StockProofView view={view} saleId={proofOf} />
      </Sheet>
    );
  }
  if (sheet.value === 'about' && room !== undefined) {
    return (
      <Sheet title={room.title} onClose={close}>
        <SellerDetails room={room} />
      </Sheet>
    );
  }
  if (sheet.value === 'sign-in') {
    return (
      <Sheet title={text.signIn.title} onClose={close}>
        <NameForm
          signIn={model.signIn}
          onDone={() => {
            close();
            model.client.reconnect();
          }}
        />
      </Sheet>
    );
  }
  return null;
}
