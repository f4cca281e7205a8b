import type { Fan, FanRules } from '../../../shared/community/fans.ts';
import type { FanBadgesSnapshot, FanBadgesYou } from '../../../shared/plays/fan-badges/contract.ts';
import { type EventOf, ignoreUnknown, type NoticeOf } from '../events.ts';

export type FanState = {
  /** Null until the room is joined. */
  rules: FanRules | null;
  /** Members of the club. */
  fans: number;
  you: FanBadgesYou;
};

export const noFans: FanState = { rules: null, fans: 0, you: { fan: null, keeperAsk: null, invites: 0 } };

export function fansFromSnapshot(snapshot: FanBadgesSnapshot, you: FanBadgesYou): FanState {
  return { ...snapshot, you };
}

export function fanYouAnew(state: FanState, you: FanBadgesYou): FanState {
  return { ...state, you };
}

export function reduceFans(state: FanState, event: EventOf<'fan-badges'>, yourId: string): FanState {
  switch (event.name) {
    case 'fan-badges:rules-changed':
      return { ...state, rules: event.data.rules };
    case 'fan-badges:level-up': {
      const { userId, level } = event.data;
      return userId === yourId ? withFan(state, { level }) : state;
    }
    case 'fan-badges:entered':
      return state;
    default:
      return ignoreUnknown(state, event);
  }
}

export function reduceFanNotice(state: FanState, notice: NoticeOf<'fan-badges'>): FanState {
  switch (notice.name) {
    case 'fan-badges:points-changed': {
      const { level, points } = notice.data;
      // Points that were given light the badge; a refund that takes some back does not.
      const lit = points > (state.you.fan?.points ?? 0) || (state.you.fan?.lit ?? false);
      return withFan(state, { level, points, lit });
    }
    case 'fan-badges:keeper-asked':
      return { ...state, you: { ...state.you, keeperAsk: notice.data } };
    default:
      return ignoreUnknown(state, notice);
  }
}

/** You joined. */
export function joinedClub(state: FanState, you: FanBadgesYou): FanState {
  return { ...state, you, fans: state.you.fan === null && you.fan !== null ? state.fans + 1 : state.fans };
}

export function keeperAnswered(state: FanState): FanState {
  return { ...state, you: { ...state.you, keeperAsk: null } };
}

function withFan(state: FanState, part: Partial<Fan>): FanState {
  const { fan } = state.you;
  return fan === null ? state : { ...state, you: { ...state.you, fan: { ...fan, ...part } } };
}
