import { useState } from 'preact/hooks';
import type { SanctionKind } from '../../../shared/kernel/sanction.ts';
import { deskText, lengthWords } from '../../text/desk.ts';
import { Field } from '../../ui/field.tsx';
import {
  BAN_CHOICES_MS,
  KICK_CHOICES_MS,
  KICK_MS,
  REASON_MAX,
  SPEAK_CHOICES_MS,
  speakSanction,
  TIMEOUT_MS,
} from './desk-lengths.ts';
import type { SanctionInput } from './desk-model.ts';
import './desk-act-form.css';

export type ActWay = 'speak' | 'kick' | 'ban';
type Props = {
  userId: string;
  way: ActWay;
  /** What stands in the field for one-key actions. */
  reason: string;
  onAct: (input: SanctionInput) => Promise<boolean>;
  onDone: () => void;
};

const WAYS: readonly ActWay[] = ['speak', 'kick', 'ban'];
const CHOICES = { speak: SPEAK_CHOICES_MS, kick: KICK_CHOICES_MS, ban: BAN_CHOICES_MS };
const STARTS = { speak: TIMEOUT_MS, kick: KICK_MS, ban: null } as const;

/** Against whom, how, for how long, and why. Enter sends it. */
export function ActForm({ userId, way: given, reason: before, onAct, onDone }: Props) {
  const { form } = deskText;
  const [way, setWay] = useState(given);
  const [lengthMs, setLength] = useState<number | null>(STARTS[given]);
  const [reason, setReason] = useState(before);
  const [deletes, setDeletes] = useState(given === 'ban');
  const [devices, setDevices] = useState(true);
  const [isWorking, setWorking] = useState(false);

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (isWorking) return;
    setWorking(true);
    const isDone = await onAct({
      userIds: [userId],
      ...sanctionOf(way, lengthMs),
      reason: reason.trim(),
      deleteMessages: deletes,
      devices,
    });
    setWorking(false);
    if (isDone) onDone();
  }
  return (
    <form class="act-form" onSubmit={submit}>
      <fieldset class="act-ways">
        <legend>{form.kind}</legend>
        {WAYS.map((each) => (
          <label key={each} class="act-way">
            <input
              type="radio"
              name="way"
              data-testid={`act-${each}`}
              checked={way === each}
              onChange={() => {
                setWay(each);
                setLength(STARTS[each]);
              }}
            />
            {form.kinds[each]}
          </label>
        ))}
      </fieldset>
      <Field label={form.length}>
        {(ids) => (
          <select
            {...ids}
            data-testid="act-length"
            value={String(lengthMs)}
            onChange={(event) => {
              const { value } = event.currentTarget;
              setLength(value === 'null' ? null : Number(value));
            }}
          >
            {CHOICES[way].map((ms) => (
              <option key={ms} value={String(ms)}>
                {lengthWords(ms)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={form.reason} hint={form.reasonHint}>
        {(ids) => (
          <input
            {...ids}
            ref={focusFirst}
            data-testid="act-reason"
            dir="auto"
            maxLength={REASON_MAX}
            autocomplete="off"
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        )}
      </Field>
      <div class="act-reasons">
        {form.reasons.split('|').map((each) => (
          <button
            key={each}
            type="button"
            class="btn btn-line"
            aria-pressed={reason === each}
            onClick={() => setReason(each)}
          >
            {each}
          </button>
        ))}
      </div>
      <label class="act-check">
        <input
          type="checkbox"
          data-testid="act-delete"
          checked={deletes}
          onChange={(event) => setDeletes(event.currentTarget.checked)}
        />
        {form.deleteMessages}
      </label>
      {way === 'ban' ? (
        <label class="act-check">
          <input
            type="checkbox"
            checked={devices}
            onChange={(event) => setDevices(event.currentTarget.checked)}
          />
          {form.devices}
        </label>
      ) : null}
      <button type="submit" class="btn btn-strong btn-wide" data-testid="act-submit" disabled={isWorking}>
        {form.submit[way]} · {lengthWords(lengthMs)}
      </button>
    </form>
  );
}

/**
 * The dialog gives the focus to what has this attribute when it opens: with a keyboard one writes the reason and
 * presses Enter. On a phone it would only bring up the keyboard over the form.
 */
function focusFirst(input: HTMLInputElement | null): void {
  if (matchMedia('(hover: hover)').matches) input?.setAttribute('autofocus', '');
}

function sanctionOf(way: ActWay, lengthMs: number | null): { kind: SanctionKind; durationMs?: number } {
  if (way === 'speak') return speakSanction(lengthMs);
  return lengthMs === null ? { kind: way } : { kind: way, durationMs: lengthMs };
}
