import { useEffect, useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import { text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { type Change, meantBy, SETTLE_MS, useLastChange } from './fresh-state.ts';
import type { GrabState } from './grab-state.ts';
import './grab-button.css';

export type GrabActions = {
  /** A press is near. */
  onNear: () => void;
  onGrab: () => void;
  onWait: () => void;
  onLeave: () => void;
  onOrders: () => void;
  onProof: () => void;
  onSignIn: () => void;
};

type Props = {
  grab: GrabState;
  /** Guests are led to the sign-in instead. */
  canBuy: boolean;
  /** Where the hold is paid; null while not known, or where there is no shop. */
  payUrl: string | null;
  actions: GrabActions;
};

/** The one primary button of a sale: every state in words, tappable only where tapping does something. */
export function GrabButton({ grab, canBuy, payUrl, actions }: Props) {
  const { state } = grab;
  const change = useLastChange(state);
  const isFresh = useIsFresh(change);
  const element = useKeptFocus();
  if ((state === 'held' || state === 'offered') && payUrl !== null) {
    // A link, so that the room stays open behind the shop.
    return (
      <a
        ref={element}
        class={`btn btn-buy grab is-${state}`}
        data-testid="grab-button"
        data-state={state}
        data-fresh={isFresh || undefined}
        onClick={(event) => {
          if (meantBy(change, performance.now()) === 'nothing') event.preventDefault();
        }}
        href={payUrl}
        target="_blank"
        rel="noopener"
        title={text.orders.payOpens}
      >
        <span>{text.sale.payNow}</span>
        <Icon name="chevron" size={18} />
      </a>
    );
  }
  const onPress = pressOf(grab, canBuy, actions);
  function press(): void {
    const meant = meantBy(change, performance.now());
    if (meant === 'now') onPress?.();
    else if (meant === 'grab' && canBuy) actions.onGrab();
  }
  const nearing = state === 'open' && canBuy ? actions.onNear : undefined;
  const isGuest = !canBuy && (state === 'open' || state === 'sold-out');
  return (
    <button
      ref={element}
      type="button"
      class={`btn grab is-${state} ${state === 'open' ? 'btn-buy' : ''}`}
      data-testid="grab-button"
      data-state={state}
      data-fresh={isFresh || undefined}
      // Not `disabled`, which would take the focus from whoever waits on it for the sale to open.
      aria-disabled={onPress === null}
      onClick={press}
      onPointerDown={nearing}
      onPointerEnter={nearing}
      onFocus={nearing}
    >
      {state === 'paid' ? <Icon name="check" size={18} /> : null}
      <span class="num">{isGuest ? text.sale.signIn : wordsOf(grab)}</span>
    </button>
  );
}

/** A button that becomes a link while it has the focus hands it on. */
function useKeptFocus() {
  const element = useRef<HTMLElement & HTMLAnchorElement & HTMLButtonElement>(null);
  const had = element.current !== null && document.activeElement === element.current;
  useLayoutEffect(() => {
    if (had && document.activeElement !== element.current) element.current?.focus();
  });
  return element;
}

/** Whether a press would still mean what the button said before; renders again once it no longer does. */
function useIsFresh(change: Change): boolean {
  const [, renderAgain] = useReducer((count: number) => count + 1, 0);
  const isFresh = meantBy(change, performance.now()) !== 'now';
  useEffect(() => {
    if (!isFresh) return;
    const timer = setTimeout(renderAgain, SETTLE_MS - (performance.now() - change.atMs) + 1, null);
    return () => clearTimeout(timer);
  }, [change, isFresh]);
  return isFresh;
}

/** What a press does; null where the button only says something. */
function pressOf(grab: GrabState, canBuy: boolean, actions: GrabActions): (() => void) | null {
  switch (grab.state) {
    case 'open':
      return canBuy ? actions.onGrab : actions.onSignIn;
    case 'sold-out':
      return canBuy ? actions.onWait : actions.onSignIn;
    case 'waiting':
      return actions.onLeave;
    case 'held':
    case 'offered':
    case 'paid':
      return actions.onOrders;
    default:
      return null;
  }
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
      return WORKING[grab.doing];
    case 'held':
    case 'offered':
      return text.sale.seeOrder;
    case 'paid':
      return text.sale.paid;
    case 'waiting':
      return text.sale.leaveLine;
    case 'sold-out':
      return text.sale.wait;
    case 'limit':
      return text.sale.limit(grab.units);
    case 'paused':
      return text.sale.paused;
    case 'blocked':
      return text.sale.blocked(grab.leftMs);
    case 'fans-first':
      return text.sale.fansFirst(grab.leftMs);
    case 'ended':
      return text.sale.ended;
    case 'offline':
      return text.sale.offline;
  }
}

const WORKING = {
  grab: text.sale.working,
  wait: text.sale.joining,
  leave: text.sale.leaving,
  ending: text.sale.releasing,
};
