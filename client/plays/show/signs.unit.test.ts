import { expect, test } from 'vitest';
import type { ShowBucket } from '../../../shared/plays/show/contract.ts';
import { type Shortage, signsOf } from './signs.ts';
import { LAST_MINUTE_MS, minutesOf } from './testing.ts';

const NOW_MS = LAST_MINUTE_MS + 30_000;
const TRYING = { isSoldOut: true, triedAtMs: NOW_MS - 9_000 };
const GOOD: Partial<ShowBucket> = {
  ...{ viewers: 100, messages: 40, grabs: 10, held: 8, paid: 6, revenueMinor: 10_000 },
};
/** Twenty good minutes, the last ones as given. */
function signs(...last: Partial<ShowBucket>[]) {
  const parts = [...Array<Partial<ShowBucket>>(20 - last.length).fill(GOOD), ...last];
  return [...signsOf(minutesOf(parts.map((part) => ({ ...GOOD, ...part }))), true, NOW_MS, TRYING)];
}

test('a show that goes well has no red number', () => {
  expect(signs()).toEqual([]);
  expect([...signsOf([], true, NOW_MS, TRYING)]).toEqual([]);
});

test('viewers who leave are a sign, a few of a few are not', () => {
  expect(signs({ viewers: 60 })).toEqual(['viewers-leave']);
  expect(signs({ viewers: 80 })).toEqual([]);
  const few = minutesOf(Array(20).fill({ ...GOOD, viewers: 3 }));
  const fewer = [...few.slice(0, -1), { ...few[19], viewers: 1 } as ShowBucket];
  expect([...signsOf(fewer, true, NOW_MS, TRYING)]).toEqual([]);
});

test('a chat that fell silent is a sign while people are here', () => {
  const silent = { messages: 0 };
  expect(signs(silent, silent, silent)).toEqual(['chat-silent']);
  expect(signs(silent, silent)).toEqual([]);
  const alone = { messages: 0, viewers: 2 };
  expect(signs(...Array(8).fill(alone))).not.toContain('chat-silent');
});

test('grabs that come away empty, and holds that are not paid, are signs', () => {
  const empty = { grabs: 50, held: 1 };
  expect(signs(empty, empty, empty)).toEqual(['grabs-empty']);
  expect(signs(...Array(10).fill({ paid: 0 }))).toEqual(['held-unpaid']);
  // Holds of the last minutes have time yet.
  const none = { held: 0, paid: 0, grabs: 0 };
  expect(signs(...Array(7).fill(none), { held: 9, paid: 0 })).toEqual([]);
});

test('[PG121] grabs that come away empty are a sign only while a sale is sold out and people try', () => {
  const minutes = minutesOf(Array(20).fill({ ...GOOD, grabs: 50, held: 1 }));
  const has = (shortage: Shortage) => signsOf(minutes, true, NOW_MS, shortage).has('grabs-empty');
  expect(has(TRYING)).toBe(true);
  // Restocked, closed, or over.
  expect(has({ ...TRYING, isSoldOut: false })).toBe(false);
  // Nobody tries any more.
  expect(has({ ...TRYING, triedAtMs: NOW_MS - 10_000 })).toBe(false);
  expect(has({ ...TRYING, triedAtMs: null })).toBe(false);
});

test('more given back than sold is a sign', () => {
  expect(signs({ revenueMinor: -500_000 })).toEqual(['more-returned']);
});

test('off air there is nothing to act on', () => {
  const gone = minutesOf([...Array(19).fill(GOOD), { ...GOOD, viewers: 1, revenueMinor: -500_000 }]);
  expect([...signsOf(gone, false, NOW_MS, TRYING)]).toEqual([]);
});
