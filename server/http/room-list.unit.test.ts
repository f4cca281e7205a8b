import { expect, it } from 'vitest';
import type { RoomInfo } from '../../shared/plays/room/contract.ts';
import { StoreError } from '../kernel/outcome.ts';
import type { RoomListing } from '../plays/room/room.store.ts';
import { inOrder, LATE_MS, RoomList } from './room-list.ts';

const NOW = 1_900_000_000_000;
const REPLAY = 'https://cdn.example/a.mp4';
const MINUTE_MS = 60_000;

function listing(roomId: string, more: Partial<RoomInfo> = {}, viewers?: number): RoomListing {
  const room: RoomInfo = {
    ...{ roomId, title: roomId, hostName: 'Host', sellerContact: '', currency: 'CNY', timeZone: 'UTC' },
    ...{ checkoutUrl: null, demo: false, simulated: 0, startsAtMs: null, replayUrl: null },
    ...{ createdAtMs: NOW - MINUTE_MS, ...more },
  };
  const session = viewers === undefined ? null : { sessionId: 's', title: 'Live', startedAtMs: NOW };
  return { room, session, viewers: viewers ?? 0 };
}

it('[HT41] live rooms by viewers, then those that start soonest, replays, and the rest newest first', () => {
  const rooms = [
    listing('old', { createdAtMs: 1 }),
    listing('replay-old', { replayUrl: REPLAY, createdAtMs: 2 }),
    listing('new'),
    listing('late', { startsAtMs: NOW - LATE_MS + 1 }),
    listing('given-up', { startsAtMs: NOW - LATE_MS, createdAtMs: 3 }),
    listing('tomorrow', { startsAtMs: NOW + 24 * 60 * MINUTE_MS, replayUrl: REPLAY }),
    listing('soon', { startsAtMs: NOW + MINUTE_MS }),
    listing('replay-new', { replayUrl: REPLAY }),
    listing('quiet', {}, 0),
    listing('crowd', { startsAtMs: NOW + MINUTE_MS }, 900),
    listing('twin-b', {}, 7),
    listing('twin-a', {}, 7),
  ];
  const ids = ['crowd', 'twin-a', 'twin-b', 'quiet', 'late', 'soon', 'tomorrow'].concat([
    'replay-new',
    'replay-old',
    'new',
    'given-up',
    'old',
  ]);
  expect(inOrder(rooms, NOW).map(({ room }) => room.roomId)).toEqual(ids);
  expect(inOrder(rooms.toReversed(), NOW).map(({ room }) => room.roomId)).toEqual(ids);
});

function list(found: () => Promise<RoomListing[]>) {
  const time = { ms: 0 };
  const rooms = new RoomList({
    rooms: { listed: { candidates: found } },
    shelf: { cover: (roomId) => Promise.resolve(`/${roomId}.svg`) },
    clock: { monotonicMs: () => time.ms },
    serverNowMs: () => NOW,
  });
  return { time, rooms };
}

it('[HT41] says what there is to know, and nothing of a plan that nobody waits for', async () => {
  const { rooms } = list(async () => [
    listing('full', { simulated: 200, demo: true, replayUrl: REPLAY }, 210),
    // The simulated leave one by one, and the room is told after them.
    listing('leaving', { simulated: 200 }, 3),
    listing('given-up', { startsAtMs: NOW - LATE_MS }),
  ]);
  expect(await rooms.read()).toEqual([
    {
      ...{ roomId: 'full', title: 'full', hostName: 'Host', live: true, demo: true, viewers: 210 },
      ...{ simulated: 200, startsAtMs: null, replay: true, imageUrl: '/full.svg', sessionTitle: 'Live' },
    },
    expect.objectContaining({ roomId: 'leaving', viewers: 3, simulated: 3, replay: false }),
    expect.objectContaining({ roomId: 'given-up', live: false, startsAtMs: null, sessionTitle: null }),
  ]);
});

it('[HT41] [DM13] asks for rooms that are not forgotten, so that none of them takes the place of another', async () => {
  const forgotten = async () => new Set(['gone']);
  const asked: unknown[][] = [];
  const rooms = new RoomList({
    rooms: {
      listed: {
        candidates: async (...words) => {
          asked.push(words);
          return [listing('one')];
        },
      },
    },
    shelf: { cover: async () => null },
    clock: { monotonicMs: () => 0 },
    ...{ serverNowMs: () => NOW, forgotten },
  });
  expect(await rooms.read()).toMatchObject([{ roomId: 'one' }]);
  expect(asked).toEqual([[50, NOW - LATE_MS, forgotten]]);
});

it('[HT15] asks once a second, and again at once after a failure', async () => {
  let asked = 0;
  let away = false;
  const { time, rooms } = list(async () => {
    asked += 1;
    if (away) throw new StoreError('UNAVAILABLE', 'away');
    return [listing('one')];
  });
  await Promise.all([rooms.read(), rooms.read()]);
  time.ms = 999;
  await rooms.read();
  expect(asked).toBe(1);
  time.ms = 1000;
  away = true;
  await expect(rooms.read()).rejects.toThrow('away');
  away = false;
  expect(await rooms.read()).toHaveLength(1);
  expect(asked).toBe(3);
});
