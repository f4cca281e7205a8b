import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daysAt, RoomCalendars } from './room-days.ts';

const HOUR_MS = 3_600_000;
const ZONES = [
  'utc',
  'Asia/Shanghai',
  'Europe/Vienna',
  'America/New_York',
  'Africa/Cairo',
  'Pacific/Chatham',
];

describe('the days of a room', () => {
  it.each([
    ['Asia/Shanghai', '2026-11-23T15:59:59.999Z', 20261123, '2026-11-23T16:00:00.000Z', 24],
    ['Pacific/Kiritimati', '2026-12-31T10:00:00.000Z', 20270101, '2027-01-01T10:00:00.000Z', 24],
    ['Europe/Vienna', '2026-03-29T12:00:00.000Z', 20260329, '2026-03-29T22:00:00.000Z', 23],
    ['Europe/Vienna', '2026-10-25T12:00:00.000Z', 20261025, '2026-10-25T23:00:00.000Z', 25],
    ['Africa/Cairo', '2026-04-24T12:00:00.000Z', 20260424, '2026-04-24T21:00:00.000Z', 23],
  ])('[PP5] in %s at %s it is %d, until %s, for %d hours', (timeZone, at, day, end, hours) => {
    const days = daysAt(timeZone, Date.parse(at));
    expect(days.today).toBe(day);
    expect(new Date(days.endsAtMs).toISOString()).toBe(end);
    expect(days.endsAtMs - days.startsAtMs).toBe(hours * HOUR_MS);
  });

  it('[PP5] follow each other without a gap, in every zone', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2034, 0) }),
        (zone, at) => {
          const days = daysAt(zone, at);
          expect(days.startsAtMs).toBeLessThanOrEqual(at);
          expect(days.endsAtMs).toBeGreaterThan(at);
          const [before, after] = [daysAt(zone, days.startsAtMs - 1), daysAt(zone, days.endsAtMs)];
          expect(before).toMatchObject({ today: days.yesterday, startsAtMs: days.yesterdayStartsAtMs });
          expect(before.endsAtMs).toBe(days.startsAtMs);
          expect(after).toMatchObject({ today: days.tomorrow, endsAtMs: days.tomorrowEndsAtMs });
          expect(days.yesterday < days.today && days.today < days.tomorrow).toBe(true);
        },
      ),
      { seed: Number(process.env.LIVESTALL_TEST_SEED) },
    );
  });

  it('[PP5] of a zone that is unknown here are those of UTC', () => {
    expect(daysAt('Mars/Olympus', 0)).toEqual(daysAt('utc', 0));
  });

  it('[PP6] are worked out once a day, and anew when the clock leaves the day either way', async () => {
    let nowMs = Date.parse('2026-11-23T12:00:00Z');
    const asked: string[] = [];
    const calendars = new RoomCalendars(
      async (roomId) => {
        asked.push(roomId);
        return roomId === 'unmade' ? undefined : 'Asia/Shanghai';
      },
      () => nowMs,
    );
    const first = await calendars.days('tea');
    expect(await calendars.days('tea')).toBe(first);
    nowMs += 24 * HOUR_MS;
    expect((await calendars.days('tea')).today).toBe(20261124);
    nowMs -= 48 * HOUR_MS;
    expect((await calendars.days('tea')).today).toBe(20261122);
    expect(asked).toEqual(['tea']);
    // It may be made with any time zone yet.
    for (let i = 0; i < 2; i += 1) await calendars.days('unmade');
    expect(asked).toEqual(['tea', 'unmade', 'unmade']);
  });
});
