import { useState } from 'preact/hooks';
import type { Product } from '../../../shared/plays/shelf/contract.ts';
import type { CallInput } from '../../sdk/types.ts';
import { hostText } from '../../text/host.ts';
import { staffText } from '../../text/staff.ts';
import { Field } from '../../ui/field.tsx';
import {
  DURATION_CHOICES_MS,
  EARLY_CHOICES_MS,
  EARLY_LEVEL_CHOICES,
  GUARD_CHOICES,
  type GuardChoice,
  HOLD_CHOICES_MS,
  OPENS_IN_CHOICES_MS,
  readFields,
  type SaleFields,
  type SaleProblems,
  startingFields,
} from './form-rules.ts';
import './sale-form.css';

type Props = {
  product: Product;
  currency: string;
  onSchedule: (input: CallInput<'flash-sale:schedule'>) => Promise<boolean>;
  onDone: () => void;
};
type Typed = 'price' | 'compareAt' | 'compareBasis' | 'stock' | 'limit';
type EarlyProps = { fields: SaleFields; onChange: (part: Partial<SaleFields>) => void };
type Chosen = 'opensInMs' | 'durationMs' | 'holdMs';

/** Starts with what most hosts want, so that "start" is one press. */
export function SaleForm({ product, currency, onSchedule, onDone }: Props) {
  const [fields, setFields] = useState(() =>
    startingFields(product, currency, staffText.studio.basisDefault),
  );
  const [problems, setProblems] = useState<SaleProblems>({});
  const change = (part: Partial<SaleFields>) => setFields({ ...fields, ...part });

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const read = readFields(product, currency, fields);
    setProblems(read.ok ? {} : read.problems);
    if (read.ok && (await onSchedule(read.input))) onDone();
  }

  const typed = (name: Typed, label: string, mode: 'decimal' | 'numeric' | 'text') => {
    const problem = problems[name];
    return (
      <Field label={label} problem={problem === undefined ? null : staffText.studio[problem]}>
        {(ids) => (
          <input
            {...ids}
            name={name}
            inputMode={mode}
            value={fields[name]}
            dir="auto"
            autocomplete="off"
            onInput={(event) => change({ [name]: event.currentTarget.value })}
          />
        )}
      </Field>
    );
  };
  const chosen = (name: Chosen, label: string, choicesMs: readonly number[]) => (
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
              {durationWords(ms)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
  return (
    <form class="sale-form" onSubmit={submit}>
      {typed('price', staffText.studio.salePrice(currency), 'decimal')}
      {typed(
        'compareAt',
        `${staffText.studio.compareAt(currency)} · ${staffText.studio.optional}`,
        'decimal',
      )}
      <div class="sale-form-wide">{typed('compareBasis', staffText.studio.compareBasis, 'text')}</div>
      {typed('stock', staffText.studio.stock, 'numeric')}
      {typed('limit', staffText.studio.perBuyer, 'numeric')}
      {chosen('opensInMs', staffText.studio.opensIn, OPENS_IN_CHOICES_MS)}
      {chosen('durationMs', staffText.studio.duration, DURATION_CHOICES_MS)}
      {chosen('holdMs', staffText.studio.hold, HOLD_CHOICES_MS)}
      <div class="sale-form-wide">
        <Field label={staffText.studio.guard} hint={staffText.studio.guardHints[fields.guard]}>
          {(ids) => (
            <select
              {...ids}
              name="guard"
              data-testid="sale-guard"
              value={fields.guard}
              onChange={(event) => change({ guard: event.currentTarget.value as GuardChoice })}
            >
              {GUARD_CHOICES.map((guard) => (
                <option key={guard} value={guard}>
                  {staffText.studio.guards[guard]}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <EarlyFields fields={fields} onChange={change} />
      <button type="submit" class="btn btn-buy btn-wide sale-form-wide" data-testid="sale-start">
        {staffText.studio.schedule}
      </button>
    </form>
  );
}

/** Fans first: from which level, and for how long. */
function EarlyFields({ fields, onChange }: EarlyProps) {
  const words = hostText.early;
  return (
    <>
      <Field label={words.label} hint={words.hint}>
        {(ids) => (
          <select
            {...ids}
            name="earlyLevel"
            data-testid="sale-early-level"
            value={fields.earlyLevel}
            onChange={(event) => onChange({ earlyLevel: Number(event.currentTarget.value) })}
          >
            {EARLY_LEVEL_CHOICES.map((level) => (
              <option key={level} value={level}>
                {level === 0 ? words.off : words.level(level)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {fields.earlyLevel === 0 ? (
        <span />
      ) : (
        <Field label={words.seconds}>
          {(ids) => (
            <select
              {...ids}
              name="earlyMs"
              data-testid="sale-early-ms"
              value={fields.earlyMs}
              onChange={(event) => onChange({ earlyMs: Number(event.currentTarget.value) })}
            >
              {EARLY_CHOICES_MS.map((ms) => (
                <option key={ms} value={ms}>
                  {durationWords(ms)}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
    </>
  );
}

function durationWords(ms: number): string {
  if (ms === 0) return staffText.studio.now;
  return ms < 60_000 ? staffText.studio.seconds(ms / 1000) : staffText.studio.minutes(ms / 60_000);
}
