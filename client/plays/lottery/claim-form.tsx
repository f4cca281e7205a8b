import { useState } from 'preact/hooks';
import { text } from '../../text/i18n.ts';
import { Field } from '../../ui/field.tsx';

type Props = { isClaimed: boolean; onClaim: (contact: string) => Promise<boolean> };

/** The same as in shared/plays/lottery/draw.ts, which carries zod; a test compares them. */
export const CONTACT_MAX = 500;

/** Says how the prize reaches its winner; claimed already, it can be changed. */
export function ClaimForm({ isClaimed, onClaim }: Props) {
  const [contact, setContact] = useState('');
  const [isOpen, setOpen] = useState(false);
  const [isSending, setSending] = useState(false);
  if (isClaimed && !isOpen) {
    return (
      <button type="button" class="btn btn-line" data-testid="claim-change" onClick={() => setOpen(true)}>
        {text.draw.claimAgain}
      </button>
    );
  }
  const isReady = contact.trim() !== '' && !isSending;
  return (
    <form
      class="claim"
      onSubmit={async (event) => {
        event.preventDefault();
        if (!isReady) return;
        setSending(true);
        const worked = await onClaim(contact.trim());
        setSending(false);
        if (worked) setOpen(false);
      }}
    >
      <Field label={text.draw.claimLabel} hint={text.draw.claimHint}>
        {(ids) => (
          <textarea
            {...ids}
            class="input"
            data-testid="claim-contact"
            maxLength={CONTACT_MAX}
            rows={3}
            dir="auto"
            autocomplete="street-address"
            value={contact}
            onInput={(event) => setContact(event.currentTarget.value)}
          />
        )}
      </Field>
      <button type="submit" class="btn btn-draw btn-wide" data-testid="claim-send" disabled={!isReady}>
        {isSending ? text.draw.claiming : text.draw.claim}
      </button>
    </form>
  );
}
