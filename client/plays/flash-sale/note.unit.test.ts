import { expect, test } from 'vitest';
import { text } from '../../text/i18n.ts';
import { grabStateOf } from './grab-state.ts';
import { noteOf, tickingNoteOf } from './note.ts';
import { noSales } from './reducer.ts';
import { sampleSale } from './testing.ts';

const OPENS_MS = 200_000;
const sale = sampleSale({ phase: 'open', opensAtMs: OPENS_MS, earlyMs: 60_000, earlyLevel: 3 });
const fan = { sales: noSales, orders: [], fanLevel: 5 };

function notesAt(afterMs: number, isCompact = false) {
  const nowMs = OPENS_MS + afterMs;
  const grab = grabStateOf(sale, fan, true, nowMs);
  return [noteOf(sale, fan, grab, nowMs, isCompact), tickingNoteOf(sale, fan, grab, nowMs, isCompact)];
}

test('[PG136] a fan hears once that they are first; the seconds are shown, and not said', () => {
  const seconds = Array.from({ length: 60 }, (_, second) => notesAt(second * 1_000));
  expect(new Set(seconds.map(([said]) => said))).toEqual(new Set([text.sale.fansFirstYou]));
  expect(new Set(seconds.map(([, shown]) => shown)).size).toBe(60);
  expect(text.sale.fansFirstYou).not.toMatch(/\d/);
  expect(seconds[18]?.[1]).toBe(text.sale.fansFirstEnds(42_000));
  expect(notesAt(60_000)).toEqual(['', '']);
  expect(notesAt(0, true)).toEqual(['', '']);
});
