import { useLayoutEffect, useState } from 'preact/hooks';
import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import { type GrabState, grabStateOf, SOON_MS } from '../../plays/flash-sale/grab-state.ts';
import { FlashCard } from '../../plays/flash-sale/view.tsx';
import { payUrl } from '../../plays/order/pay-links.ts';
import { useAsTimePasses } from '../../ui/as-time-passes.ts';
import { FeaturedStrip, featuredBeside } from './featured-strip.tsx';
import { type RoomView, roomCurrency, useCurrentSales, yours } from './room-view.ts';

/** Left alone, a card over the video makes itself small after this long. */
const COLLAPSE_AFTER_MS = 6_000;

/** More would hide the video; all of them stand in the sheet of products. */
const STRIPS_MAX = 2;

/** What you must not miss. */
const MUST_SHOW: ReadonlySet<GrabState['state']> = new Set(['soon', 'held', 'offered', 'working']);

/** Over the video: the most urgent sale as a card, the next ones and what the host shows as strips. */
export function FloatingSales({ view }: { view: RoomView }) {
  const { first, strips, featured } = floatingOf(view, useCurrentSales(view));
  if (first === undefined && featured === null) return null;
  return (
    <div class="floating-sales">
      {first === undefined ? null : <FoldingCard key={first.saleId} view={view} sale={first} />}
      {strips.map((sale) => (
        <SaleCard key={sale.saleId} view={view} sale={sale} isCompact />
      ))}
      {featured === null ? null : <FeaturedStrip view={view} product={featured} />}
    </div>
  );
}

/** What has a place over the video; `others`: how many sales have none. */
export function floatingOf(view: RoomView, sales: readonly FlashSale[]) {
  const [first, ...rest] = sales;
  const featured = featuredBeside(view, sales.slice(0, STRIPS_MAX + 1));
  const strips = rest.slice(0, featured === null ? STRIPS_MAX : STRIPS_MAX - 1);
  return { first, strips, featured, others: rest.length - strips.length };
}

/** In a column: all of them, in full. */
export function SaleList({ view, isInSheet = false }: { view: RoomView; isInSheet?: boolean }) {
  return (
    <>
      {useCurrentSales(view).map((sale) => (
        <SaleCard key={sale.saleId} view={view} sale={sale} isInSheet={isInSheet} />
      ))}
    </>
  );
}

/** The sale of one product, if there is one to show. */
export function SaleOf({ view, productId }: { view: RoomView; productId: string }) {
  const sale = useCurrentSales(view).find((each) => each.productId === productId);
  return sale === undefined ? null : <SaleCard view={view} sale={sale} isInSheet />;
}

/** Folds by itself, but not while it is about to open, while you hold it, or while you are at it. */
function FoldingCard({ view, sale }: { view: RoomView; sale: FlashSale }) {
  const [isCompact, setCompact] = useState(false);
  const [isPointed, setPointed] = useState(false);
  const [isAtKeys, setAtKeys] = useState(false);
  const isBusy = isPointed || isAtKeys;
  const [touches, setTouches] = useState(0);
  const { model } = view;
  const { phase, opensAtMs } = sale;
  const mine = yours(view);
  const isOnline = model.isOnline.value;
  const state = useAsTimePasses(model.nowMs, (now) => grabStateOf(sale, mine, isOnline, now).state);
  const opensSoon = useAsTimePasses(
    model.nowMs,
    (now) => phase === 'scheduled' && opensAtMs - now <= 3 * SOON_MS,
  );
  const mustShow = opensSoon || MUST_SHOW.has(state);

  // At once, not after the next frame: a card that was just touched must not fold in between.
  useLayoutEffect(() => {
    if (mustShow) setCompact(false);
    if (mustShow || isBusy) return;
    const timer = setTimeout(() => setCompact(true), COLLAPSE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [mustShow, isBusy, state, touches]);

  const touched = () => setTouches((count) => count + 1);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only listens to whether somebody is at it
    <div
      class="folding"
      onPointerDown={touched}
      // A mouse that rests on it reads it. A finger is gone.
      onPointerEnter={({ pointerType }) => setPointed(pointerType === 'mouse')}
      onPointerLeave={() => setPointed(false)}
      // Folding would take away what has the focus. A press leaves it there, too, and that is no reason to stay.
      onFocusIn={({ target }) => setAtKeys(target instanceof Element && target.matches(':focus-visible'))}
      onFocusOut={() => setAtKeys(false)}
      onKeyDown={touched}
    >
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
  isInSheet?: boolean;
};

function SaleCard({ view, sale, isCompact = false, onToggle, isInSheet = false }: CardProps) {
  const { model, sheet } = view;
  const { saleId } = sale;
  return (
    <FlashCard
      sale={sale}
      yours={yours(view)}
      currency={roomCurrency(view)}
      nowMs={model.nowMs}
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
      isInSheet={isInSheet}
    />
  );
}
