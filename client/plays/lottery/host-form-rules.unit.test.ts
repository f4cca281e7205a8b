import { expect, test } from 'vitest';
import { DRAW_LIMITS } from '../../../shared/plays/lottery/draw.ts';
import { validateWithContracts } from '../../sdk/validate.ts';
import {
  CLAIM_CHOICES_MS,
  CONDITION_KINDS,
  CONDITIONS_MAX,
  DRAW_DEFAULTS,
  type DrawFields,
  DURATION_CHOICES_MS,
  NUMBERS,
  OPENS_IN_CHOICES_MS,
  PRIZES_MAX,
  problemsOfRefusal,
  REPEAT_CHOICES_MS,
  readDraw,
  startingDraw,
  WINNERS_MAX,
} from './host-form-rules.ts';

const filled: DrawFields = {
  ...startingDraw('Lucky bag'),
  prizes: [{ key: 0, title: 'Mug', value: '59.90', count: '3' }],
};
const problemsOf = (part: Partial<DrawFields>) => {
  const read = readDraw({ ...filled, ...part }, 'CNY');
  return read.ok ? {} : read.problems;
};
const sent = (part: Partial<DrawFields>) => {
  const read = readDraw({ ...filled, ...part }, 'CNY');
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return validateWithContracts('lottery:announce', { opId: 'op-12345', ...read.input });
};

test('the defaults and bounds are those of the contract', () => {
  for (const [name, value] of Object.entries(DRAW_DEFAULTS)) {
    expect([name, value]).toEqual([name, DRAW_LIMITS[name as keyof typeof DRAW_DEFAULTS].value]);
  }
  const { winnersMax, prizesMax, conditionsMax } = DRAW_LIMITS;
  expect([WINNERS_MAX, PRIZES_MAX, CONDITIONS_MAX]).toEqual(
    [winnersMax, prizesMax, conditionsMax].map(({ value }) => value),
  );
});

test('every choice, and the ends of every number, can be sent', () => {
  for (const opensInMs of OPENS_IN_CHOICES_MS) expect(sent({ opensInMs })).toBe(null);
  for (const durationMs of DURATION_CHOICES_MS) expect(sent({ durationMs })).toBe(null);
  for (const claimMs of CLAIM_CHOICES_MS) expect(sent({ claimMs })).toBe(null);
  for (const repeatMs of REPEAT_CHOICES_MS) expect(sent({ repeatMs })).toBe(null);
  for (const kind of CONDITION_KINDS) expect(sent({ kinds: [kind], phrase: '口令'.repeat(15) })).toBe(null);
  for (const kind of Object.keys(NUMBERS) as (keyof typeof NUMBERS)[]) {
    for (const end of ['min', 'max'] as const) {
      const numbers = { ...filled.numbers, [kind]: String(NUMBERS[kind][end]) };
      expect([kind, end, sent({ kinds: [kind], numbers })]).toEqual([kind, end, null]);
    }
  }
  expect(sent({ trust: 'operator' })).toBe(null);
});

test('what is filled in is what is sent', () => {
  const read = readDraw({ ...filled, kinds: ['follow', 'watch'] }, 'CNY');
  expect(read).toMatchObject({
    ok: true,
    input: {
      prizes: [{ title: 'Mug', valueMinor: 5_990, count: 3 }],
      conditions: [{ kind: 'watch', minutes: 5 }, { kind: 'follow' }],
      trust: 'beacon',
    },
  });
});

test.each<[Partial<DrawFields>, Record<string, string>]>([
  [{ title: '  ' }, { title: 'needTitle' }],
  [
    { prizes: [{ key: 0, title: '', value: 'much', count: '0' }] },
    { 'prizes.0.title': 'needTitle', 'prizes.0.value': 'needValue', 'prizes.0.count': 'needCount' },
  ],
  [
    {
      prizes: [
        { key: 0, title: 'a', value: '1', count: '9999' },
        { key: 1, title: 'b', value: '1', count: '2' },
      ],
    },
    { 'prizes.1.count': 'tooMany' },
  ],
  [{ kinds: ['phrase'], phrase: '' }, { 'conditions.phrase': 'needPhrase' }],
  [{ kinds: ['phrase'], phrase: 'x'.repeat(31) }, { 'conditions.phrase': 'needPhrase' }],
  [{ kinds: ['watch'], numbers: { ...filled.numbers, watch: '601' } }, { 'conditions.watch': 'needNumber' }],
  [{ kinds: CONDITION_KINDS, phrase: 'go' }, { conditions: 'needFewer' }],
])('a field that does not fit says so where it is (%#)', (part, problems) => {
  expect(problemsOf(part)).toEqual(problems);
});

test('a refusal of the server lands on the field that it names', () => {
  const read = readDraw({ ...filled, kinds: ['present', 'purchase'] }, 'CNY');
  if (!read.ok) throw new Error('unexpected');
  const of = (code: string, path?: string) => problemsOfRefusal({ code, path }, read.input);
  expect(of('PRIZE_TOO_LARGE', 'prizes.0')).toEqual({ 'prizes.0.value': 'prizeTooLarge' });
  expect(of('PRIZE_TOO_LARGE', 'prizes.2.valueMinor')).toEqual({ 'prizes.2.value': 'prizeTooLarge' });
  expect(of('CONDITION_NOT_ALLOWED', 'conditions.1')).toEqual({ 'conditions.purchase': 'notAllowed' });
  expect(of('NO_BEACON')).toEqual({ trust: 'noBeacon' });
  expect(of('TOO_MANY_DRAWS')).toBe(null);
});
