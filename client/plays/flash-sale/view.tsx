import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import { errorText, text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { ProductImage } from '../../ui/product-image.tsx';
import { CountdownRing } from './countdown-ring.tsx';
import { type GrabActions, GrabButton } from './grab-button.tsx';
import { earlyLeftMs, endedOrderOf, type GrabState, grabStateOf, type Yours } from './grab-state.ts';
import { Price } from './price.tsx';
import type { GrabOutcome } from './reducer.ts';
import { Standing } from './standing.tsx';
import './view.css';

type Props = {
  sale: FlashSale;
  yours: Yours;
  currency: string;
  nowMs: number;
  isOnline: boolean;
  isStale: boolean;
  canBuy: boolean;
  /** Where an order is paid; null while not known, or where there is no shop. */
  payUrlOf: (orderId: string) => string | null;
  actions: GrabActions;
  /** A 48 px strip with picture, price, time and the button. */
  isCompact?: boolean;
  onToggle?: (() => void) | undefined;
};

/** How long a refusal stays to be read. */
const NOTE_MS = 8_000;

/** One flash sale: what, for how much, how many are left, how long, and one button. */
export function FlashCard(props: Props) {
  const { sale, yours, nowMs, isCompact = false } = props;
  const grab = grabStateOf(sale, yours, props.isOnline, nowMs);
  const payUrl = 'order' in grab ? props.payUrlOf(grab.order.orderId) : null;
  const classes = `flash is-${sale.phase} ${isCompact ? 'is-compact' : ''} ${props.isStale ? 'is-stale' : ''}`;
  return (
    <section class={classes} data-testid="flash-card" aria-label={`${text.sale.flash}: ${sale.title}`}>
      <Picture sale={sale} isCompact={isCompact} onToggle={props.onToggle} />
      <div class="flash-what">
        <div class="flash-title">
          <h3>
            <bdi>{sale.title}</bdi>
          </h3>
          <Clock sale={sale} nowMs={nowMs} />
        </div>
        <Price sale={sale} currency={props.currency} />
      </div>
      <div class="flash-buy">
        <Standing sale={sale} grab={grab} onProof={props.actions.onProof} />
        <GrabButton grab={grab} canBuy={props.canBuy} payUrl={payUrl} actions={props.actions} />
      </div>
      <p class="flash-note" aria-live="polite" data-testid="flash-note">
        {noteOf(sale, yours, grab, nowMs, isCompact)}
      </p>
    </section>
  );
}

function Picture({ sale, isCompact, onToggle }: Pick<Props, 'sale' | 'onToggle'> & { isCompact: boolean }) {
  const image = <ProductImage url={sale.imageUrl} title={sale.title} />;
  if (onToggle === undefined) return <div class="flash-picture">{image}</div>;
  return (
    <button
      type="button"
      class="flash-picture"
      aria-expanded={!isCompact}
      aria-label={isCompact ? text.sale.expand : text.sale.collapse}
      onClick={onToggle}
    >
      {image}
      <span class="flash-fold" aria-hidden="true">
        <Icon name="down" size={14} />
      </span>
    </button>
  );
}

function Clock({ sale, nowMs }: { sale: FlashSale; nowMs: number }) {
  if (sale.phase === 'ended' || sale.endsAtMs <= nowMs) return null;
  if (sale.phase === 'scheduled') {
    return <CountdownRing label={text.sale.startsIn} leftMs={sale.opensAtMs - nowMs} wholeMs={30_000} />;
  }
  const wholeMs = sale.endsAtMs - sale.opensAtMs;
  return <CountdownRing label={text.sale.endsIn} leftMs={sale.endsAtMs - nowMs} wholeMs={wholeMs} />;
}

/** A line under the button where the button's own words are not enough; a strip has room for what is urgent only. */
function noteOf(
  sale: FlashSale,
  { sales, orders }: Yours,
  grab: GrabState,
  nowMs: number,
  isCompact: boolean,
): string {
  const isYours = grab.state === 'held' || grab.state === 'offered' || grab.state === 'waiting';
  const refusal = isYours ? null : refusalOf(sales.outcomes[sale.saleId], nowMs);
  if (refusal !== null) return refusal;
  const ended = isYours ? undefined : endedOrderOf(sale.saleId, orders, nowMs);
  if (ended !== undefined) return text.orders.notes[ended.state];
  if (isCompact) return '';
  switch (grab.state) {
    case 'held':
      return text.sale.heldNote;
    case 'offered':
      return text.sale.offeredNote;
    case 'waiting':
      return text.sale.inLineNote(grab.position - 1);
    case 'blocked':
      return text.sale.blockedNote;
    case 'fans-first':
      return text.sale.fansFirstNote(grab.level);
    case 'open': {
      const leftMs = earlyLeftMs(sale, nowMs);
      return leftMs > 0 ? text.sale.fansFirstYou(leftMs) : '';
    }
    case 'sold-out':
      return [text.sale.soldOutNote, text.sale.lineNote(sale.waiting)].join(' ').trim();
    case 'limit':
      return text.sale.limitNote;
    case 'paused':
      return text.sale.pausedNote;
    default:
      return '';
  }
}

function refusalOf(outcome: GrabOutcome | undefined, nowMs: number): string | null {
  if (outcome === undefined || outcome.kind === 'working' || nowMs - outcome.atMs >= NOTE_MS) return null;
  return outcome.kind === 'refused' ? errorText(outcome.error) : text.sale.passedOver[outcome.reason];
}
