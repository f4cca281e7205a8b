import type { ChatMessage } from '../../../shared/community/chat-message.ts';
import type { CallError } from '../../../shared/kernel/ack.ts';
import type { Role } from '../../../shared/kernel/units.ts';
import type { Action } from '../../../shared/plays/moderation/actions.ts';
import type { Appeal, WordList } from '../../../shared/plays/moderation/desk-records.ts';
import type { Modes } from '../../../shared/plays/moderation/modes.ts';
import type { AnyEvent, EventDataOf, Output, Snapshot } from '../../../shared/protocol.ts';
import * as lines from './desk-lines.ts';

/** What the desk shows: the room's snapshot, the answer of `moderation:desk`, and every event after it. */

export type DeskAnswer = Output<'moderation:desk'>;
export type StaffMember = { userId: string; role: Role; untilMs: number | null };
export type Filtered = EventDataOf<'moderation:filtered'> & { atMs: number };

export type DeskState = {
  /** False until `moderation:desk` was answered. */
  isReady: boolean;
  /** Why it was not; null while it is asked, and from then on. */
  problem: CallError | null;
  lines: lines.Lines;
  reading: lines.Reading;
  /** How many wait for review besides those in the stream. */
  heldBeyond: number;
  /** Newest first. */
  actions: readonly Action[];
  /** Open ones, oldest first. */
  appeals: readonly Appeal[];
  lists: readonly WordList[];
  staff: readonly StaffMember[];
  modes: Modes | null;
  pinned: ChatMessage | null;
  filtered: Filtered | null;
  /** Who is kept out of the room, and until when (null: until lifted). */
  out: Readonly<Record<string, number | null>>;
};

export const emptyDesk: DeskState = {
  isReady: false,
  problem: null,
  lines: [],
  reading: null,
  heldBeyond: 0,
  actions: [],
  appeals: [],
  lists: [],
  staff: [],
  modes: null,
  pinned: null,
  filtered: null,
  out: {},
};

const ACTIONS_KEPT = 200;

export function fromSnapshot(state: DeskState, snapshot: Snapshot): DeskState {
  return {
    ...state,
    lines: lines.linesOf(snapshot.chat.messages, state.lines, state.reading),
    modes: snapshot.moderation.modes,
    pinned: snapshot.chat.pinned,
  };
}

/** The whole of what only staff knows, as it was at `answer.seq`; later events follow. */
export function fromAnswer(state: DeskState, answer: DeskAnswer): DeskState {
  const { actions, appeals, lists, staff } = answer;
  const waiting = new Set(answer.held.map(({ message }) => message.messageId));
  const settled = state.lines
    .filter((line) => line.state === 'held' && !waiting.has(line.message.messageId))
    .map((line) => line.message.messageId);
  return {
    ...state,
    isReady: true,
    problem: null,
    lines: answer.reported.reduce(
      (now, reported) => lines.withReported(now, reported, state.reading),
      answer.held.reduce(
        (now, held) => lines.withHeld(now, held, state.reading),
        lines.withRejected(state.lines, settled),
      ),
    ),
    heldBeyond: Math.max(0, answer.heldCount - answer.held.length),
    actions,
    appeals,
    lists,
    staff,
  };
}

export function reduceDesk(state: DeskState, event: AnyEvent): DeskState {
  switch (event.name) {
    case 'chat:said':
      return { ...state, lines: lines.withShown(state.lines, event.data, state.reading) };
    case 'chat:restored':
      return { ...state, lines: lines.withShown(state.lines, event.data.message, state.reading) };
    case 'chat:removed':
      return { ...state, lines: lines.withRemoved(state.lines, event.data.messageIds) };
    case 'chat:pinned':
      return { ...state, pinned: event.data.message };
    case 'moderation:acted':
      return acted(state, event.data.action);
    case 'moderation:held':
      return { ...state, lines: lines.withHeld(state.lines, event.data, state.reading) };
    case 'moderation:reported': {
      const { messageId, ...report } = event.data;
      return { ...state, lines: lines.withReport(state.lines, messageId, report) };
    }
    case 'moderation:appealed':
      return { ...state, appeals: withAppeal(state.appeals, event.data.appeal) };
    case 'moderation:lists-changed':
      return { ...state, lists: event.data.lists };
    case 'moderation:modes-changed':
      return { ...state, modes: event.data.modes };
    case 'moderation:filtered':
      return { ...state, filtered: { ...event.data, atMs: event.atMs } };
    case 'moderation:sanctioned':
      return sanctioned(state, event.data);
    case 'moderation:lifted':
      return event.data.what === 'enter' ? { ...state, out: without(state.out, event.data.userIds) } : state;
    case 'room:role-changed':
      return { ...state, staff: withStaff(state.staff, event.data) };
    default:
      return state;
  }
}

/** From here on the lines that are there stay, and what comes waits below them; or the stream runs on. */
export function read(state: DeskState, isReading: boolean): DeskState {
  if (isReading) {
    const last = state.lines.slice(-lines.LINES_KEPT);
    return { ...state, reading: new Set(last.map(({ message }) => message.messageId)) };
  }
  return state.reading === null ? state : { ...state, reading: null, lines: lines.trim(state.lines) };
}

/** How many lines of a filter wait below what is read. */
export function newerOf({ lines: all, reading }: DeskState, filter: lines.StreamFilter): number {
  if (reading === null) return 0;
  return lines.filtered(all, filter).filter(({ message }) => !reading.has(message.messageId)).length;
}

/** Who took a message out of the chat, as far as the log of the desk tells. */
export function removerOf({ actions }: DeskState, messageId: string): Action | null {
  const takes = (action: Action) =>
    action.undoneBy === null &&
    TAKING.has(action.kind) &&
    action.messages.some((message) => message.messageId === messageId);
  return actions.find(takes) ?? null;
}
const TAKING = new Set<Action['kind']>(['delete', 'reject', 'ban', 'kick', 'mute', 'timeout']);

export function heldCount({ lines: all, heldBeyond }: DeskState): number {
  return all.reduce((count, { state }) => (state === 'held' ? count + 1 : count), heldBeyond);
}

function acted(state: DeskState, action: Action): DeskState {
  const others = state.actions.filter(({ actionId }) => actionId !== action.actionId);
  const actions = [action, ...others]
    .map((each) =>
      each.actionId === action.undoes ? { ...each, undoneBy: each.undoneBy ?? action.actionId } : each,
    )
    .slice(0, ACTIONS_KEPT);
  return settle({ ...state, actions }, action);
}

/** What an action means for messages that wait for review. */
function settle(state: DeskState, { kind, messages }: Action): DeskState {
  if (kind !== 'approve' && kind !== 'reject' && kind !== 'delete') return state;
  const messageIds = messages.map(({ messageId }) => messageId);
  const known = new Set(state.lines.map(({ message }) => message.messageId));
  const beyond = messageIds.filter((messageId) => !known.has(messageId)).length;
  const heldBeyond = kind === 'delete' ? state.heldBeyond : Math.max(0, state.heldBeyond - beyond);
  // What is approved was shown by the event before this one.
  if (kind === 'approve') return { ...state, heldBeyond };
  return { ...state, heldBeyond, lines: lines.withRejected(state.lines, messageIds) };
}

function sanctioned(state: DeskState, data: EventDataOf<'moderation:sanctioned'>): DeskState {
  if (data.kind !== 'ban' && data.kind !== 'kick') return state;
  const out = { ...state.out };
  for (const userId of data.userIds) out[userId] = data.untilMs;
  return { ...state, out };
}

function without(out: DeskState['out'], userIds: readonly string[]): DeskState['out'] {
  const gone = new Set(userIds);
  return Object.fromEntries(Object.entries(out).filter(([userId]) => !gone.has(userId)));
}

function withAppeal(appeals: readonly Appeal[], appeal: Appeal): readonly Appeal[] {
  const others = appeals.filter(({ appealId }) => appealId !== appeal.appealId);
  return appeal.state === 'open' ? [...others, appeal] : others;
}

function withStaff(staff: readonly StaffMember[], member: StaffMember): readonly StaffMember[] {
  const others = staff.filter(({ userId }) => userId !== member.userId);
  return member.role === 'viewer' || member.role === 'guest' ? others : [...others, member];
}

/** What somebody is called, as far as the desk has heard; their id otherwise. */
export function nameOf(state: DeskState, userId: string): string {
  const line = state.lines.findLast(({ message }) => message.userId === userId);
  if (line !== undefined) return line.message.name;
  for (const { actorId, actorName, messages } of state.actions) {
    if (actorId === userId) return actorName;
    const evidence = messages.find((message) => message.userId === userId);
    if (evidence !== undefined) return evidence.name;
  }
  return userId;
}
