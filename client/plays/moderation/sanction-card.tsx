import { useState } from 'preact/hooks';
import type { Ack } from '../../../shared/kernel/ack.ts';
import type { Sanction } from '../../../shared/kernel/sanction.ts';
import { errorText, format, text } from '../../text/i18n.ts';
import { Field } from '../../ui/field.tsx';
import './sanction-card.css';

type Props = {
  sanction: Sanction;
  nowMs: number;
  /** From outside the room nothing is heard of it until one asks again. */
  isOutside?: boolean;
  /** Null: a guest can't appeal. */
  onAppeal: ((actionId: string, words: string) => Promise<Ack<unknown>>) | null;
};

/** What you are under: until when, why, and your say in it. */
export function SanctionCard({ sanction, nowMs, isOutside = false, onAppeal }: Props) {
  const { kind, untilMs, reason, appeal, actionId } = sanction;
  return (
    <section class="sanction" data-testid="sanction" data-state={kind}>
      {isOutside ? <h1>{text.conduct.title[kind]}</h1> : <h3>{text.conduct.title[kind]}</h3>}
      <p class="num">
        {untilMs === null ? text.conduct.untilLifted : text.conduct.until(format.moment(untilMs, nowMs))}
      </p>
      <dl>
        <dt>{text.conduct.reason}</dt>
        <dd data-testid="sanction-reason">{reason === '' ? text.conduct.noReason : <bdi>{reason}</bdi>}</dd>
      </dl>
      <div data-testid="appeal" data-state={appeal}>
        {appeal === 'open' ? (
          <p class="sanction-appeal">
            {isOutside ? text.conduct.appealOpenOutside : text.conduct.appealOpen}
          </p>
        ) : null}
        {appeal === 'rejected' ? <p class="sanction-appeal">{text.conduct.appealRejected}</p> : null}
        {appeal !== 'none' || actionId === '' ? null : onAppeal === null ? (
          <p class="sanction-appeal">{text.conduct.appealSignIn}</p>
        ) : (
          <AppealForm onSend={(words) => onAppeal(actionId, words)} />
        )}
      </div>
    </section>
  );
}

/** The same as in the contract, which carries zod; a test compares them. */
export const APPEAL_MAX = 500;

function AppealForm({ onSend }: { onSend: (words: string) => Promise<Ack<unknown>> }) {
  const [words, setWords] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const isReady = words.trim() !== '' && !isSending;
  return (
    <form
      class="appeal-form"
      onSubmit={async (event) => {
        event.preventDefault();
        if (!isReady) return;
        setSending(true);
        const ack = await onSend(words.trim());
        setSending(false);
        setProblem(ack.ok ? null : errorText(ack.error));
      }}
    >
      <Field label={text.conduct.appealLabel} hint={text.conduct.appealHint} problem={problem}>
        {(ids) => (
          <textarea
            {...ids}
            class="input"
            data-testid="appeal-words"
            maxLength={APPEAL_MAX}
            rows={3}
            dir="auto"
            value={words}
            onInput={(event) => setWords(event.currentTarget.value)}
          />
        )}
      </Field>
      <button type="submit" class="btn btn-line" data-testid="appeal-send" disabled={!isReady}>
        {isSending ? text.conduct.appealSending : text.conduct.appealSend}
      </button>
    </form>
  );
}
