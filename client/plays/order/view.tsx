import type { ComponentChildren } from 'preact';
import type { Order } from '../../../shared/trade/order.ts';
import { format, text } from '../../text/i18n.ts';
import { Empty } from '../../ui/empty.tsx';
import { HoldButton } from '../../ui/hold-button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ProductImage } from '../../ui/product-image.tsx';
import type { PayLink } from './pay-links.ts';
import { orderNumber } from './reducer.ts';
import './view.css';

type Props = {
  order: Order;
  nowMs: number;
  link: PayLink | undefined;
  imageOf: (productId: string) => string | null;
  onRelease: (orderId: string) => void;
  /** The receipt, and whatever else belongs below. */
  children?: ComponentChildren;
};

/** One order: what, how it stands in words, and what can be done about it now. */
export function OrderCard({ order, nowMs, link, imageOf, onRelease, children }: Props) {
  const leftMs = order.holdExpiresAtMs - nowMs;
  const isHeld = order.state === 'HELD' && leftMs > 0;
  return (
    <article class="order" data-testid="order" data-state={order.state}>
      <header class="order-head">
        <span class={`tag order-state is-${order.state}`} data-testid="order-state">
          {stateWords(order)}
        </span>
        <span class="order-when num">
          {text.orders.number(orderNumber(order))} · {format.timeOfDay(order.createdAtMs)}
        </span>
      </header>
      <ul class="order-lines">
        {order.lines.map((line) => (
          <li key={line.saleId}>
            <ProductImage url={imageOf(line.productId)} title={line.title} />
            <bdi class="order-title">{line.title}</bdi>
            {line.quantity === 1 ? null : <span class="num">{text.orders.quantity(line.quantity)}</span>}
            <span class="order-price num">
              {format.money(line.priceMinor * line.quantity, order.currency)}
            </span>
          </li>
        ))}
      </ul>
      <p class="order-note" data-testid="order-note">
        {noteWords(order, leftMs)}
      </p>
      {isHeld ? <PayRow order={order} leftMs={leftMs} link={link} onRelease={onRelease} /> : null}
      {children}
    </article>
  );
}

function PayRow({
  order,
  leftMs,
  link,
  onRelease,
}: Pick<Props, 'order' | 'link' | 'onRelease'> & { leftMs: number }) {
  return (
    <>
      <p class="order-left num" role="timer" data-testid="order-left">
        <Icon name="clock" size={18} /> {text.orders.leftToPay(leftMs)}
      </p>
      <div class="order-acts">
        <HoldButton
          label={text.orders.giveUp}
          icon="reply"
          testId="order-release"
          onHeld={() => onRelease(order.orderId)}
        />
        {link?.kind === 'link' ? (
          <a
            class="btn btn-buy"
            href={link.url}
            target="_blank"
            rel="noopener"
            title={text.orders.payOpens}
            data-testid="order-pay"
          >
            {text.orders.payNow} {format.money(order.amountMinor, order.currency)}
          </a>
        ) : (
          <p class="order-nowhere">{link === undefined ? text.orders.payLoading : text.orders.payNone}</p>
        )}
      </div>
    </>
  );
}

function stateWords(order: Order): string {
  if (order.state === 'HELD' && order.source === 'waitlist') return text.orders.offered;
  if (order.state === 'PAID' && order.fulfilledAtMs !== null) return text.orders.sent;
  return text.orders.states[order.state];
}

function noteWords(order: Order, leftMs: number): string {
  const { notes } = text.orders;
  if (order.state === 'HELD') {
    if (leftMs <= 0) return notes.ENDING;
    return order.source === 'waitlist' ? notes.OFFERED : notes.HELD;
  }
  if (order.state === 'PAID') {
    const what = order.fulfilledAtMs === null ? notes.PAID : notes.SENT;
    return order.paidAtMs === null
      ? what
      : `${text.orders.paidAt(format.timeOfDay(order.paidAtMs))}. ${what}`;
  }
  return notes[order.state];
}

export function NoOrders() {
  return <Empty icon="receipt" title={text.orders.empty} hint={text.orders.emptyHint} />;
}
