import type { Condition, ConditionKind, Prize } from '../../../shared/plays/lottery/draw.ts';
import type { CallInput } from '../../sdk/types.ts';
import { parseMoney } from '../../text/format.ts';

/** The form for a draw: what it starts with, and what it becomes. No DOM, so that it can be tested. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** As in the contract, which carries zod; `host-form-rules.unit.test.ts` fails when they drift. */
export const DRAW_DEFAULTS = { durationMs: 300_000, claimMs: 48 * HOUR_MS, repeatMs: 30 * DAY_MS };
export const WINNERS_MAX = 10_000;
export const PRIZES_MAX = 20;
export const CONDITIONS_MAX = 6;
export const TITLE_MAX = 80;
export const PHRASE_MAX = 30;
export const REASON_MAX = 200;

export const OPENS_IN_CHOICES_MS = [0, 30_000, MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS];
export const DURATION_CHOICES_MS = [
  ...[30_000, MINUTE_MS, 2 * MINUTE_MS, 5 * MINUTE_MS, 10 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS, DAY_MS],
];
export const CLAIM_CHOICES_MS = [HOUR_MS, DAY_MS, 48 * HOUR_MS, 7 * DAY_MS, 30 * DAY_MS];
export const REPEAT_CHOICES_MS = [0, DAY_MS, 7 * DAY_MS, 30 * DAY_MS, 365 * DAY_MS];

export const CONDITION_KINDS = [
  ...(['present', 'watch', 'phrase', 'level', 'follow', 'invites', 'purchase'] as const),
] as const satisfies readonly ConditionKind[];
/** Conditions with a number, and what it may be. */
export const NUMBERS = {
  watch: { min: 1, max: 600, start: '5' },
  level: { min: 1, max: 20, start: '1' },
  invites: { min: 1, max: 100, start: '1' },
} as const;
export type NumberKind = keyof typeof NUMBERS;

export function hasNumber(kind: ConditionKind): kind is NumberKind {
  return Object.hasOwn(NUMBERS, kind);
}

export type PrizeFields = { key: number; title: string; value: string; count: string };
export type Trust = 'beacon' | 'operator';
export type DrawFields = {
  title: string;
  prizes: readonly PrizeFields[];
  /** What is ticked. */
  kinds: readonly ConditionKind[];
  numbers: Readonly<Record<NumberKind, string>>;
  phrase: string;
  opensInMs: number;
  durationMs: number;
  claimMs: number;
  repeatMs: number;
  trust: Trust;
};

export type DrawProblem =
  | 'needTitle'
  | 'needValue'
  | 'needCount'
  | 'tooMany'
  | 'needPhrase'
  | 'needFewer'
  | 'needNumber'
  | 'prizeTooLarge'
  | 'notAllowed'
  | 'noBeacon';
/** By field: `title`, `prizes.0.value`, `conditions.watch`, `trust`. */
export type DrawProblems = Readonly<Record<string, DrawProblem>>;

export function startingDraw(title: string, trust: Trust = 'beacon'): DrawFields {
  return {
    title,
    prizes: [{ key: 0, title: '', value: '', count: '1' }],
    kinds: ['present'],
    numbers: { watch: NUMBERS.watch.start, level: NUMBERS.level.start, invites: NUMBERS.invites.start },
    phrase: '',
    opensInMs: 0,
    trust,
    ...DRAW_DEFAULTS,
  };
}

/** The command's input, or which fields need what. */
export function readDraw(
  fields: DrawFields,
  currency: string,
): { ok: true; input: CallInput<'lottery:announce'> } | { ok: false; problems: DrawProblems } {
  const problems: Record<string, DrawProblem> = {};
  const title = fields.title.trim();
  if (title === '' || title.length > TITLE_MAX) problems.title = 'needTitle';
  const prizes = fields.prizes.map((prize, index) => readPrize(prize, index, currency, problems));
  const winners = prizes.reduce((sum, { count }) => sum + count, 0);
  if (winners > WINNERS_MAX) problems[`prizes.${prizes.length - 1}.count`] = 'tooMany';
  const kinds = CONDITION_KINDS.filter((kind) => fields.kinds.includes(kind));
  if (kinds.length > CONDITIONS_MAX) problems.conditions = 'needFewer';
  const conditions = kinds.map((kind) => readCondition(kind, fields, problems));
  if (Object.keys(problems).length > 0) return { ok: false, problems };
  const { opensInMs, durationMs, claimMs, repeatMs, trust } = fields;
  return { ok: true, input: { title, prizes, conditions, opensInMs, durationMs, claimMs, repeatMs, trust } };
}

/** Where a refusal belongs: the server names the prize or the condition by its place. */
export function problemsOfRefusal(
  error: { code: string; path?: string | undefined },
  sent: CallInput<'lottery:announce'>,
): DrawProblems | null {
  const at = Number(/\.(\d+)/.exec(error.path ?? '')?.[1] ?? 0);
  if (error.code === 'PRIZE_TOO_LARGE') return { [`prizes.${at}.value`]: 'prizeTooLarge' };
  if (error.code === 'NO_BEACON') return { trust: 'noBeacon' };
  const kind = sent.conditions?.[at]?.kind;
  if (error.code === 'CONDITION_NOT_ALLOWED' && kind !== undefined) {
    return { [`conditions.${kind}`]: 'notAllowed' };
  }
  return null;
}

function readPrize(
  { title: typed, value, count: counted }: PrizeFields,
  index: number,
  currency: string,
  problems: Record<string, DrawProblem>,
): Prize {
  const title = typed.trim();
  const valueMinor = parseMoney(value, currency);
  const count = wholeIn(counted, 1, WINNERS_MAX);
  if (title === '' || title.length > TITLE_MAX) problems[`prizes.${index}.title`] = 'needTitle';
  if (valueMinor === null) problems[`prizes.${index}.value`] = 'needValue';
  if (count === null) problems[`prizes.${index}.count`] = 'needCount';
  return { title, valueMinor: valueMinor ?? 0, count: count ?? 0 };
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

function readCondition(
  kind: ConditionKind,
  { numbers, phrase: typed }: DrawFields,
  problems: Record<string, DrawProblem>,
): Condition {
  if (kind === 'phrase') {
    const phrase = typed.trim();
    const length = [...graphemes.segment(phrase)].length;
    if (length === 0 || length > PHRASE_MAX || phrase.length > 60)
      problems['conditions.phrase'] = 'needPhrase';
    return { kind, phrase };
  }
  if (!hasNumber(kind)) return { kind };
  const { min, max } = NUMBERS[kind];
  const value = wholeIn(numbers[kind], min, max);
  if (value === null) problems[`conditions.${kind}`] = 'needNumber';
  if (kind === 'watch') return { kind, minutes: value ?? min };
  return kind === 'level' ? { kind, level: value ?? min } : { kind, count: value ?? min };
}

/** A whole number as typed; null for anything else, and for what is out of bounds. */
export function wholeIn(typed: string, min: number, max: number): number | null {
  const value = /^\d{1,9}$/.test(typed.trim()) ? Number(typed) : Number.NaN;
  return value >= min && value <= max ? value : null;
}
