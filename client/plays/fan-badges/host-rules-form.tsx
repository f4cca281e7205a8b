import { useRef, useState } from 'preact/hooks';
import type { FanRules, PointSource } from '../../../shared/community/fans.ts';
import { hostText } from '../../text/host.ts';
import { Field } from '../../ui/field.tsx';
import {
  BOUNDS,
  changesOf,
  FAN_LEVELS,
  fieldsOf,
  type NumberField,
  type RuleFields,
  type RuleProblems,
  readRules,
} from './host-rules.ts';
import './host-club.css';

type Props = {
  rules: FanRules;
  currency: string;
  onSave: (rules: FanRules) => Promise<boolean>;
  onDone: () => void;
};
type Row = { source: PointSource; points: NumberField; per: NumberField | null; cap: NumberField };

const ROWS: readonly Row[] = [
  { source: 'watch', points: 'watchPoints', per: 'watchMinutes', cap: 'watchCap' },
  { source: 'chat', points: 'chatPoints', per: null, cap: 'chatCap' },
  { source: 'share', points: 'sharePoints', per: null, cap: 'shareCap' },
  { source: 'paid', points: 'paidPoints', per: 'paidUnits', cap: 'paidCap' },
  { source: 'invite', points: 'invitePoints', per: 'inviteMinutes', cap: 'inviteCap' },
];
const ENTRANCE_CHOICES = Array.from({ length: FAN_LEVELS + 1 }, (_, index) => index + 1);

/** The badge, the ladder and the points; what a change does is said before it is saved. */
export function FanRulesForm({ rules, currency, onSave, onDone }: Props) {
  const words = hostText.club;
  const [fields, setFields] = useState(() => fieldsOf(rules));
  const [problems, setProblems] = useState<RuleProblems>({});
  const [isWorking, setWorking] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const change = (part: Partial<RuleFields>) => setFields({ ...fields, ...part });
  const read = readRules(fields);
  const changes = read.ok ? changesOf(rules, read.rules) : [];

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    setProblems(read.ok ? {} : read.problems);
    if (!read.ok) {
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
      return;
    }
    if (isWorking) return;
    setWorking(true);
    const isSaved = await onSave(read.rules);
    setWorking(false);
    if (isSaved) onDone();
  }
  const number = (name: NumberField, label: string) => (
    <Field
      label={label}
      problem={problems[name] === undefined ? null : words.needWhole(BOUNDS[name][0], BOUNDS[name][1])}
    >
      {(ids) => (
        <input
          {...ids}
          inputMode="numeric"
          autocomplete="off"
          data-testid={`rule-${name}`}
          value={fields[name]}
          onInput={(event) => change({ [name]: event.currentTarget.value })}
        />
      )}
    </Field>
  );
  return (
    <form ref={form} class="fan-rules" onSubmit={submit} noValidate>
      <Field
        label={words.badge}
        hint={words.badgeHint}
        problem={problems.badge === undefined ? null : words.needBadge}
      >
        {(ids) => (
          <input
            {...ids}
            dir="auto"
            maxLength={4}
            autocomplete="off"
            data-testid="rule-badge"
            value={fields.badge}
            onInput={(event) => change({ badge: event.currentTarget.value })}
          />
        )}
      </Field>
      {ROWS.map(({ source, points, per, cap }) => (
        <fieldset key={source} class="fan-source">
          <legend>{words.sources[source]}</legend>
          {number(points, words.pointsLabel)}
          {per === null ? null : number(per, perLabel(source, currency))}
          {number(cap, words.cap)}
        </fieldset>
      ))}
      <div class="fan-pairs">
        {number('lapseDays', words.lapse)}
        <Field label={words.entrance}>
          {(ids) => (
            <select
              {...ids}
              value={fields.entranceLevel}
              onChange={(event) => change({ entranceLevel: Number(event.currentTarget.value) })}
            >
              {ENTRANCE_CHOICES.map((level) => (
                <option key={level} value={level}>
                  {level > FAN_LEVELS ? words.entranceNever : words.level(level)}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <p class="fan-note">{words.lapseHint}</p>
      <Thresholds fields={fields} problems={problems} onChange={change} />
      <section class="fan-changes" role="status" data-testid="rule-changes">
        <h3>{words.changes}</h3>
        {read.ok && changes.length === 0 ? <p>{words.noChange}</p> : null}
        <ul>
          {changes.map((each) => (
            <li key={each}>
              {each === 'changeBadge' ? words.changeBadge(fields.badge.trim()) : words[each]}
            </li>
          ))}
        </ul>
      </section>
      <button
        type="submit"
        class="btn btn-strong btn-wide"
        data-testid="rules-save"
        disabled={isWorking || (read.ok && changes.length === 0)}
      >
        {words.save}
      </button>
    </form>
  );
}

function perLabel(source: PointSource, currency: string): string {
  const words = hostText.club;
  if (source === 'paid') return words.per(currency);
  return source === 'invite' ? words.stay : words.every;
}

type ThresholdProps = {
  fields: RuleFields;
  problems: RuleProblems;
  onChange: (part: Partial<RuleFields>) => void;
};

function Thresholds({ fields, problems, onChange }: ThresholdProps) {
  const words = hostText.club;
  return (
    <fieldset class="fan-ladder">
      <legend>{words.thresholds}</legend>
      <p class="fan-note">{words.thresholdsHint}</p>
      <div>
        {fields.thresholds.map((points, index) => {
          const level = index + 2;
          return (
            <Field
              key={level}
              label={words.level(level)}
              problem={problems[`thresholds.${level}`] === undefined ? null : words.needRising}
            >
              {(ids) => (
                <input
                  {...ids}
                  inputMode="numeric"
                  autocomplete="off"
                  data-testid={`threshold-${level}`}
                  value={points}
                  onInput={(event) =>
                    onChange({ thresholds: fields.thresholds.with(index, event.currentTarget.value) })
                  }
                />
              )}
            </Field>
          );
        })}
      </div>
    </fieldset>
  );
}
