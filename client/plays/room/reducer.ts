import type { RoomSnapshot } from '../../../shared/plays/room/contract.ts';
import { type EventOf, ignoreUnknown } from '../events.ts';

export type RoomState = RoomSnapshot;

export function roomFromSnapshot(snapshot: RoomSnapshot): RoomState {
  // A server from before this was kept does not say it.
  return { ...snapshot, endedAtMs: snapshot.endedAtMs ?? null };
}

/** What the answer to a follow says of all followers. */
export function followersTold(state: RoomState, followers: number): RoomState {
  return { ...state, followers };
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
      return { ...state, ...event.data };
    case 'room:role-changed':
      // A role belongs to a user, not to the room: the page's `you` follows it.
      return state;
    default:
      return ignoreUnknown(state, event);
  }
}
