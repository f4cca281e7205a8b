import { expect, test } from 'vitest';
import { FAN_DEFAULTS, FAN_LEVELS as LEVELS } from '../../../shared/community/fans.ts';
import { validateWithContracts } from '../../sdk/validate.ts';
import {
  BOUNDS,
  changesOf,
  FAN_LEVELS,
  fieldsOf,
  type NumberField,
  type RuleFields,
  readRules,
} from './host-rules.ts';

const starting = fieldsOf(FAN_DEFAULTS);
const read = (part: Partial<RuleFields>) => readRules({ ...starting, ...part });
const refusal = (part: Partial<RuleFields>) => {
  const result = read(part);
  if (!result.ok) return { problems: result.problems };
  return validateWithContracts('fan-badges:set-rules', { opId: 'op-12345', rules: result.rules });
};

test('what is shown is what is saved', () => {
  expect(FAN_LEVELS).toBe(LEVELS);
  expect(readRules(starting)).toEqual({ ok: true, rules: FAN_DEFAULTS });
  expect(refusal({})).toBe(null);
});

test('bounds are those of the contract: their ends can be sent, and nothing beyond', () => {
  for (const [name, [min, max]] of Object.entries(BOUNDS) as [NumberField, [number, number]][]) {
    expect([name, refusal({ [name]: String(min) }), refusal({ [name]: String(max) })]).toEqual([
      name,
      null,
      null,
    ]);
    for (const beyond of [min - 1, max + 1]) {
      expect(refusal({ [name]: String(beyond) })).toEqual({ problems: { [name]: 'needWhole' } });
    }
  }
});

test.each<[Partial<RuleFields>, Record<string, string>]>([
  [{ badge: ' ' }, { badge: 'needBadge' }],
  [{ badge: 'LINEN' }, { badge: 'needBadge' }],
  [{ thresholds: starting.thresholds.with(3, '60') }, { 'thresholds.5': 'needRising' }],
  [{ thresholds: starting.thresholds.with(0, '0') }, { 'thresholds.2': 'needRising' }],
  [{ thresholds: starting.thresholds.with(18, 'many') }, { 'thresholds.20': 'needRising' }],
  [{ chatPoints: '1.5' }, { chatPoints: 'needWhole' }],
])('a field that does not fit says so where it is (%#)', (part, problems) => {
  expect(read(part)).toEqual({ ok: false, problems });
});

test('a change says what it does, and nothing else', () => {
  const rules = FAN_DEFAULTS;
  expect(changesOf(rules, structuredClone(rules))).toEqual([]);
  expect(changesOf(rules, { ...rules, badge: '月光' })).toEqual(['changeBadge']);
  expect(changesOf(rules, { ...rules, thresholds: rules.thresholds.with(1, 30) })).toEqual(['changeLevels']);
  expect(changesOf(rules, { ...rules, chat: { points: 2, cap: 5 } })).toEqual(['changePoints']);
  expect(changesOf(rules, { ...rules, lapseDays: 3, entranceLevel: 21 })).toEqual([
    'changeLapse',
    'changeEntrance',
  ]);
});
