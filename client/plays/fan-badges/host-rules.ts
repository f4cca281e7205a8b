import type { FanRules } from '../../../shared/community/fans.ts';

/** The form for the rules of the fan club: what it starts with, what it becomes, and what a change does. No DOM. */

export const FAN_LEVELS = 20;
const MINUTE_MS = 60_000;
const POINTS_MAX = 1000;
const CAP_MAX = 10_000;
const THRESHOLD_MAX = 100_000_000;

export type RuleFields = {
  badge: string;
  /** Of levels 2 to 20; level 1 begins at 0. */
  thresholds: readonly string[];
  watchPoints: string;
  watchMinutes: string;
  watchCap: string;
  chatPoints: string;
  chatCap: string;
  sharePoints: string;
  shareCap: string;
  paidPoints: string;
  paidUnits: string;
  paidCap: string;
  invitePoints: string;
  inviteMinutes: string;
  inviteCap: string;
  lapseDays: string;
  entranceLevel: number;
};
export type NumberField = Exclude<keyof RuleFields, 'badge' | 'thresholds' | 'entranceLevel'>;

/** What a number may be; the same as in the contract, which carries zod. A test compares. */
export const BOUNDS: Readonly<Record<NumberField, readonly [number, number]>> = {
  watchPoints: [0, POINTS_MAX],
  watchMinutes: [1, 60],
  watchCap: [0, CAP_MAX],
  chatPoints: [0, POINTS_MAX],
  chatCap: [0, CAP_MAX],
  sharePoints: [0, POINTS_MAX],
  shareCap: [0, CAP_MAX],
  paidPoints: [0, POINTS_MAX],
  paidUnits: [1, 1_000_000],
  paidCap: [0, CAP_MAX],
  invitePoints: [0, POINTS_MAX],
  inviteMinutes: [1, 60],
  inviteCap: [0, CAP_MAX],
  lapseDays: [1, 365],
};

export type RuleProblem = 'needBadge' | 'needRising' | 'needWhole';
/** By field; thresholds as `thresholds.<level>`. */
export type RuleProblems = Readonly<Record<string, RuleProblem>>;

export function fieldsOf(rules: FanRules): RuleFields {
  const { watch, chat, share, paid, invite } = rules;
  return {
    badge: rules.badge,
    thresholds: rules.thresholds.slice(1).map(String),
    watchPoints: String(watch.points),
    watchMinutes: String(watch.everyMs / MINUTE_MS),
    watchCap: String(watch.cap),
    chatPoints: String(chat.points),
    chatCap: String(chat.cap),
    sharePoints: String(share.points),
    shareCap: String(share.cap),
    paidPoints: String(paid.points),
    paidUnits: String(paid.perUnits),
    paidCap: String(paid.cap),
    invitePoints: String(invite.points),
    inviteMinutes: String(invite.stayMs / MINUTE_MS),
    inviteCap: String(invite.cap),
    lapseDays: String(rules.lapseDays),
    entranceLevel: rules.entranceLevel,
  };
}

export function readRules(
  fields: RuleFields,
): { ok: true; rules: FanRules } | { ok: false; problems: RuleProblems } {
  const problems: Record<string, RuleProblem> = {};
  const badge = fields.badge.trim();
  if (badge === '' || badge.length > 4) problems.badge = 'needBadge';
  const thresholds = [0];
  fields.thresholds.forEach((typed, index) => {
    const points = whole(typed);
    if (points === null || points > THRESHOLD_MAX || points <= (thresholds[index] ?? 0)) {
      problems[`thresholds.${index + 2}`] = 'needRising';
    }
    thresholds.push(points ?? (thresholds[index] ?? 0) + 1);
  });
  const number = (name: NumberField): number => {
    const value = whole(fields[name]);
    const [min, max] = BOUNDS[name];
    if (value !== null && value >= min && value <= max) return value;
    problems[name] = 'needWhole';
    return min;
  };
  const rules: FanRules = {
    badge,
    thresholds,
    watch: {
      points: number('watchPoints'),
      everyMs: number('watchMinutes') * MINUTE_MS,
      cap: number('watchCap'),
    },
    chat: { points: number('chatPoints'), cap: number('chatCap') },
    share: { points: number('sharePoints'), cap: number('shareCap') },
    paid: { points: number('paidPoints'), perUnits: number('paidUnits'), cap: number('paidCap') },
    invite: {
      points: number('invitePoints'),
      stayMs: number('inviteMinutes') * MINUTE_MS,
      cap: number('inviteCap'),
    },
    lapseDays: number('lapseDays'),
    entranceLevel: fields.entranceLevel,
  };
  return Object.keys(problems).length > 0 ? { ok: false, problems } : { ok: true, rules };
}

/** What a change of rules means for people, to be read before it is saved. */
export type RuleChange = 'changeBadge' | 'changeLevels' | 'changePoints' | 'changeLapse' | 'changeEntrance';

export function changesOf(before: FanRules, now: FanRules): RuleChange[] {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const sources = ({ watch, chat, share, paid, invite }: FanRules) => [
    ...[watch.points, watch.everyMs, watch.cap, chat.points, chat.cap, share.points, share.cap],
    ...[paid.points, paid.perUnits, paid.cap, invite.points, invite.stayMs, invite.cap],
  ];
  const changes: RuleChange[] = [];
  if (before.badge !== now.badge) changes.push('changeBadge');
  if (!same(before.thresholds, now.thresholds)) changes.push('changeLevels');
  if (!same(sources(before), sources(now))) changes.push('changePoints');
  if (before.lapseDays !== now.lapseDays) changes.push('changeLapse');
  if (before.entranceLevel !== now.entranceLevel) changes.push('changeEntrance');
  return changes;
}

function whole(typed: string): number | null {
  return /^\d{1,9}$/.test(typed.trim()) ? Number(typed) : null;
}
