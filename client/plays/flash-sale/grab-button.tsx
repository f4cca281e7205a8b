import { text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import type { GrabState } from './grab-state.ts';
import './grab-button.css';

type Props = {
  grab: GrabState;
  /** Guests are led to the sign-in instead. */
  canBuy: boolean;
  onGrab: () => void;
  onSignIn: () => void;
};

/** The one primary button of a sale: every state in words, tappable only where tapping does something. */
export function GrabButton({ grab, canBuy, onGrab, onSignIn }: Props) {
  const isOpen = grab.state === 'open';
  const words = isOpen && !canBuy ? text.sale.signIn : wordsOf(grab);
  return (
    <button
      type="button"
      class={`btn grab is-${grab.state} ${isOpen ? 'btn-buy' : ''}`}
      data-testid="grab-button"
      data-state={grab.state}
      disabled={!isOpen}
      onClick={canBuy ? onGrab : onSignIn}
    >
      {grab.state === 'held' ? <Icon name="check" size={18} /> : null}
      {grab.state === 'held' ? (
        <span class="num" data-testid="hold-countdown">
          {words}
        </span>
      ) : (
        <span class="num">{words}</span>
      )}
    </button>
  );
}

function wordsOf(grab: GrabState): string {
  switch (grab.state) {
    case 'before':
      return text.sale.opensIn(grab.leftMs);
    case 'soon':
      return grab.leftMs > 0 ? text.sale.opensIn(grab.leftMs) : text.sale.opening;
    case 'open':
      return text.sale.grab;
    case 'working':
      return grab.releasing ? text.sale.releasing : text.sale.working;
    case 'held':
      return text.sale.held(grab.leftMs);
    case 'sold-out':
      return text.sale.soldOut;
    case 'limit':
      return text.sale.limit(grab.units);
    case 'paused':
      return text.sale.paused;
    case 'blocked':
      return text.sale.blocked(grab.leftMs);
    case 'ended':
      return text.sale.ended;
    case 'offline':
      return text.sale.offline;
  }
}
