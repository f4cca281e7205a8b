import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import { errorText, text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { ProductImage } from '../../ui/product-image.tsx';
import { CountdownRing } from './countdown-ring.tsx';
import { GrabButton } from './grab-button.tsx';
import { type GrabState, grabStateOf } from './grab-state.ts';
import { Price } from './price.tsx';
import type { GrabOutcome, SaleState } from './reducer.ts';
import { StockBar } from './stock-bar.tsx';
import './view.css';

type Props = {
  sale: FlashSale;
  yours: SaleState;
  currency: string;
  nowMs: number;
  isOnline: boolean;
  isStale: boolean;
  canBuy: boolean;
  onGrab: () => void;
  onSignIn: () => void;
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
  const note = noteOf(grab, yours.outcomes[sale.saleId], nowMs);
  const button = (
    <GrabButton grab={grab} canBuy={props.canBuy} onGrab={props.onGrab} onSignIn={props.onSignIn} />
  );
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
        {grab.state === 'ended' ? <span /> : <StockBar sale={sale} />}
        {button}
      </div>
      <p class="flash-note" aria-live="polite">
        {note}
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

/** A line under the button where the button's own words are not enough. */
function noteOf(grab: GrabState, outcome: GrabOutcome | undefined, nowMs: number): string {
  const isFresh = outcome !== undefined && outcome.kind !== 'working' && nowMs - outcome.atMs < NOTE_MS;
  if (grab.state === 'held') return text.sale.heldNote;
  if (grab.state === 'blocked') return text.sale.blockedNote;
  if (isFresh && outcome.kind === 'expired') return text.sale.holdExpired;
  if (isFresh && outcome.kind === 'refused') return errorText(outcome.error);
  if (grab.state === 'sold-out') return text.sale.soldOutNote;
  if (grab.state === 'limit') return text.sale.limitNote;
  if (grab.state === 'paused') return text.sale.pausedNote;
  return '';
}
