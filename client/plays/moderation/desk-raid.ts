import type { FanBadge } from '../../../shared/community/fans.ts';
import type { DeskLine, Lines } from './desk-lines.ts';
import type { DeskState } from './desk-reducer.ts';

/**
 * Knowing a raid: much is stopped by the filters, or many who are new say the same thing. What everybody types in a
 * good show ("666", "+1", "好看") is short, and is said by fans too, so neither counts.
 */

export const RAID_SLOW_MS = 30_000;
/** How far back somebody's lines count. */
export const RAID_WINDOW_MS = 5 * 60_000;
/** Over the last ten seconds, as `moderation:filtered` counts. */
const STOPPED_MIN = 10;
const STOPPED_USERS_MIN = 3;
const FILTERED_FRESH_MS = 12_000;
/** New people with one text, in one minute. */
const ALIKE_MIN = 5;
const ALIKE_WINDOW_MS = 60_000;
/** From so many on, one text makes each who said it a suspect. */
const SUSPECT_MIN = 3;
const KEY_MIN_LETTERS = 6;
const KEY_MIN_WIDE = 4;

export type RaidSigns = {
  /** Blocked or held in the last ten seconds, and by how many people. */
  stopped: number;
  users: number;
  /** New people who said the same. */
  alike: number;
};

export type Reason = 'held' | 'reported' | 'alike';
export type Raider = {
  userId: string;
  name: string;
  badge: FanBadge | null;
  why: readonly Reason[];
  messages: number;
  sample: string;
  /** Fans may have been hit by a filter by accident: they are listed, but must be picked by hand. */
  isPicked: boolean;
};

/** Null: nothing looks like a raid. */
export function raidSigns(state: DeskState, nowMs: number): RaidSigns | null {
  const { filtered } = state;
  const isFresh = filtered !== null && nowMs - filtered.atMs <= FILTERED_FRESH_MS;
  const stopped = isFresh ? filtered.blocked + filtered.held : 0;
  const users = isFresh ? filtered.users : 0;
  const groups = alikeGroups(suspectLines(state, nowMs, ALIKE_WINDOW_MS));
  const alike = Math.max(0, ...[...groups.values()].map((group) => group.size));
  const isRaid = (stopped >= STOPPED_MIN && users >= STOPPED_USERS_MIN) || alike >= ALIKE_MIN;
  return isRaid ? { stopped, users, alike } : null;
}

/** Everyone with held or reported messages, or with the same text as others, in the last minutes; worst first. */
export function raiders(state: DeskState, nowMs: number): readonly Raider[] {
  const recent = suspectLines(state, nowMs, RAID_WINDOW_MS);
  const alike = new Set<string>();
  for (const group of alikeGroups(recent).values()) {
    if (group.size >= SUSPECT_MIN) for (const userId of group) alike.add(userId);
  }
  const found = new Map<string, { lines: DeskLine[]; why: Set<Reason> }>();
  for (const line of recent) {
    const why = reasonsOf(line, alike);
    const entry = found.get(line.message.userId) ?? { lines: [], why: new Set() };
    entry.lines.push(line);
    for (const reason of why) entry.why.add(reason);
    found.set(line.message.userId, entry);
  }
  return [...found]
    .filter(([, { why }]) => why.size > 0)
    .map(([userId, { lines, why }]) => raiderOf(userId, lines, [...why]))
    .sort((a, b) => b.messages - a.messages || a.userId.localeCompare(b.userId));
}

/** Texts that look the same to a person: case, width, spaces, signs and stretched letters do not count. */
export function likeness(text: string): string | null {
  const key = text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
    .replaceAll(/(.)\1+/gu, '$1');
  const wide = [...key].filter((letter) =>
    /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}/u.test(letter),
  );
  return wide.length >= KEY_MIN_WIDE || key.length >= KEY_MIN_LETTERS ? key : null;
}

/** Lines of viewers who are still here. */
function suspectLines({ lines, out }: DeskState, nowMs: number, windowMs: number): Lines {
  return lines.filter(
    ({ message }) =>
      message.role === 'viewer' &&
      nowMs - message.atMs <= windowMs &&
      !(message.userId in out && isOut(out[message.userId] ?? null, nowMs)),
  );
}

function isOut(untilMs: number | null, nowMs: number): boolean {
  return untilMs === null || untilMs > nowMs;
}

/** Who of those without a badge said the same, by likeness. */
function alikeGroups(recent: Lines): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>();
  for (const { message } of recent) {
    const key = message.badge === null ? likeness(message.text) : null;
    if (key === null) continue;
    const group = groups.get(key) ?? new Set();
    group.add(message.userId);
    groups.set(key, group);
  }
  return groups;
}

function reasonsOf({ state, why, reports, message }: DeskLine, alike: ReadonlySet<string>): Reason[] {
  const found: Reason[] = [];
  if (state === 'held' && why?.by !== 'moderator') found.push('held');
  if (reports.length > 0) found.push('reported');
  if (alike.has(message.userId)) found.push('alike');
  return found;
}

function raiderOf(userId: string, lines: readonly DeskLine[], why: readonly Reason[]): Raider {
  const last = lines.at(-1) as DeskLine;
  const { name, badge, text } = last.message;
  return { userId, name, badge, why, messages: lines.length, sample: text, isPicked: badge === null };
}
