import { text } from '../../text/i18n.ts';
import './skip-links.css';

/** First in the page for whoever goes by keys: to what one comes here for. Seen while one of them has the focus. */
export function SkipLinks() {
  return (
    <nav class="skip-links" aria-label={text.room.skip}>
      <button
        type="button"
        onClick={() => focusOn('[data-testid="grab-button"], [data-testid="shelf-open"], .shelf-open-row')}
      >
        {text.room.skipToDeal}
      </button>
      <button
        type="button"
        onClick={() =>
          focusOn('[data-testid="composer-input"], [data-testid="sign-in-open"], .speak-bar button')
        }
      >
        {text.room.skipToSay}
      </button>
    </nav>
  );
}

/** The first of them that can take it: a button that waits for its sale to open can't. */
function focusOn(selector: string): void {
  for (const element of document.querySelectorAll<HTMLElement>(selector)) {
    element.focus();
    if (document.activeElement === element) return;
  }
}
