import { countdown } from './format.ts';
import type { Language } from './messages.ts';

/** When shows are, in the reader's language and zone; and what a form's date field holds. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export type When = {
  /** "today at 20:00", "tomorrow at 20:00", "Fri, 27 Nov, 20:00"; with the year where it is another. */
  show(atMs: number, nowMs: number): string;
  /** Until then: "3 days", "38 hours" where that is tomorrow, and "5:02:11" or "04:59" on the last day. */
  left(leftMs: number): string;
};

/** `timeZone`: for tests; otherwise that of the reader. */
export function createWhen(language: Language, timeZone?: string): When {
  const zone = timeZone === undefined ? {} : { timeZone };
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...zone } as const;
  const times = new Intl.DateTimeFormat(language, clock);
  const date = { weekday: 'short', day: 'numeric', month: 'short' } as const;
  const dates = new Intl.DateTimeFormat(language, { ...date, ...clock });
  const datesWithYear = new Intl.DateTimeFormat(language, { ...date, ...clock, year: 'numeric' });
  const days = new Intl.DateTimeFormat('en-CA', { dateStyle: 'short', ...zone });
  const near = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const dayOf = (atMs: number) => Date.parse(`${days.format(atMs)}T00:00:00Z`) / DAY_MS;
  const yearOf = (atMs: number) => days.format(atMs).slice(0, 4);
  return {
    show(atMs, nowMs) {
      const away = dayOf(atMs) - dayOf(nowMs);
      if (away === 0 || away === 1) return `${near.format(away, 'day')} ${times.format(atMs)}`;
      return (yearOf(atMs) === yearOf(nowMs) ? dates : datesWithYear).format(atMs);
    },
    left(leftMs) {
      if (leftMs < DAY_MS) return countdown(leftMs);
      // Two days are two whole ones: in 38 hours it is tomorrow.
      const [unit, unitMs] = leftMs < 2 * DAY_MS ? (['hour', HOUR_MS] as const) : (['day', DAY_MS] as const);
      const units = { style: 'unit', unit, unitDisplay: 'long' } as const;
      return new Intl.NumberFormat(language, units).format(Math.round(leftMs / unitMs));
    },
  };
}

/** What `<input type="datetime-local">` shows for a moment, in this device's zone; '' for none. */
export function toLocalField(atMs: number | null): string {
  if (atMs === null) return '';
  const date = new Date(atMs);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The moment that such a field means; null for an empty one, NaN for one that is no moment. */
export function fromLocalField(typed: string): number | null {
  return typed.trim() === '' ? null : new Date(typed).getTime();
}

/** The zone that this device is in, as IANA calls it: Asia/Shanghai. */
export function readersZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}
