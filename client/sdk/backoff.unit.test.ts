import { expect, test } from 'vitest';
import { HINT_MAX_MS, handshakeMs, hintedMs, RECONNECT_MAX_MS, reconnectMs } from './backoff.ts';
import { seededRandom } from './testing/manual-time.ts';

const random = seededRandom(11);
const many = (next: () => number): number[] => Array.from({ length: 5_000 }, next).sort((a, b) => a - b);

test('[SD17] a crowd whose node died comes back soon, evenly over a window from its very start', () => {
  const waits = many(() => reconnectMs(0, random));
  expect(waits[0]).toBeLessThan(5);
  expect(waits.at(-1)).toBeLessThanOrEqual(400);
  for (let tenth = 0; tenth < 10; tenth += 1) {
    const inTenth = waits.filter((ms) => ms >= tenth * 40 && ms < (tenth + 1) * 40).length;
    expect(inTenth).toBeGreaterThan(400);
    expect(inTenth).toBeLessThan(600);
  }
});

test('[SD17] the window doubles with every try in vain, and is never hammered', () => {
  for (const [attempt, windowMs] of [
    800,
    1_600,
    3_200,
    6_400,
    RECONNECT_MAX_MS,
    RECONNECT_MAX_MS,
  ].entries()) {
    const waits = many(() => reconnectMs(attempt + 1, random));
    expect(waits[0]).toBeGreaterThanOrEqual(windowMs / 4);
    expect(waits[0]).toBeLessThan(windowMs * 0.27);
    expect(waits.at(-1)).toBeLessThanOrEqual(windowMs);
    expect(waits.at(-1)).toBeGreaterThan(windowMs * 0.98);
  }
  expect(reconnectMs(1e9, () => 0.999)).toBeLessThanOrEqual(RECONNECT_MAX_MS);
});

test('[SD16] what the server said is waited for, a little spread, a minute at most', () => {
  for (const saidMs of [0, 100, 5_000, 50_000]) {
    const waits = many(() => hintedMs(saidMs, random));
    expect(waits[0]).toBeGreaterThanOrEqual(saidMs);
    expect(waits.at(-1)).toBeLessThanOrEqual(saidMs * 1.1 + 100);
    expect(new Set(waits).size).toBeGreaterThan(50);
  }
  for (const saidMs of [60_000, 1e9, Number.POSITIVE_INFINITY]) {
    const waits = many(() => hintedMs(saidMs, random));
    expect(waits.at(-1)).toBeLessThanOrEqual(HINT_MAX_MS);
    expect(waits[0]).toBeGreaterThan(50_000);
  }
});

test('[SD17] a try may take the longer, the more were in vain', () => {
  expect([0, 1, 2, 3, 1e9].map(handshakeMs)).toEqual([8_000, 12_000, 18_000, 20_000, 20_000]);
});
