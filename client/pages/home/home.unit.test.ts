import { expect, test } from 'vitest';
import { LATE_MS } from '../../plays/room/off-air.ts';
import { calendarOf } from './calendar.ts';
import { type ListedRoom, sectionsOf } from './rooms.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const room = (roomId: string, rest: Partial<ListedRoom> = {}): ListedRoom => ({
  ...{ roomId, title: roomId, hostName: 'Lin', live: false, demo: false, viewers: 0, simulated: 0 },
  ...{ startsAtMs: null, replay: false, imageUrl: null, sessionTitle: null, ...rest },
});
const ids = (rooms: readonly ListedRoom[]) => rooms.map(({ roomId }) => roomId);

test('rooms stand where people look for them', () => {
  const { live, soon, replays, quiet } = sectionsOf(
    [
      room('quiet'),
      room('few', { live: true, viewers: 2, replay: true, startsAtMs: NOW + 5 }),
      room('late', { startsAtMs: NOW - 60_000 }),
      room('gone', { startsAtMs: NOW - LATE_MS }),
      room('tomorrow', { startsAtMs: NOW + 86_400_000, replay: true }),
      room('many', { live: true, viewers: 9 }),
      room('again', { replay: true }),
    ],
    NOW,
  );
  expect(ids(live)).toEqual(['many', 'few']);
  expect(ids(soon)).toEqual(['late', 'tomorrow']);
  expect(ids(replays)).toEqual(['tomorrow', 'again']);
  expect(ids(quiet)).toEqual(['quiet', 'gone']);
});

test('a show as a calendar file: times in UTC, text escaped, long lines folded between characters', () => {
  const title = `Linen; House, ${'亚麻'.repeat(30)}\nBEGIN:VEVENT`;
  const text = calendarOf({ ...room('linen'), title }, NOW + 3_600_000, 'https://live.example/r/linen', NOW);
  const lines = text.split('\r\n');
  expect(lines).toContain('DTSTART:20261123T130000Z');
  expect(lines).toContain('DTEND:20261123T140000Z');
  expect(lines).toContain('URL:https://live.example/r/linen');
  expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(75);
  const unfolded = text.replaceAll('\r\n ', '');
  expect(unfolded).toContain(`SUMMARY:Linen\\; House\\, ${'亚麻'.repeat(30)}\\nBEGIN:VEVENT · Lin\r\n`);
  expect(unfolded.match(/^BEGIN:VEVENT/gm)).toHaveLength(1);
  expect(text.endsWith('END:VCALENDAR\r\n')).toBe(true);
});
