import { expect, test } from 'vitest';
import { isSameOffAir, LATE_MS, OVER_MS, offAir } from './off-air.ts';
import type { RoomState } from './reducer.ts';

const NOW = 1_000_000_000;
const room = (startsAtMs: number | null, endedAtMs: number | null = null) =>
  ({ room: { startsAtMs }, endedAtMs }) as RoomState;

test('what a room without a show waits for', () => {
  expect(offAir(room(null), NOW)).toEqual({ kind: 'quiet' });
  expect(offAir(room(NOW + 1), NOW)).toEqual({ kind: 'planned', startsAtMs: NOW + 1 });
  expect(offAir(room(NOW), NOW)).toEqual({ kind: 'due', startsAtMs: NOW });
  expect(offAir(room(NOW - LATE_MS), NOW)).toEqual({ kind: 'quiet' });
});

test('[PG120] a show that ended is over for half a day, and the next one comes before it', () => {
  expect(offAir(room(null, NOW - 5), NOW)).toEqual({ kind: 'over' });
  expect(offAir(room(NOW - 5, NOW - 1), NOW)).toEqual({ kind: 'over' });
  expect(offAir(room(NOW + 5, NOW - 1), NOW)).toEqual({ kind: 'planned', startsAtMs: NOW + 5 });
  expect(offAir(room(null, NOW - OVER_MS + 1), NOW)).toEqual({ kind: 'over' });
  expect(offAir(room(null, NOW - OVER_MS), NOW)).toEqual({ kind: 'quiet' });
});

test('[PG120] a show that ended before the planned time is not the one that is planned', () => {
  expect(offAir(room(NOW - 5, NOW - 9), NOW)).toEqual({ kind: 'due', startsAtMs: NOW - 5 });
  expect(offAir(room(NOW - LATE_MS, NOW - LATE_MS - 9), NOW)).toEqual({ kind: 'over' });
});

test('another date is another state', () => {
  expect(isSameOffAir(offAir(room(NOW + 1), NOW), offAir(room(NOW + 1), NOW))).toBe(true);
  expect(isSameOffAir(offAir(room(NOW + 1), NOW), offAir(room(NOW + 2), NOW))).toBe(false);
  expect(isSameOffAir(offAir(room(null), NOW), offAir(room(null, NOW - 5), NOW))).toBe(false);
});
