import { useEffect, useState } from 'preact/hooks';
import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import { type GrabState, grabStateOf, SOON_MS } from '../../plays/flash-sale/grab-state.ts';
import { FlashCard } from '../../plays/flash-sale/view.tsx';
import { payUrl } from '../../plays/order/pay-links.ts';
import { currentSales, type RoomView, roomCurrency, yours } from './room-view.ts';

/** Without a touch, a card over the video makes itself small after this long. */
const COLLAPSE_AFTER_MS = 6_000;

/** More would hide the video; all of them stand in the sheet of products. */
const STRIPS_MAX = 2;

/** What you must not miss. */
const MUST_SHOW: ReadonlySet<GrabState['state']> = new Set(['soon', 'held', 'offered', 'working']);

/** Over the video: the most urgent sale as a card, the next ones as strips. */
export function FloatingSales({ view }: { view: RoomView }) {
  const [first, ...others] = currentSales(view);
  if (first === undefined) return null;
  return (
    <div class="floating-sales">
      <FoldingCard key={first.saleId} view={view} sale={first} />
      {others.slice(0, STRIPS_MAX).map((sale) => (
        <SaleCard key={sale.saleId} view={view} sale={sale} isCompact />
      ))}
    </div>
  );
}

/** In a column: all of them, in full. */
export function SaleList({ view }: { view: RoomView }) {
  return (
    <>
      {currentSales(view).map((sale) => (
        <SaleCard key={sale.saleId} view={view} sale={sale} />
      ))}
    </>
  );
}

/** Folds by itself, but not while it is about to open, while you hold it, or after you touched it. */
function FoldingCard({ view, sale }: { view: RoomView; sale: FlashSale }) {
  const [isCompact, setCompact] = useState(false);
  const [isTouched, setTouched] = useState(false);
  const { model } = view;
  const { state } = grabStateOf(sale, yours(view), model.isOnline.value, model.nowMs.value);
  const opensSoon = sale.phase === 'scheduled' && sale.opensAtMs - model.nowMs.value <= 3 * SOON_MS;
  const mustShow = opensSoon || MUST_SHOW.has(state);

  useEffect(() => {
    if (mustShow) {
      setCompact(false);
      return;
    }
    if (isTouched) return;
    const timer = setTimeout(() => setCompact(true), COLLAPSE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [mustShow, isTouched, state]);

  return (
    <div class="folding" onPointerDown={() => setTouched(true)}>
      <SaleCard
        view={view}
        sale={sale}
        isCompact={isCompact && !mustShow}
        onToggle={mustShow ? undefined : () => setCompact(!isCompact)}
      />
    </div>
  );
}

type CardProps = {
  view: RoomView;
  sale: FlashSale;
  isCompact?: boolean;
  onToggle?: (() => void) | undefined;
};

function SaleCard({ view, sale, isCompact = false, onToggle }: CardProps) {
  const { model, sheet } = view;
  const { saleId } = sale;
  return (
    <FlashCard
      sale={sale}
      yours={yours(view)}
      currency={roomCurrency(view)}
      nowMs={model.nowMs.value}
      isOnline={model.isOnline.value}
      isStale={model.status.value.stale}
      canBuy={model.role.value !== 'guest'}
      payUrlOf={(orderId) => payUrl(model.orders.payLinks.value[orderId])}
      actions={{
        onNear: () => model.sales.prepare(saleId),
        onGrab: () => model.sales.grab(saleId),
        onWait: () => model.sales.wait(saleId),
        onLeave: () => model.sales.stopWaiting(saleId),
        onOrders() {
          sheet.value = 'orders';
        },
        onProof() {
          sheet.value = { proofOf: saleId };
        },
        onSignIn() {
          sheet.value = 'sign-in';
        },
      }}
      isCompact={isCompact}
      onToggle={onToggle}
    />
  );
}
