import { describe, expect, it } from 'vitest';
import { isEnding, isLargeExtension, isLargeRestock, isLow, pulseOf } from './sale-pulse.ts';
import { sampleSale } from './testing.ts';

const MIDDLE_MS = 200_000;

describe('what the host of a sale does next', () => {
  it.each([
    ['opens it before its time', { phase: 'scheduled' }, MIDDLE_MS, 'open', 'waits'],
    ['goes on after a pause', { phase: 'paused', available: 1 }, MIDDLE_MS, 'resume', 'paused'],
    ['can pause what goes well', {}, MIDDLE_MS, 'pause', 'well'],
    ['restocks when few are left', { available: 1, sold: 9 }, MIDDLE_MS, 'restock', 'low'],
    ['restocks what is held to the last', { available: 0, held: 1, sold: 9 }, MIDDLE_MS, 'restock', 'gone'],
    ['restocks for those in line', { available: 0, sold: 10, waiting: 2 }, MIDDLE_MS, 'restock', 'gone'],
    ['closes what is sold and paid', { available: 0, sold: 10 }, MIDDLE_MS, 'close', 'all-sold'],
    ['extends what ends with units left', { available: 5, sold: 5 }, 350_000, 'extend', 'ending'],
  ] as const)('[PG65] %s', (_title, part, nowMs, next, why) => {
    expect(pulseOf(sampleSale(part), nowMs)).toEqual({ next, why });
  });

  it('calls nothing few that nobody has bought of yet', () => {
    expect(isLow(sampleSale({ total: 1, available: 1 }))).toBe(false);
    expect(isLow(sampleSale({ total: 20, available: 3 }))).toBe(true);
    expect(isLow(sampleSale({ total: 20, available: 4 }))).toBe(false);
  });

  it('calls a short sale ending in its last quarter only', () => {
    const short = sampleSale({ opensAtMs: 0, endsAtMs: 60_000 });
    expect(isEnding(short, 1_000)).toBe(false);
    expect(isEnding(short, 46_000)).toBe(true);
    expect(isEnding(short, 60_000)).toBe(false);
  });

  it('[PG65] wants a long press for much more than the sale had, or much longer', () => {
    expect(isLargeRestock({ total: 20 }, 100)).toBe(false);
    expect(isLargeRestock({ total: 20 }, 101)).toBe(true);
    expect(isLargeRestock({ total: 500 }, 1_000)).toBe(false);
    expect(isLargeExtension(10 * 60_000)).toBe(false);
    expect(isLargeExtension(30 * 60_000)).toBe(true);
  });
});
