import type { CallError } from '../../../shared/kernel/ack.ts';
import type { LotterySnapshot, LotteryYou } from '../../../shared/plays/lottery/contract.ts';
import type { Draw, YourDraw } from '../../../shared/plays/lottery/draw.ts';
import type { Output } from '../../../shared/protocol.ts';
import { type EventOf, ignoreUnknown, type NoticeOf } from '../events.ts';

export type Progress = Output<'lottery:progress'>;

/** What became of your last press in a draw. */
export type DrawOutcome =
  | { kind: 'working'; doing: 'enter' | 'claim' }
  | { kind: 'refused'; error: CallError; atMs: number };

export type DrawState = {
  /** Newest first. */
  draws: Draw[];
  yours: Readonly<Record<string, YourDraw>>;
  /** Draws of which the server has said, after their end, whether you won. */
  settled: Readonly<Record<string, true>>;
  progress: Readonly<Record<string, Progress>>;
  /** How far the freezing of a list has come. */
  freezing: Readonly<Record<string, { done: number; of: number }>>;
  outcomes: Readonly<Record<string, DrawOutcome>>;
};

export const noDraws: DrawState = {
  ...{ draws: [], yours: {}, settled: {}, progress: {}, freezing: {}, outcomes: {} },
};

/** Of the finished ones; earlier ones are asked for page by page. */
const FINISHED_KEPT = 5;

export function drawsFromSnapshot(
  snapshot: LotterySnapshot,
  you: LotteryYou,
  before: DrawState = noDraws,
): DrawState {
  return yourDrawsAnew({ ...before, draws: snapshot.draws, freezing: {} }, you);
}

/** Where you stand, as the server has it now. */
export function yourDrawsAnew(state: DrawState, you: LotteryYou): DrawState {
  const drawn = state.draws.filter(isDrawn).map(({ drawId }) => [drawId, true] as const);
  return { ...state, yours: you.draws, settled: Object.fromEntries(drawn) };
}

export function reduceDraws(state: DrawState, event: EventOf<'lottery'>): DrawState {
  switch (event.name) {
    case 'lottery:changed':
      return withDraw(state, event.data.draw);
    case 'lottery:entries-changed': {
      const { drawId, entries } = event.data;
      return {
        ...state,
        draws: state.draws.map((draw) => (draw.drawId === drawId ? { ...draw, entries } : draw)),
      };
    }
    case 'lottery:freezing': {
      const { drawId, done, of } = event.data;
      return { ...state, freezing: { ...state.freezing, [drawId]: { done, of } } };
    }
    default:
      return ignoreUnknown(state, event);
  }
}

export function reduceDrawNotice(state: DrawState, notice: NoticeOf<'lottery'>): DrawState {
  switch (notice.name) {
    case 'lottery:won': {
      const { drawId, award } = notice.data;
      const yours = state.yours[drawId] ?? noEntry;
      return withYours(state, drawId, { ...yours, ticket: award.ticket, award });
    }
    case 'lottery:you-changed':
      return withYours(state, notice.data.drawId, notice.data.you);
    default:
      return ignoreUnknown(state, notice);
  }
}

/** A press is under way. */
export function pressed(state: DrawState, drawId: string, doing: 'enter' | 'claim'): DrawState {
  return withOutcome(state, drawId, { kind: 'working', doing });
}

export function entered(state: DrawState, drawId: string, entry: Output<'lottery:enter'>): DrawState {
  const yours = { ...(state.yours[drawId] ?? noEntry), ...entry };
  return withYours(withOutcome(state, drawId, null), drawId, yours);
}

export function claimed(state: DrawState, drawId: string, { award }: Output<'lottery:claim'>): DrawState {
  const yours = { ...(state.yours[drawId] ?? noEntry), award };
  return withYours(withOutcome(state, drawId, null), drawId, yours);
}

export function refused(state: DrawState, drawId: string, error: CallError, nowMs: number): DrawState {
  return withOutcome(state, drawId, { kind: 'refused', error, atMs: nowMs });
}

export function progressTold(state: DrawState, drawId: string, progress: Progress): DrawState {
  return { ...state, progress: { ...state.progress, [drawId]: progress } };
}

/** Winners of a draw are drawn; nothing of it changes any more but claims. */
export function isDrawn({ phase }: Draw): boolean {
  return phase === 'drawn' || phase === 'revealed';
}

/** Whether a draw is over, one way or the other. */
export function isOver(draw: Draw): boolean {
  return isDrawn(draw) || draw.phase === 'cancelled';
}

const noEntry: YourDraw = { ticket: null, entryId: null, state: null, award: null };

function withDraw(state: DrawState, draw: Draw): DrawState {
  const isKnown = state.draws.some(({ drawId }) => drawId === draw.drawId);
  const draws = isKnown
    ? state.draws.map((each) => (each.drawId === draw.drawId ? draw : each))
    : [draw, ...state.draws];
  const finished = draws.filter(isOver).slice(0, FINISHED_KEPT);
  return { ...state, draws: draws.filter((each) => !isOver(each) || finished.includes(each)) };
}

function withYours(state: DrawState, drawId: string, yours: YourDraw): DrawState {
  return { ...state, yours: { ...state.yours, [drawId]: yours } };
}

function withOutcome(state: DrawState, drawId: string, outcome: DrawOutcome | null): DrawState {
  const { [drawId]: _last, ...others } = state.outcomes;
  return { ...state, outcomes: outcome === null ? others : { ...others, [drawId]: outcome } };
}
