import { useEffect, useState } from 'preact/hooks';
import type { Draw } from '../../../shared/plays/lottery/draw.ts';
import { lengthWords } from '../../text/desk.ts';
import { hostText } from '../../text/host.ts';
import { format } from '../../text/i18n.ts';
import { Empty } from '../../ui/empty.tsx';
import { Field } from '../../ui/field.tsx';
import { HoldButton } from '../../ui/hold-button.tsx';
import { SimulatedMark } from '../../ui/simulated-mark.tsx';
import { DRAW_DEFAULTS, DURATION_CHOICES_MS, REASON_MAX } from './host-form-rules.ts';
import type { Claim, DrawHosting } from './host-model.ts';
import './host-sheets.css';

type ReasonProps = {
  what: 'cancel' | 'redraw';
  /** True when it was done. */
  onGo: (reason: string, durationMs: number) => Promise<boolean>;
  onDone: () => void;
};

/** What can't be undone needs a reason that everyone reads, and a long press. */
export function DrawReasonForm({ what, onGo, onDone }: ReasonProps) {
  const words = hostText.draws;
  const [reason, setReason] = useState('');
  const [durationMs, setDuration] = useState(DRAW_DEFAULTS.durationMs);
  const [problem, setProblem] = useState<string | null>(null);
  const isCancel = what === 'cancel';

  async function go(): Promise<void> {
    if (reason.trim() === '') return setProblem(words.needReason);
    setProblem(null);
    if (await onGo(reason.trim(), durationMs)) onDone();
  }
  return (
    <div class="draw-reason">
      {isCancel ? null : <p>{words.redrawHint}</p>}
      <Field
        label={isCancel ? words.cancelReason : words.redrawReason}
        hint={words.cancelHint}
        problem={problem}
      >
        {(ids) => (
          <input
            {...ids}
            dir="auto"
            maxLength={REASON_MAX}
            autocomplete="off"
            data-testid="draw-reason"
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        )}
      </Field>
      {isCancel ? null : (
        <Field label={hostText.drawForm.duration}>
          {(ids) => (
            <select
              {...ids}
              value={durationMs}
              onChange={(event) => setDuration(Number(event.currentTarget.value))}
            >
              {DURATION_CHOICES_MS.map((ms) => (
                <option key={ms} value={ms}>
                  {lengthWords(ms)}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <HoldButton
        label={isCancel ? words.cancelGo : words.redrawGo}
        icon={isCancel ? 'stop' : 'gift'}
        testId="draw-reason-go"
        onHeld={() => void go()}
      />
    </div>
  );
}

type ClaimsProps = {
  draw: Draw;
  hosting: DrawHosting;
  onMore: () => void;
};

/** Who won what, and how it reaches them. */
export function DrawClaims({ draw, hosting, onMore }: ClaimsProps) {
  const words = hostText.draws;
  const page = hosting.claims.value;
  useEffect(() => hosting.closeClaims, [hosting]);
  if (page === null || (page.claims.length === 0 && !page.isAsking)) {
    return <Empty icon="gift" title={words.noClaims} hint="" />;
  }
  return (
    <div class="draw-claims">
      <ol>
        {page.claims.map((claim) => (
          <ClaimRow key={claim.award.no} claim={claim} draw={draw} />
        ))}
      </ol>
      {page.nextAward === null ? null : (
        <button type="button" class="btn btn-line btn-wide" disabled={page.isAsking} onClick={onMore}>
          {words.moreClaims}
        </button>
      )}
    </div>
  );
}

function ClaimRow({ claim: { award, userId, contact }, draw }: { claim: Claim; draw: Draw }) {
  const words = hostText.draws;
  const name = draw.shownWinners.find(({ ticket }) => ticket === award.ticket)?.name;
  const until = new Date(award.claimBeforeMs).toLocaleString(document.documentElement.lang, {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
  return (
    <li data-testid="claim" data-state={award.status}>
      <p>
        <strong>
          <bdi>{name ?? userId}</bdi>
        </strong>{' '}
        <SimulatedMark userId={userId} />
        {name === undefined ? null : (
          <span class="draw-row-note">
            <bdi>{userId}</bdi>{' '}
          </span>
        )}
        <bdi>{words.won(draw.prizes[award.prizeIndex]?.title ?? '')}</bdi>
      </p>
      <p class="draw-row-note num">
        <span class="tag">{words.status[award.status]}</span> {words.ticket(format.number(award.ticket))}
        {award.status === 'won' ? ` · ${words.claimUntil(until)}` : null}
      </p>
      {award.status === 'claimed' ? (
        <p class="draw-contact" data-testid="claim-contact">
          <bdi>{contact ?? words.noContact}</bdi>
        </p>
      ) : null}
    </li>
  );
}
