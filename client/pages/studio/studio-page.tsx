import { useState } from 'preact/hooks';
import type { Product } from '../../../shared/plays/shelf/contract.ts';
import type { RoomModel } from '../../model/room-model.ts';
import { SaleForm } from '../../plays/flash-sale/sale-form.tsx';
import type { RoomState } from '../../plays/room/reducer.ts';
import { SessionControl } from '../../plays/room/session-control.tsx';
import { ProductForm } from '../../plays/shelf/product-form.tsx';
import { text } from '../../text/i18n.ts';
import { staffText } from '../../text/staff.ts';
import { toneOf } from '../../ui/avatar.tsx';
import { Poster } from '../../ui/poster.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import type { ActionReport } from '../shared/action-report.ts';
import { StaffChat } from '../shared/staff-chat.tsx';
import { StaffHead } from '../shared/staff-head.tsx';
import { Toast } from '../shared/toast.tsx';
import { RunList } from './run-list.tsx';
import './studio.css';

export type StudioSheet = { kind: 'sale'; product: Product } | { kind: 'product'; product: Product | null };

type Props = { model: RoomModel; room: RoomState; report: ActionReport };

/** Left the stage, in the middle what is for sale, right the chat. */
export function StudioPage({ model, room, report }: Props) {
  const [sheet, setSheet] = useState<StudioSheet | null>(null);
  const { products, featuredProductId } = model.shelf.state.value;
  const onScreen = products.find(({ productId }) => productId === featuredProductId) ?? products[0];
  return (
    <div class="studio">
      <StaffHead title={staffText.studio.title} room={room} />
      <main class="studio-main">
        <section class="studio-stage">
          <div class="studio-preview">
            <Poster
              imageUrl={onScreen?.imageUrl ?? null}
              tone={toneOf(room.room.roomId)}
              isCalm={room.session === null}
            />
          </div>
          <div class="studio-panel">
            <SessionControl
              room={room}
              onStart={(title) => report.run(model.room.startSession(title))}
              onEnd={() => report.run(model.room.endSession())}
            />
          </div>
        </section>
        <RunList model={model} currency={room.room.currency} report={report} onSheet={setSheet} />
        <section class="studio-chat studio-panel" aria-label={text.chat.title}>
          <h2>{text.chat.title}</h2>
          <StaffChat model={model} report={report} showPinned />
        </section>
      </main>
      <StudioSheets model={model} room={room} report={report} sheet={sheet} onClose={() => setSheet(null)} />
      <Toast message={report.problem} />
    </div>
  );
}

function StudioSheets({
  model,
  room,
  report,
  sheet,
  onClose,
}: Props & { sheet: StudioSheet | null; onClose: () => void }) {
  if (sheet === null) return null;
  const { currency } = room.room;
  if (sheet.kind === 'sale') {
    return (
      <Sheet title={staffText.studio.saleTitle(sheet.product.title)} onClose={onClose}>
        <SaleForm
          product={sheet.product}
          currency={currency}
          onSchedule={(input) => report.run(model.sales.schedule(input))}
          onDone={onClose}
        />
      </Sheet>
    );
  }
  return (
    <Sheet
      title={sheet.product === null ? staffText.studio.addProduct : staffText.studio.editProduct}
      onClose={onClose}
    >
      <ProductForm
        product={sheet.product}
        currency={currency}
        onSave={(product) => report.run(model.shelf.save(product))}
        onDone={onClose}
      />
    </Sheet>
  );
}
