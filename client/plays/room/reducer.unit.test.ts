import { expect, test } from 'vitest';
import type { RoomSnapshot } from '../../../shared/plays/room/contract.ts';
import type { EventOf } from '../events.ts';
import { reduceRoom, roomFromSnapshot } from './reducer.ts';

const snapshot: RoomSnapshot = {
  room: {
    roomId: 'r1',
    title: 'Linen House',
    hostName: 'Mei',
    sellerContact: '',
    currency: 'CNY',
    timeZone: 'Asia/Shanghai',
    checkoutUrl: null,
    demo: false,
    simulated: 0,
    startsAtMs: null,
    replayUrl: null,
    createdAtMs: 0,
  },
  session: null,
  endedAtMs: 5,
  viewers: 2,
  followers: 1,
};
const session = { sessionId: 's1', title: 'Evening', startedAtMs: 10 };

function after(...events: Pick<EventOf<'room'>, 'name' | 'data'>[]) {
  return events
    .map((event, i) => ({ seq: i + 1, atMs: 0, ...event }) as EventOf<'room'>)
    .reduce(reduceRoom, roomFromSnapshot(snapshot));
}

test('[PG120] a session starts and ends; the end is remembered until the next one starts', () => {
  const started = { name: 'room:session-started', data: { session } } as const;
  const ended = { name: 'room:session-ended', data: { sessionId: 's1', endedAtMs: 90 } } as const;
  expect(after()).toMatchObject({ session: null, endedAtMs: 5 });
  expect(after(started)).toMatchObject({ session, endedAtMs: null });
  expect(after(started, ended)).toMatchObject({ session: null, endedAtMs: 90 });
  expect(after(started, ended, started)).toMatchObject({ session, endedAtMs: null });
});

test('the viewer count and the room are those of the last event', () => {
  const room = { ...snapshot.room, title: 'Linen Home' };
  const state = after(
    { name: 'room:presence-changed', data: { viewers: 7, followers: 3 } },
    { name: 'room:changed', data: { room } },
  );
  expect(state).toMatchObject({ viewers: 7, followers: 3, room: { title: 'Linen Home' } });
});

test('an older server says nothing of the last end', () => {
  const { endedAtMs: _, ...old } = snapshot;
  expect(roomFromSnapshot(old as RoomSnapshot).endedAtMs).toBeNull();
});

test('an event of a newer server is left alone', () => {
  const unknown = { seq: 1, atMs: 0, name: 'room:painted', data: {} } as unknown as EventOf<'room'>;
  const state = roomFromSnapshot(snapshot);
  expect(reduceRoom(state, unknown)).toBe(state);
});
