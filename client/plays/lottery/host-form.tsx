import { useRef, useState } from 'preact/hooks';
import type { Ack } from '../../../shared/kernel/ack.ts';
import type { CallInput } from '../../sdk/types.ts';
import { lengthWords } from '../../text/desk.ts';
import { hostText } from '../../text/host.ts';
import { Field } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ConditionFields } from './host-conditions.tsx';
import {
  CLAIM_CHOICES_MS,
  type DrawFields,
  type DrawProblems,
  DURATION_CHOICES_MS,
  OPENS_IN_CHOICES_MS,
  PRIZES_MAX,
  type PrizeFields,
  problemsOfRefusal,
  REPEAT_CHOICES_MS,
  readDraw,
  startingDraw,
  TITLE_MAX,
  type Trust,
} from './host-form-rules.ts';
import { problemWords } from './host-problems.ts';
import './host-form.css';

type Props = {
  currency: string;
  /** Without one, nothing but this server can decide. */
  hasBeacon: boolean;
  onAnnounce: (input: CallInput<'lottery:announce'>) => Promise<Ack<unknown>>;
  /** Says a refusal that belongs to no field. */
  onRefused: (ack: Ack<unknown>) => void;
  onDone: () => void;
};
type Chosen = 'opensInMs' | 'durationMs' | 'claimMs' | 'repeatMs';
const TRUSTS: readonly Trust[] = ['beacon', 'operator'];

/** What can be won, who may enter, for how long, and what decides. */
export function DrawForm({ currency, hasBeacon, onAnnounce, onRefused, onDone }: Props) {
  const words = hostText.drawForm;
  const [fields, setFields] = useState(() =>
    startingDraw(words.titleStart, hasBeacon ? 'beacon' : 'operator'),
  );
  const [problems, setProblems] = useState<DrawProblems>({});
  const [isWorking, setWorking] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const change = (part: Partial<DrawFields>) => setFields({ ...fields, ...part });

  function show(found: DrawProblems): void {
    setProblems(found);
    // After they are marked: the first one is where to go on.
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  }

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const read = readDraw(fields, currency);
    if (!read.ok) return show(read.problems);
    if (isWorking) return;
    setProblems({});
    setWorking(true);
    const ack = await onAnnounce(read.input);
    setWorking(false);
    if (ack.ok) return onDone();
    const found = problemsOfRefusal(ack.error, read.input);
    if (found === null) onRefused(ack);
    else show(found);
  }

  const chosen = (name: Chosen, label: string, choicesMs: readonly number[], zero = '') => (
    <Field label={label}>
      {(ids) => (
        <select
          {...ids}
          name={name}
          value={fields[name]}
          onChange={(event) => change({ [name]: Number(event.currentTarget.value) })}
        >
          {choicesMs.map((ms) => (
            <option key={ms} value={ms}>
              {ms === 0 ? zero : lengthWords(ms)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
  return (
    <form ref={form} class="draw-form" onSubmit={submit} noValidate>
      <Field label={words.title} problem={problemWords(problems, 'title')}>
        {(ids) => (
          <input
            {...ids}
            dir="auto"
            maxLength={TITLE_MAX}
            autocomplete="off"
            data-testid="draw-title"
            value={fields.title}
            onInput={(event) => change({ title: event.currentTarget.value })}
          />
        )}
      </Field>
      <PrizeRows
        prizes={fields.prizes}
        currency={currency}
        problems={problems}
        onChange={(prizes) => change({ prizes })}
      />
      <ConditionFields fields={fields} problems={problems} onChange={change} />
      <div class="draw-form-pairs">
        {chosen('opensInMs', words.opensIn, OPENS_IN_CHOICES_MS, words.now)}
        {chosen('durationMs', words.duration, DURATION_CHOICES_MS)}
        {chosen('claimMs', words.claim, CLAIM_CHOICES_MS)}
        {chosen('repeatMs', words.repeat, REPEAT_CHOICES_MS, words.repeatOff)}
      </div>
      <Field
        label={words.trust}
        hint={words.trustHints[fields.trust]}
        problem={problemWords(problems, 'trust')}
      >
        {(ids) => (
          <select
            {...ids}
            data-testid="draw-trust"
            value={fields.trust}
            onChange={(event) => {
              setProblems({});
              change({ trust: event.currentTarget.value as Trust });
            }}
          >
            {TRUSTS.map((trust) => (
              <option key={trust} value={trust} disabled={trust === 'beacon' && !hasBeacon}>
                {words.trusts[trust]}
              </option>
            ))}
          </select>
        )}
      </Field>
      <button type="submit" class="btn btn-draw btn-wide" data-testid="draw-announce" disabled={isWorking}>
        {words.announce}
      </button>
    </form>
  );
}

type PrizeProps = {
  prizes: readonly PrizeFields[];
  currency: string;
  problems: DrawProblems;
  onChange: (prizes: readonly PrizeFields[]) => void;
};

function PrizeRows({ prizes, currency, problems, onChange }: PrizeProps) {
  const words = hostText.drawForm;
  const input = (index: number, name: 'title' | 'value' | 'count', label: string) => (
    <Field label={label} problem={problemWords(problems, `prizes.${index}.${name}`)}>
      {(ids) => (
        <input
          {...ids}
          dir="auto"
          autocomplete="off"
          inputMode={name === 'title' ? 'text' : name === 'value' ? 'decimal' : 'numeric'}
          maxLength={name === 'title' ? TITLE_MAX : 16}
          data-testid={`prize-${name}`}
          value={prizes[index]?.[name] ?? ''}
          onInput={(event) => {
            const value = event.currentTarget.value;
            onChange(prizes.map((prize, at) => (at === index ? { ...prize, [name]: value } : prize)));
          }}
        />
      )}
    </Field>
  );
  return (
    <fieldset class="draw-part">
      <legend>{words.prizes}</legend>
      {prizes.map(({ key }, index) => (
        <div key={key} class="draw-prize">
          <div class="draw-prize-title">{input(index, 'title', words.prize(index + 1))}</div>
          {input(index, 'value', words.prizeValue(currency))}
          {input(index, 'count', words.prizeCount)}
          {prizes.length > 1 ? (
            <button
              type="button"
              class="icon-btn"
              aria-label={words.removePrize(index + 1)}
              onClick={() => onChange(prizes.filter((_, at) => at !== index))}
            >
              <Icon name="trash" size={20} />
            </button>
          ) : null}
        </div>
      ))}
      {prizes.length < PRIZES_MAX ? (
        <button
          type="button"
          class="btn btn-line"
          data-testid="prize-add"
          onClick={() => {
            const key = 1 + Math.max(...prizes.map((prize) => prize.key));
            onChange([...prizes, { key, title: '', value: '', count: '1' }]);
          }}
        >
          <Icon name="plus" size={18} /> {words.addPrize}
        </button>
      ) : null}
    </fieldset>
  );
}
