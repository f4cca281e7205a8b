import type { Sanction, SanctionKind } from '../../../shared/kernel/sanction.ts';
import type { ModerationSnapshot, ModerationYou } from '../../../shared/plays/moderation/contract.ts';
import type { Modes } from '../../../shared/plays/moderation/modes.ts';
import type { EventOf, NoticeOf } from '../events.ts';

export type ConductState = {
  /** How chat works now; null until the room is joined. */
  modes: Modes | null;
  /** What you are under. `actionId` is '' as long as only the room's event has told of it. */
  sanctions: readonly Sanction[];
};

export const noConduct: ConductState = { modes: null, sanctions: [] };

export function conductFromSnapshot(snapshot: ModerationSnapshot, you: ModerationYou): ConductState {
  return { modes: snapshot.modes, sanctions: you.sanctions };
}

export function conductYouAnew(state: ConductState, you: ModerationYou): ConductState {
  return { ...state, sanctions: you.sanctions };
}

/** Events that staff alone get are none of a viewer's page. */
export function reduceConduct(
  state: ConductState,
  event: EventOf<'moderation'>,
  yourId: string,
): ConductState {
  switch (event.name) {
    case 'moderation:modes-changed':
      return { ...state, modes: event.data.modes };
    case 'moderation:sanctioned': {
      const { userIds, kind, untilMs } = event.data;
      if (!userIds.includes(yourId)) return state;
      // A timeout replaces a mute, a ban a kick: one of each sort is in force.
      const others = state.sanctions.filter((each) => sortOf(each.kind) !== sortOf(kind));
      const told: Sanction = { actionId: '', kind, untilMs, reason: '', appeal: 'none' };
      return { ...state, sanctions: [...others, told] };
    }
    case 'moderation:lifted': {
      const { userIds, what } = event.data;
      if (!userIds.includes(yourId)) return state;
      return { ...state, sanctions: state.sanctions.filter(({ kind }) => sortOf(kind) !== what) };
    }
    default:
      return state;
  }
}

export function reduceConductNotice(state: ConductState, notice: NoticeOf<'moderation'>): ConductState {
  switch (notice.name) {
    case 'moderation:you-changed':
      return { ...state, sanctions: notice.data.sanctions };
    case 'moderation:appeal-answered': {
      const { actionId, accepted } = notice.data;
      const sanctions = accepted
        ? state.sanctions.filter((each) => each.actionId !== actionId)
        : withAppeal(state.sanctions, actionId, 'rejected');
      return { ...state, sanctions };
    }
    default:
      return state;
  }
}

/** Your appeal went out. */
export function appealed(state: ConductState, actionId: string): ConductState {
  return { ...state, sanctions: withAppeal(state.sanctions, actionId, 'open') };
}

/** Whether the reason, and what an appeal names, are still to be told. */
export function isHalfTold({ sanctions }: ConductState): boolean {
  return sanctions.some(({ actionId }) => actionId === '');
}

/** What keeps somebody from speaking, or from coming in. */
export function sortOf(kind: SanctionKind): 'speak' | 'enter' {
  return kind === 'mute' || kind === 'timeout' ? 'speak' : 'enter';
}

/** The one of this sort that is in force, if any. */
export function inForce(
  sanctions: readonly Sanction[],
  sort: 'speak' | 'enter',
  nowMs: number,
): Sanction | undefined {
  return sanctions.find(
    ({ kind, untilMs }) => sortOf(kind) === sort && (untilMs === null || untilMs > nowMs),
  );
}

function withAppeal(
  sanctions: readonly Sanction[],
  actionId: string,
  appeal: Sanction['appeal'],
): readonly Sanction[] {
  return sanctions.map((each) => (each.actionId === actionId ? { ...each, appeal } : each));
}
