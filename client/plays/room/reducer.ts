import type { RoomSnapshot } from '../../../shared/plays/room/contract.ts';
import { type EventOf, ignoreUnknown } from '../events.ts';

export type RoomState = RoomSnapshot & {
  /** When the session that we saw ended; null before, and again once the next one starts. */
  endedAtMs: number | null;
};

export function roomFromSnapshot(snapshot: RoomSnapshot): RoomState {
  return { ...snapshot, endedAtMs: null };
}

export function reduceRoom(state: RoomState, event: EventOf<'room'>): RoomState {
  switch (event.name) {
    case 'room:changed':
      return { ...state, room: event.data.room };
    case 'room:session-started':
      return { ...state, session: event.data.session, endedAtMs: null };
    case 'room:session-ended':
      return { ...state, session: null, endedAtMs: event.data.endedAtMs };
    case 'room:presence-changed':
      return { ...state, viewers: event.data.viewers };
    default:
      return ignoreUnknown(state, event);
  }
}
