import type { ChatMessage } from '../../../shared/community/chat-message.ts';
import type { Held, Reported } from '../../../shared/plays/moderation/desk-records.ts';

/** The stream of the desk: what was said, with what became of it. Removed lines stay, to be read and brought back. */

export const LINES_KEPT = 400;
/** Of what was reported and still stands, so many stay however much is said meanwhile. */
export const REPORTED_KEPT = 100;

export type Report = { byUserId: string; reason: string };
export type DeskLine = {
  message: ChatMessage;
  state: 'shown' | 'removed' | 'held';
  /** Why it waits for review; null when it does not. */
  why: Held['why'] | null;
  reports: readonly Report[];
  /** The author's how many-th line it is, as far as the stream goes back. */
  nth: number;
};
export type Lines = readonly DeskLine[];
/** Ids of the lines that somebody reads just now; null: the stream runs on. These stay, too. */
export type Reading = ReadonlySet<string> | null;

export const STREAM_FILTERS = ['all', 'held', 'reported', 'new', 'links'] as const;
export type StreamFilter = (typeof STREAM_FILTERS)[number];

/** A newcomer's first lines: who has said more is known by then. */
const NEW_LINES_MAX = 3;
/** Only for the filter of the stream; what counts as a link for the room, the server decides. */
const LINK = /(?:https?:\/\/|www\.)\S|[\p{L}\p{N}-]+\.(?:[a-z]{2,}|\p{Script=Han}{2,})(?![\p{L}\p{N}.])/iu;

export function linesOf(messages: readonly ChatMessage[], before: Lines = [], keep: Reading = null): Lines {
  const known = new Map(before.map((line) => [line.message.messageId, line]));
  const nthOf = counted(before);
  for (const message of messages) {
    const line = known.get(message.messageId);
    known.set(message.messageId, shown(message, line, line?.nth ?? nthOf(message.userId)));
  }
  // What is not in the snapshot is either older than it or was taken back meanwhile.
  const oldestMs = messages[0]?.atMs ?? Number.POSITIVE_INFINITY;
  const inRoom = new Set(messages.map(({ messageId }) => messageId));
  const lines = [...known.values()].map((line) =>
    line.state === 'shown' && line.message.atMs >= oldestMs && !inRoom.has(line.message.messageId)
      ? { ...line, state: 'removed' as const }
      : line,
  );
  return trim(
    lines.sort((a, b) => a.message.atMs - b.message.atMs),
    keep,
  );
}

/** Shown to everyone: said, approved, or brought back. */
export function withShown(lines: Lines, message: ChatMessage, keep: Reading = null): Lines {
  return withLine(lines, message, keep, (before, nth) => shown(message, before, nth));
}

export function withHeld(lines: Lines, { message, why }: Held, keep: Reading = null): Lines {
  return withLine(lines, message, keep, (before, nth) => ({
    ...{ message, state: 'held', why, nth },
    reports: before?.reports ?? [],
  }));
}

/** A held line keeps waiting when it is taken out of the chat: that is how it came to be held. */
export function withRemoved(lines: Lines, messageIds: readonly string[]): Lines {
  const gone = new Set(messageIds);
  return lines.map((line) =>
    gone.has(line.message.messageId) && line.state === 'shown' ? { ...line, state: 'removed' } : line,
  );
}

/** Reviewed, or deleted for good. */
export function withRejected(lines: Lines, messageIds: readonly string[]): Lines {
  const gone = new Set(messageIds);
  return lines.map((line) =>
    gone.has(line.message.messageId) ? { ...line, state: 'removed', why: null } : line,
  );
}

export function withReport(lines: Lines, messageId: string, report: Report): Lines {
  return lines.map((line) => {
    if (line.message.messageId !== messageId) return line;
    const others = line.reports.filter(({ byUserId }) => byUserId !== report.byUserId);
    return { ...line, reports: [...others, report] };
  });
}

/** What was reported before this desk was opened, with what is known of it here. */
export function withReported(lines: Lines, { message, last }: Reported, keep: Reading = null): Lines {
  return withLine(lines, message, keep, (before, nth) => {
    const news = last.filter(({ byUserId }) => !before?.reports.some((each) => each.byUserId === byUserId));
    const reports = [...news, ...(before?.reports ?? [])];
    return before === undefined ? { ...shown(message, before, nth), reports } : { ...before, reports };
  });
}

/** What a filter leaves of the stream, oldest first. */
export function filtered(lines: Lines, filter: StreamFilter): Lines {
  return filter === 'all' ? lines : lines.filter((line) => isIn(line, filter));
}

/** How many lines each filter has to show, or, where something is to be decided, how many still wait for that. */
export function counts(lines: Lines): Record<StreamFilter, number> {
  const found = { all: lines.length, held: 0, reported: 0, links: 0, new: 0 };
  for (const line of lines) {
    if (isIn(line, 'held')) found.held += 1;
    if (isOpenReport(line)) found.reported += 1;
    if (line.state !== 'removed' && isIn(line, 'links')) found.links += 1;
    if (line.state !== 'removed' && isIn(line, 'new')) found.new += 1;
  }
  return found;
}

function isIn(line: DeskLine, filter: StreamFilter): boolean {
  const { message, state, reports, why, nth } = line;
  switch (filter) {
    case 'all':
      return true;
    case 'held':
      return state === 'held';
    case 'reported':
      return reports.length > 0;
    case 'links':
      return why?.by === 'link' || hasLink(message);
    // The first lines of people who are not in the fan club and have no role.
    case 'new':
      return nth <= NEW_LINES_MAX && message.badge === null && message.role === 'viewer';
  }
}

function isOpenReport({ state, reports }: DeskLine): boolean {
  return state === 'shown' && reports.length > 0;
}

/** Every line is asked again with every one that comes. */
const linkKnown = new WeakMap<ChatMessage, boolean>();

function hasLink(message: ChatMessage): boolean {
  const known = linkKnown.get(message);
  if (known !== undefined) return known;
  const found = LINK.test(message.text);
  linkKnown.set(message, found);
  return found;
}

/** The first line behind one that stands there still, of what was there before and what came since; null: none. */
export function after(before: Lines, now: Lines, messageId: string): string | null {
  const here = new Map(now.map((line) => [line.message.messageId, line]));
  const at = before.findIndex(({ message }) => message.messageId === messageId);
  const known = new Set(before.map(({ message }) => message.messageId));
  const behind = [...before.slice(at + 1), ...now.filter(({ message }) => !known.has(message.messageId))];
  for (const { message } of behind) {
    const line = here.get(message.messageId);
    if (line !== undefined && line.state !== 'removed') return message.messageId;
  }
  return null;
}

/** The line `by` places further on; from nowhere, the last one. */
export function neighbour(lines: Lines, messageId: string | null, by: 1 | -1): string | null {
  const at = lines.findIndex(({ message }) => message.messageId === messageId);
  const next = at === -1 ? lines.length - 1 : Math.min(lines.length - 1, Math.max(0, at + by));
  return lines[next]?.message.messageId ?? null;
}

function shown(message: ChatMessage, before: DeskLine | undefined, nth: number): DeskLine {
  return { message, state: 'shown', why: null, reports: before?.reports ?? [], nth };
}

/** Counts on from what somebody has said before. */
function counted(before: Lines): (userId: string) => number {
  const last = new Map(before.map(({ message, nth }) => [message.userId, nth]));
  return (userId) => {
    const nth = (last.get(userId) ?? 0) + 1;
    last.set(userId, nth);
    return nth;
  };
}

/** Changed where it stands, or put in its place by time: a message that is approved is said at that moment. */
function withLine(
  lines: Lines,
  message: ChatMessage,
  keep: Reading,
  make: (before: DeskLine | undefined, nth: number) => DeskLine,
): Lines {
  const known = lines.findLastIndex((line) => line.message.messageId === message.messageId);
  const before = lines[known];
  if (before !== undefined && before.message.atMs === message.atMs) {
    return lines.map((line, index) => (index === known ? make(line, line.nth) : line));
  }
  const others = before === undefined ? lines : lines.filter((_, index) => index !== known);
  const nth = before?.nth ?? (lines.findLast((line) => line.message.userId === message.userId)?.nth ?? 0) + 1;
  let at = others.length;
  while (at > 0 && (others[at - 1] as DeskLine).message.atMs > message.atMs) at -= 1;
  return trim([...others.slice(0, at), make(before, nth), ...others.slice(at)], keep);
}

/** What waits for review, and most of what was reported, is never forgotten, however much is said meanwhile. */
export function trim(lines: Lines, keep: Reading = null): Lines {
  let over = lines.length - LINES_KEPT - (keep?.size ?? 0);
  if (over <= 0) return lines;
  let reports = lines.reduce((count, line) => (isOpenReport(line) ? count + 1 : count), 0);
  return lines.filter((line) => {
    if (over <= 0 || line.state === 'held' || keep?.has(line.message.messageId)) return true;
    if (isOpenReport(line) && reports <= REPORTED_KEPT) return true;
    if (isOpenReport(line)) reports -= 1;
    over -= 1;
    return false;
  });
}
