import type { ConditionKind } from '../../../shared/plays/lottery/draw.ts';
import { hostText } from '../../text/host.ts';
import { Field } from '../../ui/field.tsx';
import { CONDITION_KINDS, type DrawFields, type DrawProblems, hasNumber } from './host-form-rules.ts';
import { problemWords } from './host-problems.ts';

type Props = {
  fields: DrawFields;
  problems: DrawProblems;
  onChange: (part: Partial<DrawFields>) => void;
};

/** Conditions to tick, each with its number or words beneath once it is ticked. */
export function ConditionFields({ fields, problems, onChange }: Props) {
  const words = hostText.drawForm;
  const overall = problemWords(problems, 'conditions');
  return (
    <fieldset class="draw-part" aria-describedby="draw-conditions-note">
      <legend>{words.conditions}</legend>
      <p id="draw-conditions-note" class={overall === null ? 'draw-note' : 'draw-note is-bad'}>
        {overall ?? words.conditionsHint}
      </p>
      {CONDITION_KINDS.map((kind) => {
        const isOn = fields.kinds.includes(kind);
        return (
          <div key={kind} class="draw-condition">
            <label>
              <input
                type="checkbox"
                data-testid={`condition-${kind}`}
                checked={isOn}
                onChange={(event) => {
                  const others = fields.kinds.filter((each) => each !== kind);
                  onChange({ kinds: event.currentTarget.checked ? [...others, kind] : others });
                }}
              />
              {words.condition[kind]}
            </label>
            {isOn ? <ConditionValue {...{ kind, fields, problems, onChange }} /> : null}
          </div>
        );
      })}
    </fieldset>
  );
}

function ConditionValue({ kind, fields, problems, onChange }: Props & { kind: ConditionKind }) {
  const words = hostText.drawForm;
  const problem = problemWords(problems, `conditions.${kind}`);
  if (kind === 'phrase') {
    return (
      <Field label={words.conditionValue.phrase} problem={problem}>
        {(ids) => (
          <input
            {...ids}
            dir="auto"
            autocomplete="off"
            data-testid="condition-phrase-value"
            value={fields.phrase}
            onInput={(event) => onChange({ phrase: event.currentTarget.value })}
          />
        )}
      </Field>
    );
  }
  if (hasNumber(kind)) {
    return (
      <Field label={words.conditionValue[kind]} problem={problem}>
        {(ids) => (
          <input
            {...ids}
            inputMode="numeric"
            autocomplete="off"
            data-testid={`condition-${kind}-value`}
            value={fields.numbers[kind]}
            onInput={(event) =>
              onChange({ numbers: { ...fields.numbers, [kind]: event.currentTarget.value } })
            }
          />
        )}
      </Field>
    );
  }
  if (problem !== null) return <p class="draw-note is-bad">{problem}</p>;
  return kind === 'purchase' ? <p class="draw-note">{words.purchaseHint}</p> : null;
}
