import { checkoutText } from '../../text/checkout.ts';
import { Icon } from '../../ui/icon.tsx';

const CLOSES_WITHIN_MS = 300;

/**
 * Back to the room. This tab was opened by it, so closing it is the way back; a browser that does not close it
 * follows the link.
 */
export function BackLink({ roomId }: { roomId: string }) {
  const href = `/r/${encodeURIComponent(roomId)}`;
  return (
    <div class="checkout-back">
      <a
        class="btn btn-line btn-wide"
        href={href}
        data-testid="checkout-back"
        onClick={(event) => {
          if (history.length > 1) return;
          event.preventDefault();
          window.close();
          setTimeout(() => location.assign(href), CLOSES_WITHIN_MS);
        }}
      >
        <Icon name="reply" size={18} /> {checkoutText.back}
      </a>
      <p>{checkoutText.backHint}</p>
    </div>
  );
}
