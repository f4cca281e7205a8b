import { expect, test } from 'vitest';
import { roomContract, roomInfoSchema } from '../../../shared/plays/room/contract.ts';
import { toLocalField } from '../../text/when.ts';
import {
  checkRoomFields,
  isReplayAddress,
  PLAN_AHEAD_MS,
  REPLAY_MAX,
  type RoomFields,
} from './settings-rules.ts';

const NOW = new Date(2026, 10, 23, 12).getTime();
const HOUR_MS = 3_600_000;
const good: RoomFields = {
  ...{ title: 'Linen House', hostName: 'Lin', sellerContact: '', startsAt: '', replayUrl: '' },
};
const check = (fields: Partial<RoomFields>, kept = '') => checkRoomFields({ ...good, ...fields }, NOW, kept);

test('names are given, and counted as people count', () => {
  expect(check({})).toEqual({});
  expect(check({ title: ' ', hostName: '' })).toEqual({ title: 'needTitle', hostName: 'needHost' });
  expect(check({ hostName: '🧵'.repeat(24) })).toEqual({});
  expect(check({ hostName: '🧵'.repeat(25) })).toEqual({ hostName: 'needHost' });
  expect(check({ sellerContact: 'x'.repeat(201) })).toEqual({ sellerContact: 'longContact' });
});

test('a show is planned for a time to come, within what the server takes', () => {
  const startsAt = (atMs: number) => check({ startsAt: toLocalField(atMs) }).startsAt;
  expect(startsAt(NOW + HOUR_MS)).toBeUndefined();
  expect(startsAt(NOW - HOUR_MS)).toBe('pastStart');
  expect(startsAt(NOW + PLAN_AHEAD_MS + HOUR_MS)).toBe('farStart');
  expect(check({ startsAt: 'soon' }).startsAt).toBe('badStart');
});

test('a date that stood there may stay, also when it is over', () => {
  const startsAt = toLocalField(NOW - HOUR_MS);
  expect(check({ startsAt }, startsAt)).toEqual({});
});

const ADDRESSES = [
  ...['https://cdn.example/a.mp4', 'https://cdn.example/a/b.m3u8?t=1', 'https://cdn.example/A.WEBM'],
  ...['/replays/a.mp4', '//cdn.example/a.mp4', 'http://cdn.example/a.mp4', 'cdn.example/a.mp4', ''],
  ...['https://cdn.example/a.mov', 'https://cdn.example/?a.mp4', 'https://me:x@cdn.example/a.mp4'],
  ...[
    'javascript:alert(1)//.mp4',
    'https://cdn.example/a b.mp4',
    `https://cdn.example/${'x'.repeat(500)}.mp4`,
  ],
];

test('a replay is an address of a file that browsers play: what the form takes, the server takes', () => {
  const byForm = ADDRESSES.filter(isReplayAddress);
  expect(byForm).toEqual(ADDRESSES.slice(0, 4));
  const { replayUrl } = roomInfoSchema.shape;
  expect(ADDRESSES.filter((url) => replayUrl.safeParse(url).success)).toEqual(byForm);
  expect([roomContract.limits.planAheadMs.value, REPLAY_MAX]).toEqual([PLAN_AHEAD_MS, 500]);
});
