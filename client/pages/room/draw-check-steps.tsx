import type { DrawRecord } from '../../../shared/lottery/record.ts';
import type { Step, StepResult } from '../../../shared/lottery/step.ts';
import type { Own } from '../../model/draw-check.ts';
import { drawCheckText as words } from '../../text/draw-check.ts';
import { format } from '../../text/i18n.ts';
import { Icon, type IconName } from '../../ui/icon.tsx';

/** What all steps come to. A list that was not asked for takes nothing away. */
export function verdictOf(steps: readonly Step[]): StepResult {
  const counted = steps.filter(({ detail }) => detail !== 'NO_LIST');
  for (const result of ['wrong', 'not-yet', 'unchecked'] as const) {
    if (counted.some((step) => step.result === result)) return result;
  }
  return 'ok';
}

const ICONS: Readonly<Record<StepResult, IconName>> = {
  ok: 'check',
  wrong: 'close',
  'not-yet': 'clock',
  unchecked: 'info',
};

export function CheckSteps({ steps }: { steps: readonly Step[] }) {
  const verdict = verdictOf(steps);
  return (
    <>
      <p class={`check-verdict is-${verdict}`} data-testid="check-verdict">
        <Icon name={verdict === 'wrong' ? 'info' : 'shield'} size={24} /> {words.verdict[verdict]}
      </p>
      <ol class="check-steps">
        {steps.map((step) => (
          <li
            key={step.id}
            class={`is-${step.result}`}
            data-testid={`step-${step.id}`}
            data-state={step.result}
          >
            <span class="check-mark">
              <Icon name={ICONS[step.result]} size={16} />
            </span>
            <span class="check-words">
              <strong>{words.steps[step.id]}</strong>
              <span>{stepWords(step)}</span>
            </span>
            <span class="check-result">{words.result[step.result]}</span>
          </li>
        ))}
      </ol>
    </>
  );
}

/** What a step found, in the reader's words. */
export function stepWords({ id, detail, values }: Step): string {
  if (detail === 'NOT_YET') return words.awaited[id];
  if (detail !== 'HOLDS') return fill(words.details[detail], values);
  const found = fill(words.holds[id], values);
  const { rank } = values;
  return id === 'mine' && rank !== undefined ? `${found} ${fill(words.yourRank, { rank })}` : found;
}

function fill(template: string, values: Step['values']): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    // A round is a name more than a count.
    return typeof value === 'number' && name !== 'round' ? format.number(value) : String(value ?? '?');
  });
}

/** The numbers of the draw, for who wants to compute with something else. */
export function CheckNumbers({ record, own }: { record: DrawRecord; own: Own | null }) {
  const { frozen, beacon } = record;
  const count = (value: number | undefined) => (value === undefined ? words.none : format.number(value));
  const rows: readonly (readonly [keyof typeof words.number, string])[] = [
    ['entries', count(frozen?.entries)],
    ['voided', count(frozen?.voided)],
    ...(own === null
      ? []
      : ([
          ['ticket', count(own.ticket)],
          ['entryId', own.entryId],
        ] as const)),
    ['commit', record.commit],
    ['seed', record.seed ?? words.none],
    ['root', frozen?.root ?? words.none],
    ...(beacon === null
      ? []
      : ([
          ['round', String(beacon.round)],
          ['randomness', beacon.randomness ?? words.none],
        ] as const)),
  ];
  return (
    <details class="check-numbers">
      <summary>{words.numbers}</summary>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{words.number[name]}</dt>
            <dd class="num" data-testid={`number-${name}`}>
              {value}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
