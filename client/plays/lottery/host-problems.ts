import type { ConditionKind } from '../../../shared/plays/lottery/draw.ts';
import { hostText } from '../../text/host.ts';
import { type DrawProblems, hasNumber, NUMBERS } from './host-form-rules.ts';

/** What is wrong with a field, in words; null when it is fine. */
export function problemWords(problems: DrawProblems, field: string): string | null {
  const words = hostText.drawForm;
  const problem = problems[field];
  if (problem === undefined) return null;
  if (problem !== 'needNumber') return words[problem];
  const kind = field.replace('conditions.', '') as ConditionKind;
  return hasNumber(kind) ? words.needNumber(NUMBERS[kind].min, NUMBERS[kind].max) : words.needCount;
}
