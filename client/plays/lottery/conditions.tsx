import type { Condition, ConditionKind } from '../../../shared/plays/lottery/draw.ts';
import { text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import type { Progress } from './reducer.ts';
import './conditions.css';

/** What a press on the button of a condition does; one that is missing has no button. */
export type ConditionActs = Readonly<Partial<Record<ConditionKind, (condition: Condition) => void>>>;

type Props = {
  conditions: readonly Condition[];
  /** Undefined while not known. */
  progress: Progress | undefined;
  acts: ConditionActs;
};

/** The conditions, each ticked as it is met, with what you can do about it here. */
export function Conditions({ conditions, progress, acts }: Props) {
  if (conditions.length === 0) return <p class="conditions-none">{text.draw.noConditions}</p>;
  return (
    <section class="conditions">
      <h3>{text.draw.conditions}</h3>
      <ul>
        {conditions.map((condition, at) => (
          <Row
            key={condition.kind}
            condition={condition}
            progress={progress?.conditions[at]}
            onAct={acts[condition.kind]}
          />
        ))}
      </ul>
      <p class="conditions-hint">{text.draw.judgedAgain}</p>
    </section>
  );
}

type RowProps = {
  condition: Condition;
  progress: Progress['conditions'][number] | undefined;
  onAct: ((condition: Condition) => void) | undefined;
};

function Row({ condition, progress, onAct }: RowProps) {
  const isMet = progress?.met === true;
  const isCounted = progress !== undefined && progress.need > 1;
  const { kind } = condition;
  return (
    <li
      class={`condition ${isMet ? 'is-met' : ''}`}
      data-testid={`condition-${kind}`}
      data-state={progress === undefined ? 'unknown' : isMet ? 'met' : 'unmet'}
    >
      <span class="condition-tick">{isMet ? <Icon name="check" size={16} /> : null}</span>
      <span class="condition-words">
        {conditionWords(condition)}
        {isCounted ? (
          <span class="condition-have num">
            {text.draw.haveOf(Math.min(progress.have, progress.need), progress.need)}
          </span>
        ) : null}
        {progress === undefined ? null : (
          <span class="visually-hidden">{isMet ? text.draw.met : text.draw.unmet}</span>
        )}
      </span>
      {!isMet && onAct !== undefined && kind in text.draw.act ? (
        <button
          type="button"
          class="btn condition-act"
          data-testid={`act-${kind}`}
          onClick={() => onAct(condition)}
        >
          {text.draw.act[kind as keyof typeof text.draw.act]}
        </button>
      ) : null}
    </li>
  );
}

export function conditionWords(condition: Condition): string {
  const words = text.draw.condition;
  switch (condition.kind) {
    case 'present':
      return words.present;
    case 'watch':
      return words.watch(condition.minutes);
    case 'phrase':
      return words.phrase(condition.phrase);
    case 'level':
      return condition.level === 1 ? words.member : words.level(condition.level);
    case 'follow':
      return words.follow;
    case 'invites':
      return words.invites(condition.count);
    case 'purchase':
      return words.purchase;
  }
}
