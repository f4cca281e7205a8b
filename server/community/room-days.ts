import { DateTime } from 'luxon';

/**
 * Days of a room's calendar, as scripts take them: `20261123`. Each lasts until the next one's start; the scripts pick
 * by Redis' time (lua/room-day.lua), and count nothing at a moment that is in none of the three.
 */
export type RoomDays = {
  yesterday: number;
  yesterdayStartsAtMs: number;
  today: number;
  startsAtMs: number;
  endsAtMs: number;
  tomorrow: number;
  tomorrowEndsAtMs: number;
};

/** Rooms whose calendar is kept. */
const KNOWN_MAX = 10_000;

/**
 * The day of a moment in a time zone (IANA name; one that is unknown here counts as UTC), the one before and the next.
 * Days have 23 to 25 hours where clocks are put forward and back, and begin at one o'clock where there is no midnight.
 */
export function daysAt(timeZone: string, nowMs: number): RoomDays {
  const now = DateTime.fromMillis(nowMs, { zone: timeZone });
  const start = (now.isValid ? now : DateTime.fromMillis(nowMs, { zone: 'utc' })).startOf('day');
  const next = (day: DateTime, days: number): DateTime => day.plus({ days }).startOf('day');
  const [yesterday, tomorrow] = [next(start, -1), next(start, 1)];
  return {
    yesterday: dayNumber(yesterday),
    yesterdayStartsAtMs: yesterday.toMillis(),
    today: dayNumber(start),
    startsAtMs: start.toMillis(),
    endsAtMs: tomorrow.toMillis(),
    tomorrow: dayNumber(tomorrow),
    tomorrowEndsAtMs: next(tomorrow, 1).toMillis(),
  };
}

function dayNumber(day: DateTime): number {
  return day.year * 10_000 + day.month * 100 + day.day;
}

/** The calendars of rooms; a room's time zone never changes. */
export class RoomCalendars {
  readonly #timeZoneOf: (roomId: string) => Promise<string | undefined>;
  readonly #nowMs: () => number;
  readonly #known = new Map<string, { timeZone: string; days: RoomDays }>();

  /** `timeZoneOf` an unknown room is undefined: UTC. `nowMs` is Redis' time as this node knows it. */
  constructor(timeZoneOf: (roomId: string) => Promise<string | undefined>, nowMs: () => number) {
    this.#timeZoneOf = timeZoneOf;
    this.#nowMs = nowMs;
  }

  async days(roomId: string): Promise<RoomDays> {
    const known = this.#known.get(roomId);
    const nowMs = this.#nowMs();
    if (known && nowMs >= known.days.startsAtMs && nowMs < known.days.endsAtMs) return known.days;
    const timeZone = known?.timeZone ?? (await this.#timeZoneOf(roomId));
    const days = daysAt(timeZone ?? 'utc', this.#nowMs());
    // A room that is not there yet may be made with any time zone.
    if (timeZone !== undefined) this.#keep(roomId, { timeZone, days });
    return days;
  }

  #keep(roomId: string, calendar: { timeZone: string; days: RoomDays }): void {
    const [oldest] = this.#known.keys();
    if (oldest !== undefined && this.#known.size >= KNOWN_MAX && !this.#known.has(roomId))
      this.#known.delete(oldest);
    this.#known.set(roomId, calendar);
  }
}
