import type { ReadonlySignal } from '@preact/signals';
import type { ConnectionReason, ConnectionStatus } from '../../sdk/types.ts';
import { text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import './closed-notice.css';

type Props = {
  status: ReadonlySignal<ConnectionStatus>;
  onTryAgain: () => void;
  /** Where one may be without a sign-in: what to do when it is the sign-in that was refused. */
  onAsGuest?: () => void;
};

const ABOUT_SIGN_IN: readonly (ConnectionReason | null)[] = [
  ...(['UNAUTHENTICATED', 'TOKEN_EXPIRED', 'TOKEN_REVOKED', 'FORBIDDEN'] as const),
];

/** Shown once the connection was given up: why, and the one thing to do. */
export function ClosedNotice({ status, onTryAgain, onAsGuest }: Props) {
  const { state, reason } = status.value;
  if (state !== 'closed' || reason === 'LEFT') return null;
  const isOld = reason === 'VERSION_MISMATCH';
  return (
    <div class="closed" role="alert">
      <div class="closed-card">
        <Icon name="off" size={28} />
        <strong>{text.connection.closedTitle}</strong>
        <p>{wordsFor(reason)}</p>
        <button
          type="button"
          class="btn btn-strong btn-wide"
          onClick={() => (isOld ? location.reload() : onTryAgain())}
        >
          {isOld ? text.common.reload : text.common.tryAgain}
        </button>
        {onAsGuest !== undefined && ABOUT_SIGN_IN.includes(reason) ? (
          <button type="button" class="btn btn-line btn-wide" data-testid="as-guest" onClick={onAsGuest}>
            {text.closed.asGuest}
          </button>
        ) : null}
      </div>
    </div>
  );
}

function wordsFor(reason: ConnectionReason | null): string {
  if (reason !== null && Object.hasOwn(text.closed, reason)) {
    return text.closed[reason as keyof typeof text.closed];
  }
  return text.closed.other;
}
