import { SellerDetails } from '../../plays/room/view.tsx';
import { text } from '../../text/i18n.ts';
import { Sheet } from '../../ui/sheet.tsx';
import { NameForm } from '../shared/sign-in-form.tsx';
import { RoomShelf } from './room-shelf.tsx';
import type { RoomView } from './room-view.ts';
import { SaleList } from './sale-cards.tsx';

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
