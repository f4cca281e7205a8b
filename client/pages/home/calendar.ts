import { saveFile } from '../../ui/save-file.ts';
import type { ListedRoom } from './rooms.ts';

/** A show is as long as nobody knows: an hour keeps the place. */
const SHOWN_MS = 60 * 60_000;
const LINE_BYTES = 73;

/** One planned show as a calendar file (RFC 5545). */
export function calendarOf(
  room: Pick<ListedRoom, 'roomId' | 'title' | 'hostName'>,
  startsAtMs: number,
  url: string,
  nowMs: number,
): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Livestall//Home//EN',
    'BEGIN:VEVENT',
    `UID:${room.roomId}-${startsAtMs}@${new URL(url).host}`,
    `DTSTAMP:${stamp(nowMs)}`,
    `DTSTART:${stamp(startsAtMs)}`,
    `DTEND:${stamp(startsAtMs + SHOWN_MS)}`,
    `SUMMARY:${escaped(`${room.title} · ${room.hostName}`)}`,
    `URL:${url}`,
    `DESCRIPTION:${escaped(url)}`,
    'END:VEVENT',
    'END:VCALENDAR',
  ];
  return `${lines.map(folded).join('\r\n')}\r\n`;
}

/** 20261127T120000Z */
function stamp(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

/** Section 3.3.11. */
function escaped(text: string): string {
  return text.replaceAll(/[\\;,]/g, '\\$&').replaceAll(/\r?\n/g, '\\n');
}

/** Section 3.1: at most 75 octets a line, and no character is cut in two. */
function folded(line: string): string {
  const encoder = new TextEncoder();
  const parts = [''];
  let bytes = 0;
  for (const character of line) {
    const size = encoder.encode(character).length;
    if (bytes + size > LINE_BYTES) {
      parts.push('');
      bytes = 0;
    }
    parts[parts.length - 1] += character;
    bytes += size;
  }
  return parts.join('\r\n ');
}

/** Hands it to whatever opens calendars here. */
export function saveCalendar(room: ListedRoom, startsAtMs: number, nowMs: number): void {
  const url = new URL(`/r/${encodeURIComponent(room.roomId)}`, location.href).href;
  saveFile(`${room.roomId}.ics`, 'text/calendar', calendarOf(room, startsAtMs, url, nowMs));
}
