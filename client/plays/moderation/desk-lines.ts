import type { ChatMessage } from '../../../shared/community/chat-message.ts';
import type { Held } from '../../../shared/plays/moderation/desk-records.ts';

/** The stream of the desk: what was said, with what became of it. Removed lines stay, to be read and brought back. */

export const LINES_KEPT = 400;

export type Report = { byUserId: string; reason: string };
export type DeskLine = {
  message: ChatMessage;
  state: 'shown' | 'removed' | 'held';
  /** Why it waits for review; null when it does not. */
  why: Held['why'] | null;
  reports: readonly Report[];
};
export type Lines = readonly DeskLine[];

export const STREAM_FILTERS = ['all', 'held', 'reported', 'links', 'new'] as const;
export type StreamFilter = (typeof STREAM_FILTERS)[number];

/** A newcomer's first lines: who has said more is known by then. */
const NEW_LINES_MAX = 3;
/** Only for the filter of the stream; what counts as a link for the room, the server decides. */
const LINK = /(?:https?:\/\/|www\.)\S|[\p{L}\p{N}-]+\.(?:[a-z]{2,}|\p{Script=Han}{2,})(?![\p{L}\p{N}.])/iu;

export function linesOf(messages: readonly ChatMessage[], before: Lines = []): Lines {
  const known = new Map(before.map((line) => [line.message.messageId, line]));
  for (const message of messages) known.set(message.messageId, shown(message, known.get(message.messageId)));
  // What is not in the snapshot is either older than it or was taken back meanwhile.
  const oldestMs = messages[0]?.atMs ?? Number.POSITIVE_INFINITY;
  const inRoom = new Set(messages.map(({ messageId }) => messageId));
  const lines = [...known.values()].map((line) =>
    line.state === 'shown' && line.message.atMs >= oldestMs && !inRoom.has(line.message.messageId)
      ? { ...line, state: 'removed' as const }
      : line,
  );
  return trim(lines.sort((a, b) => a.message.atMs - b.message.atMs));
}

/** Shown to everyone: said, approved, or brought back. */
export function withShown(lines: Lines, message: ChatMessage): Lines {
  return withLine(lines, message, (before) => shown(message, before));
}

export function withHeld(lines: Lines, { message, why }: Held): Lines {
  return withLine(lines, message, (before) => ({
    message,
    state: 'held',
    why,
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

/** What a filter leaves of the stream, oldest first. */
export function filtered(lines: Lines, filter: StreamFilter): Lines {
  switch (filter) {
    case 'all':
      return lines;
    case 'held':
      return lines.filter(({ state }) => state === 'held');
    case 'reported':
      return lines.filter(({ reports }) => reports.length > 0);
    case 'links':
      return lines.filter(({ message, why }) => why?.by === 'link' || LINK.test(message.text));
    case 'new':
      return newcomers(lines);
  }
}

/** The first lines of people who are not in the fan club and have no role. */
function newcomers(lines: Lines): Lines {
  const count = new Map<string, number>();
  return lines.filter(({ message }) => {
    const nth = (count.get(message.userId) ?? 0) + 1;
    count.set(message.userId, nth);
    return nth <= NEW_LINES_MAX && message.badge === null && message.role === 'viewer';
  });
}

/** The line `by` places further on; from nowhere, the last one. */
export function neighbour(lines: Lines, messageId: string | null, by: 1 | -1): string | null {
  const at = lines.findIndex(({ message }) => message.messageId === messageId);
  const next = at === -1 ? lines.length - 1 : Math.min(lines.length - 1, Math.max(0, at + by));
  return lines[next]?.message.messageId ?? null;
}

function shown(message: ChatMessage, before: DeskLine | undefined): DeskLine {
  return { message, state: 'shown', why: null, reports: before?.reports ?? [] };
}

/** Changed where it stands, or put in its place by time: a message that is approved is said at that moment. */
function withLine(
  lines: Lines,
  message: ChatMessage,
  make: (before: DeskLine | undefined) => DeskLine,
): Lines {
  const known = lines.findIndex((line) => line.message.messageId === message.messageId);
  const before = lines[known];
  if (before !== undefined && before.message.atMs === message.atMs) {
    return lines.map((line, index) => (index === known ? make(line) : line));
  }
  const others = before === undefined ? lines : lines.filter((_, index) => index !== known);
  let at = others.length;
  while (at > 0 && (others[at - 1] as DeskLine).message.atMs > message.atMs) at -= 1;
  return trim([...others.slice(0, at), make(before), ...others.slice(at)]);
}

/** What waits for review is never forgotten, however much is said meanwhile. */
function trim(lines: Lines): Lines {
  let over = lines.length - LINES_KEPT;
  if (over <= 0) return lines;
  return lines.filter(({ state }) => {
    if (over <= 0 || state === 'held') return true;
    over -= 1;
    return false;
  });
}
