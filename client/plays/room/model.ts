import { type Signal, signal } from '@preact/signals';
import type { Ack } from '../../../shared/kernel/ack.ts';
import type { LivestallClient } from '../../sdk/client.ts';
import type { You } from '../../sdk/types.ts';
import { isEventOf } from '../events.ts';
import { followersTold, type RoomState, reduceRoom, roomFromSnapshot } from './reducer.ts';

export type RoomPlay = {
  /** Null until the room is joined. */
  state: Signal<RoomState | null>;
  /** Since when you follow the room; null: you don't. */
  followingSinceMs: Signal<number | null>;
  follow(wanted: boolean): Promise<Ack<unknown>>;
  startSession(title: string): Promise<Ack<unknown>>;
  endSession(): Promise<Ack<unknown>>;
};

export function createRoomPlay(client: LivestallClient): RoomPlay {
  const state = signal<RoomState | null>(null);
  const followingSinceMs = signal<number | null>(null);
  const yours = (you: You) => {
    followingSinceMs.value = you.plays.room.followingSinceMs;
  };
  client.on('snapshot', ({ snapshot, you }) => {
    state.value = roomFromSnapshot(snapshot.room);
    yours(you);
  });
  client.on('you', yours);
  client.on('events', ({ events }) => {
    const before = state.value;
    if (before !== null)
      state.value = events.filter((event) => isEventOf('room', event)).reduce(reduceRoom, before);
  });
  return {
    state,
    followingSinceMs,
    async follow(wanted) {
      const ack = await client.call('room:follow', { follow: wanted });
      if (ack.ok) {
        followingSinceMs.value = ack.data.followingSinceMs;
        if (state.value !== null) state.value = followersTold(state.value, ack.data.followers);
      }
      return ack;
    },
    startSession: (title) => client.call('room:start-session', { title }),
    endSession: () => client.call('room:end-session', {}),
  };
}
