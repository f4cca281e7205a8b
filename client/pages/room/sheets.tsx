import { SellerDetails } from '../../plays/room/view.tsx';
import { text } from '../../text/i18n.ts';
import { lazy } from '../../ui/lazy.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { nameInWords } from '../../ui/simulated-words.ts';
import { NameForm } from '../shared/sign-in-form.tsx';
import { Orders } from './orders-sheet.tsx';
import { RoomShelf } from './room-shelf.tsx';
import { type CommunitySheetName, drawOf, type RoomView } from './room-view.ts';
import { SaleList } from './sale-cards.tsx';
import { StockProofView } from './stock-proof.tsx';

const CommunitySheet = lazy(async () => (await import('./community-sheet.tsx')).CommunitySheet);
const RoomSheet = lazy(async () => (await import('./room-sheet.tsx')).RoomSheet);
const DrawCheckView = lazy(async () => (await import('./draw-check-view.tsx')).DrawCheckView);

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
          <SaleList view={view} isInSheet />
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
  if (typeof sheet.value === 'object' && sheet.value !== null && 'proofOf' in sheet.value) {
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
  if (typeof sheet.value === 'object' && sheet.value !== null && 'checkOf' in sheet.value) {
    const { checkOf } = sheet.value;
    return (
      <Sheet key={`check ${checkOf}`} title={drawTitle(view, checkOf)} onClose={close}>
        <DrawCheckView view={view} drawId={checkOf} />
      </Sheet>
    );
  }
  if (sheet.value === 'about' && room !== undefined) {
    return (
      <Sheet title={room.title} onClose={close}>
        <SellerDetails room={room} />
        <RoomSheet view={view} of="menu" />
      </Sheet>
    );
  }
  if (sheet.value === 'history') {
    return (
      <Sheet title={text.chat.title} onClose={close}>
        <RoomSheet view={view} of="history" />
      </Sheet>
    );
  }
  if (typeof sheet.value === 'object' && sheet.value !== null && 'product' in sheet.value) {
    const { product } = sheet.value;
    const title = model.shelf.state.value.products.find(({ productId }) => productId === product)?.title;
    return (
      <Sheet key={`product ${product}`} title={title ?? text.shelf.title} onClose={close}>
        <RoomSheet view={view} of={{ product }} />
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
  if (sheet.value === 'video') {
    const kit = view.media.kit.value;
    if (kit === null) return null;
    return (
      <Sheet title={kit.words.quality.title} onClose={close}>
        <kit.Quality player={kit.player} />
      </Sheet>
    );
  }
  if (sheet.value === null || sheet.value === 'about') return null;
  const of = sheet.value;
  return (
    <Sheet key={keyOf(of)} title={titleOf(view, of)} onClose={close}>
      <CommunitySheet view={view} of={of} />
    </Sheet>
  );
}

function keyOf(of: CommunitySheetName): string {
  if (typeof of === 'string') return of;
  return 'draw' in of ? `draw ${of.draw}` : `message ${of.message.messageId}`;
}

function titleOf(view: RoomView, of: CommunitySheetName): string {
  if (of === 'draws') return text.draw.earlier;
  if (of === 'club') return text.fans.title;
  if (of === 'conduct') return text.conduct.why;
  return 'draw' in of ? drawTitle(view, of.draw) : text.conduct.menu(nameInWords(of.message));
}

function drawTitle(view: RoomView, drawId: string): string {
  return drawOf(view, drawId)?.title ?? text.draw.title;
}
