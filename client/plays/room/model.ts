import { type Signal, signal } from '@preact/signals';
import type { Ack } from '../../../shared/kernel/ack.ts';
import type { LivestallClient } from '../../sdk/client.ts';
import { isEventOf } from '../events.ts';
import { type RoomState, reduceRoom, roomFromSnapshot } from './reducer.ts';

export type RoomPlay = {
  /** Null until the room is joined. */
  state: Signal<RoomState | null>;
  startSession(title: string): Promise<Ack<unknown>>;
  endSession(): Promise<Ack<unknown>>;
};

export function createRoomPlay(client: LivestallClient): RoomPlay {
  const state = signal<RoomState | null>(null);
  client.on('snapshot', ({ snapshot }) => {
    state.value = roomFromSnapshot(snapshot.room);
  });
  client.on('events', ({ events }) => {
    const before = state.value;
    if (before !== null)
      state.value = events.filter((event) => isEventOf('room', event)).reduce(reduceRoom, before);
  });
  return {
    state,
    startSession: (title) => client.call('room:start-session', { title }),
    endSession: () => client.call('room:end-session', {}),
  };
}
