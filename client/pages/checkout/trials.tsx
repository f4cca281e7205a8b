import type { Order } from '../../../shared/trade/order.ts';
import { checkoutText } from '../../text/checkout.ts';
import type { Shop } from './shop.ts';

type Props = { shop: Shop; order: Order; nowMs: number };

/** What goes wrong at real checkouts, to be tried on purpose. */
export function Trials({ shop, order, nowMs }: Props) {
  const { doing } = shop.state.value;
  const isHeld = order.state === 'HELD';
  const isPaid = order.state === 'PAID';
  const leftMs = order.holdExpiresAtMs - nowMs;
  if (!isHeld && !isPaid) return null;
  return (
    <section class="checkout-card trials">
      <h2>{checkoutText.try}</h2>
      <p>{checkoutText.tryHint}</p>
      {isHeld ? (
        <Trial
          name="fail"
          label={checkoutText.fail}
          hint={checkoutText.failHint}
          isBusy={doing !== null}
          onPress={() => shop.fail()}
        />
      ) : null}
      <Trial
        name="twice"
        label={isPaid ? checkoutText.again : checkoutText.twice}
        hint={checkoutText.twiceHint}
        isBusy={doing !== null}
        onPress={() => shop.payTwice()}
      />
      {isHeld && doing !== 'late' ? (
        <Trial
          name="late"
          label={checkoutText.late}
          hint={checkoutText.lateHint}
          isBusy={doing !== null}
          onPress={() => shop.payLate()}
        />
      ) : null}
      {isHeld && doing === 'late' ? (
        <div class="trial is-waiting" data-testid="late-waiting">
          <span class="num" role="timer">
            {leftMs > 0 ? checkoutText.lateWaiting(leftMs) : checkoutText.lateSoon}
          </span>
          <button type="button" class="btn btn-line" onClick={() => shop.stopWaiting()}>
            {checkoutText.lateStop}
          </button>
        </div>
      ) : null}
    </section>
  );
}

type TrialProps = { name: string; label: string; hint: string; isBusy: boolean; onPress: () => void };

function Trial({ name, label, hint, isBusy, onPress }: TrialProps) {
  return (
    <button type="button" class="trial" data-testid={`checkout-${name}`} disabled={isBusy} onClick={onPress}>
      <strong>{label}</strong>
      <span>{hint}</span>
    </button>
  );
}
