import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hillTop, niceRange, niceTop } from './scale.ts';
import {
  changeOf,
  chatFigure,
  chatRate,
  chatTrack,
  conversionOf,
  most,
  sumFigure,
  trackOf,
  viewersFigure,
} from './series.ts';
import { LAST_MINUTE_MS, MINUTE_MS, minutesOf } from './testing.ts';

const twenty = (column: 'paid' | 'messages' | 'viewers', values: readonly number[]) =>
  minutesOf(values.map((value) => ({ [column]: value })));

const seed = Number(process.env.LIVESTALL_TEST_SEED);

test('the last ten minutes stand in front of the ten before', () => {
  const minutes = twenty('paid', [...Array(10).fill(1), ...Array(10).fill(2)]);
  expect(trackOf(minutes, 'paid')).toEqual({ now: Array(10).fill(2), before: Array(10).fill(1) });
});

test('what is not known has no value, at whatever length', () => {
  const { now, before } = trackOf(twenty('paid', [7, 8]), 'paid');
  expect(now).toEqual([...Array(8).fill(null), 7, 8]);
  expect(before).toEqual(Array(10).fill(null));
  expect(trackOf([], 'viewers').now).toHaveLength(10);
});

test('chat is counted over sixty seconds, so that it does not fall at the turn of a minute', () => {
  const minutes = twenty('messages', [30, 0]);
  expect(chatRate(minutes, LAST_MINUTE_MS)).toBe(30);
  expect(chatRate(minutes, LAST_MINUTE_MS + MINUTE_MS / 2)).toBe(15);
  expect(chatRate(minutes, LAST_MINUTE_MS + 2 * MINUTE_MS)).toBe(0);
  expect(chatRate([], LAST_MINUTE_MS)).toBeNull();
  expect(chatTrack(minutes, LAST_MINUTE_MS).now.slice(-2)).toEqual([30, 30]);
});

test('a steady chat is told as steady, whenever in the minute it is asked', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 500 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (rate, part) => {
        const minutes = twenty('messages', [...Array(9).fill(rate), Math.round(rate * part)]);
        const { now, change } = chatFigure(minutes, LAST_MINUTE_MS + part * MINUTE_MS);
        expect(Math.abs((now ?? 0) - rate)).toBeLessThanOrEqual(1);
        expect(Math.abs(change?.by ?? 0)).toBeLessThanOrEqual(1);
      },
    ),
    { seed },
  );
});

test('viewers are held against the five minutes before', () => {
  const minutes = twenty('viewers', [500, 100, 100, 100, 100, 100, 120]);
  expect(viewersFigure(minutes)).toEqual({ now: 120, change: { kind: 'percent', by: 0.2 } });
  // The minute has just begun, and nobody has counted yet.
  const begun = minutesOf([{ viewers: 40 }, { viewers: 50 }, {}]);
  expect(viewersFigure(begun).now).toBe(50);
  expect(viewersFigure(minutesOf([{}, {}])).now).toBeNull();
});

test('ten minutes are held against as much of the ten before as has passed', () => {
  const minutes = twenty('paid', [...Array(10).fill(10), ...Array(9).fill(10), 5]);
  const half = LAST_MINUTE_MS + MINUTE_MS / 2;
  expect(sumFigure(minutes, 'paid', half)).toEqual({ now: 95, change: null });
  const doubled = twenty('paid', [...Array(10).fill(10), ...Array(9).fill(20), 10]);
  expect(sumFigure(doubled, 'paid', half).change).toEqual({ kind: 'percent', by: 1 });
  expect(sumFigure([], 'paid', half)).toEqual({ now: null, change: null });
});

test('few are told by their difference, many by their share, nothing by nothing', () => {
  expect(changeOf(4, 3)).toEqual({ kind: 'difference', by: 1 });
  expect(changeOf(300, 3)).toEqual({ kind: 'percent', by: 99 });
  expect(changeOf(80, 100)).toEqual({ kind: 'percent', by: -0.2 });
  expect([changeOf(5, 0), changeOf(null, 5), changeOf(5, null), changeOf(100, 100.1)]).toEqual([
    ...[null, null, null, null],
  ]);
});

test('conversion is buyers of visitors, and never more than all', () => {
  expect(conversionOf({ buyers: 66, visitors: 1200 })).toBeCloseTo(0.055);
  expect(conversionOf({ buyers: 0, visitors: 0 })).toBeNull();
  expect(conversionOf({ buyers: 3, visitors: 2 })).toBe(1);
});

test('the most of a row leaves out what is not known', () => {
  expect([most([null, 3, null, 7]), most([null]), most([-5, -2])]).toEqual([7, null, -2]);
});

test('a backdrop is read at the axis, and where it is many times more never drawn above what it is', () => {
  expect([hillTop(0, 4), hillTop(1, 4), hillTop(4, 4)]).toEqual([4, 4, 4]);
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1_000_000 }),
      fc.integer({ min: 4, max: 1000 }),
      (grabs, axisTop) => {
        const drawnAs = (grabs / hillTop(grabs, axisTop)) * axisTop;
        // But for the last bit of a division.
        expect(drawnAs).toBeLessThanOrEqual(grabs * (1 + Number.EPSILON * 4));
      },
    ),
    { seed },
  );
});

test('an axis holds its curve, ends at an easy number, and is at least two fifths full', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), fc.constantFrom(1, 100, 1000), (value, unit) => {
      const top = niceTop(value, unit);
      expect(top).toBeGreaterThanOrEqual(value);
      expect(Number.isInteger(top / unit / 2)).toBe(true);
      if (value >= 4 * unit) expect(value / top).toBeGreaterThan(0.4);
    }),
    { seed },
  );
  expect([niceTop(0), niceTop(10), niceTop(11), niceTop(245), niceTop(1000)]).toEqual([4, 10, 20, 300, 1000]);
  expect(niceRange(-3, 12)).toEqual([-4, 20]);
  expect(niceRange(null, null)).toEqual([0, 4]);
});
