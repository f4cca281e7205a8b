import type { ReadonlySignal } from '@preact/signals';
import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import { countdown } from '../../text/format.ts';
import { text } from '../../text/i18n.ts';
import { useAsTimePasses } from '../../ui/as-time-passes.ts';
import { Icon } from '../../ui/icon.tsx';
import { ProductImage } from '../../ui/product-image.tsx';
import { CountdownRing } from './countdown-ring.tsx';
import { type GrabActions, GrabButton } from './grab-button.tsx';
import { type GrabState, grabStateOf, type Yours } from './grab-state.ts';
import { noteOf, tickingNoteOf } from './note.ts';
import { Price } from './price.tsx';
import { Standing } from './standing.tsx';
import './view.css';

type Props = {
  sale: FlashSale;
  yours: Yours;
  currency: string;
  /** The server's time, ticking: only what shows time renders with it. */
  nowMs: ReadonlySignal<number>;
  isOnline: boolean;
  isStale: boolean;
  canBuy: boolean;
  /** Where an order is paid; null while not known, or where there is no shop. */
  payUrlOf: (orderId: string) => string | null;
  actions: GrabActions;
  /** A 48 px strip with picture, price, time and the button. */
  isCompact?: boolean;
  onToggle?: (() => void) | undefined;
  isInSheet?: boolean;
};

/** One flash sale: what, for how much, how many are left, how long, and one button. */
export function FlashCard(props: Props) {
  const { sale, nowMs, isCompact = false, isInSheet = false } = props;
  // Under the sheet's own title, or else under the page's.
  const Heading = isInSheet ? 'h3' : 'h2';
  const classes = `flash is-${sale.phase} ${isCompact ? 'is-compact' : ''} ${props.isStale ? 'is-stale' : ''}`;
  return (
    <article
      class={classes}
      data-testid="flash-card"
      data-state={isCompact ? 'compact' : 'full'}
      aria-label={`${text.sale.flash}: ${sale.title}`}
    >
      <Picture sale={sale} isCompact={isCompact} onToggle={props.onToggle} />
      <div class="flash-what">
        <div class="flash-title">
          <Heading class="flash-name">
            <bdi>{sale.title}</bdi>
          </Heading>
          <Clock sale={sale} nowMs={nowMs} />
        </div>
        <Price sale={sale} currency={props.currency} />
      </div>
      <Buy {...props} />
      <Note {...props} />
    </article>
  );
}

/** Where you stand, and the button. */
function Buy({ sale, yours, isOnline, canBuy, nowMs, payUrlOf, actions }: Props) {
  const grab = useAsTimePasses(nowMs, (now) => grabStateOf(sale, yours, isOnline, now), saysTheSame);
  const payUrl = 'order' in grab ? payUrlOf(grab.order.orderId) : null;
  return (
    <div class="flash-buy">
      <Standing sale={sale} grab={grab} onProof={actions.onProof} />
      <GrabButton grab={grab} canBuy={canBuy} payUrl={payUrl} actions={actions} />
    </div>
  );
}

/** Equal but for parts of a second. */
function saysTheSame(a: GrabState, b: GrabState): boolean {
  const told = ({ leftMs = 0, ...rest }: GrabState & { leftMs?: number }) =>
    [countdown(leftMs), rest] as const;
  const [leftA, restA] = told(a);
  const [leftB, restB] = told(b);
  const keys = Object.keys(restA) as (keyof typeof restA)[];
  return (
    leftA === leftB &&
    keys.length === Object.keys(restB).length &&
    keys.every((key) => Object.is(restA[key], restB[key]))
  );
}

function Note({ sale, yours, isOnline, isCompact = false, nowMs }: Props) {
  const words = useAsTimePasses(nowMs, (now) =>
    noteOf(sale, yours, grabStateOf(sale, yours, isOnline, now), now, isCompact),
  );
  const ticking = useAsTimePasses(nowMs, (now) =>
    tickingNoteOf(sale, yours, grabStateOf(sale, yours, isOnline, now), now, isCompact),
  );
  return (
    <p class="flash-note">
      <span aria-live="polite" data-testid="flash-note">
        {words}
      </span>
      {ticking === '' ? null : (
        <span class="num" data-testid="flash-note-time">
          {' '}
          {ticking}
        </span>
      )}
    </p>
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

function Clock({ sale, nowMs }: Pick<Props, 'sale' | 'nowMs'>) {
  const toMs = sale.phase === 'scheduled' ? sale.opensAtMs : sale.endsAtMs;
  const leftMs = useAsTimePasses(nowMs, (now) => toMs - now, isSameSecond);
  if (sale.phase === 'ended' || (leftMs <= 0 && sale.phase !== 'scheduled')) return null;
  if (sale.phase === 'scheduled') {
    return <CountdownRing label={text.sale.startsIn} leftMs={leftMs} wholeMs={30_000} />;
  }
  return <CountdownRing label={text.sale.endsIn} leftMs={leftMs} wholeMs={sale.endsAtMs - sale.opensAtMs} />;
}

function isSameSecond(a: number, b: number): boolean {
  return countdown(a) === countdown(b) && a <= 0 === b <= 0;
}
