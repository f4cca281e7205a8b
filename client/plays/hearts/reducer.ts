import type { HeartsSnapshot } from '../../../shared/plays/hearts/contract.ts';
import { type EventOf, ignoreUnknown } from '../events.ts';

/** Null: not joined yet, or the server is from before there were hearts. */
export type HeartsState = HeartsSnapshot | null;

export function heartsFromSnapshot(snapshot: HeartsSnapshot | undefined): HeartsState {
  return snapshot ?? null;
}

export function reduceHearts(state: HeartsState, event: EventOf<'hearts'> | EventOf<'room'>): HeartsState {
  switch (event.name) {
    case 'hearts:counted':
      return { total: event.data.total };
    case 'room:session-started':
      return state === null ? null : { total: 0 };
    case 'room:session-ended':
    case 'room:changed':
    case 'room:presence-changed':
    case 'room:role-changed':
      return state;
    default:
      return ignoreUnknown(state, event);
  }
}
