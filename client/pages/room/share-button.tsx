import { useState } from 'preact/hooks';
import { text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';

const SAID_MS = 2_000;

/** The platform's share sheet where there is one, else the link goes to the clipboard. */
export function ShareButton({ title }: { title: string }) {
  const [isCopied, setCopied] = useState(false);
  async function share(): Promise<void> {
    const url = location.origin + location.pathname;
    try {
      if (navigator.share !== undefined) {
        await navigator.share({ title, url });
        return;
      }
      await navigator.clipboard.writeText(url);
      setCopied(true);
      setTimeout(() => setCopied(false), SAID_MS);
    } catch {
      // Closing the share sheet counts as an error there; nothing is to be said.
    }
  }
  return (
    <button type="button" class="icon-btn glass share" aria-label={text.room.share} onClick={share}>
      <Icon name={isCopied ? 'check' : 'share'} />
      <span class="visually-hidden" aria-live="polite">
        {isCopied ? text.room.shared : ''}
      </span>
    </button>
  );
}
