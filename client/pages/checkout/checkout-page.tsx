import type { ReadonlySignal } from '@preact/signals';
import type { Order } from '../../../shared/trade/order.ts';
import { checkoutText } from '../../text/checkout.ts';
import { format, text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { BackLink } from './back-link.tsx';
import type { Shop, ShopState } from './shop.ts';
import { Trials } from './trials.tsx';
import './checkout.css';

type Props = { shop: Shop; nowMs: ReadonlySignal<number> };

/** A merchant's checkout in miniature: what is bought, for how much, how long it is held, and one button. */
export function CheckoutPage({ shop, nowMs }: Props) {
  const state = shop.state.value;
  const { visit } = state;
  return (
    <div class="checkout">
      <header class="checkout-head">
        <span class="checkout-mark">
          <Icon name="store" size={24} />
        </span>
        <div>
          <strong>{checkoutText.playing}</strong>
          <p>{checkoutText.playingWhy}</p>
        </div>
      </header>
      <main class="checkout-main">
        {visit === null ? <NoVisit shop={shop} state={state} /> : null}
        {visit === null ? null : (
          <>
            <section class="checkout-card">
              <h1>{checkoutText.yourOrder}</h1>
              <p class="checkout-from">
                <bdi>{checkoutText.from(visit.room.title)}</bdi>
              </p>
              <Lines order={visit.order} />
              <Standing order={visit.order} leftMs={visit.order.holdExpiresAtMs - nowMs.value} />
              <Result state={state} />
              <PayButton shop={shop} state={state} order={visit.order} />
              <BackLink roomId={visit.room.roomId} />
            </section>
            <Trials shop={shop} order={visit.order} nowMs={nowMs.value} />
          </>
        )}
      </main>
    </div>
  );
}

function NoVisit({ shop, state }: { shop: Shop; state: ShopState }) {
  if (state.problem === null) return <p class="checkout-wait">{text.common.loading}</p>;
  const isInvalid = state.problem === 'invalid';
  return (
    <section class="checkout-card" role="alert" data-testid="checkout-problem" data-state={state.problem}>
      <h1>{isInvalid ? checkoutText.invalid : checkoutText.unreachable}</h1>
      <p>{isInvalid ? checkoutText.invalidHint : checkoutText.unreachableHint}</p>
      {isInvalid ? null : (
        <button type="button" class="btn btn-strong" onClick={() => shop.look()}>
          {text.common.tryAgain}
        </button>
      )}
    </section>
  );
}

function Lines({ order }: { order: Order }) {
  return (
    <dl class="checkout-lines">
      {order.lines.map((line) => (
        <div key={line.saleId}>
          <dt>
            <bdi>{line.title}</bdi> {line.quantity === 1 ? '' : text.orders.quantity(line.quantity)}
          </dt>
          <dd class="num">{format.money(line.priceMinor * line.quantity, order.currency)}</dd>
        </div>
      ))}
      <div class="checkout-total">
        <dt>{checkoutText.total}</dt>
        <dd class="num" data-testid="checkout-amount">
          {format.money(order.amountMinor, order.currency)}
        </dd>
      </div>
    </dl>
  );
}

function Standing({ order, leftMs }: { order: Order; leftMs: number }) {
  const isHeld = order.state === 'HELD';
  return (
    <p class={`checkout-standing is-${order.state}`} data-testid="checkout-state" data-state={order.state}>
      <Icon name={isHeld ? 'clock' : order.state === 'PAID' ? 'check' : 'info'} size={20} />
      {isHeld ? (
        <span class="num" role="timer">
          {leftMs > 0 ? checkoutText.left(leftMs) : checkoutText.ranOut}
        </span>
      ) : (
        <span>{checkoutText.states[order.state]}</span>
      )}
    </p>
  );
}

function Result({ state }: { state: ShopState }) {
  const { outcome, problem } = state;
  const words =
    problem === 'unknown' || problem === 'unreachable'
      ? checkoutText.unknown
      : problem === 'invalid'
        ? checkoutText.invalid
        : outcome === null
          ? ''
          : checkoutText.outcomes[outcome];
  return (
    <p
      class={`checkout-result is-${problem ?? outcome}`}
      aria-live="polite"
      data-testid="checkout-result"
      data-state={outcome ?? ''}
    >
      {words}
    </p>
  );
}

/** A shop that is honest takes no payment for what is paid, called off or being refunded. */
function PayButton({ shop, state, order }: { shop: Shop; state: ShopState; order: Order }) {
  const isPayable = order.state === 'HELD' || order.state === 'EXPIRED' || order.state === 'RELEASED';
  if (!isPayable) return null;
  const isBusy = state.doing !== null;
  return (
    <button
      type="button"
      class="btn btn-buy btn-wide checkout-pay"
      data-testid="checkout-pay"
      disabled={isBusy}
      onClick={() => shop.pay()}
    >
      {state.doing === 'paying'
        ? checkoutText.working
        : checkoutText.pay(format.money(order.amountMinor, order.currency))}
    </button>
  );
}
