import type { ReadonlySignal } from '@preact/signals';
import type { ConnectionReason, ConnectionStatus } from '../../sdk/types.ts';
import { text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import './closed-notice.css';

type Props = { status: ReadonlySignal<ConnectionStatus>; onTryAgain: () => void };

/** Shown once the connection was given up: why, and the one thing to do. */
export function ClosedNotice({ status, onTryAgain }: Props) {
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
