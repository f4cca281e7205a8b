import type { ReadonlySignal } from '@preact/signals';
import './toast.css';

/** The last refusal, in words, for a few seconds. */
export function Toast({ message }: { message: ReadonlySignal<string | null> }) {
  return (
    <div class="toast-slot" role="alert">
      {message.value === null ? null : <p class="toast">{message.value}</p>}
    </div>
  );
}
