import { expect, test } from 'vitest';
import { seededRandom } from '../testing/manual-time.ts';
import { planAfter } from './retry.rules.ts';

test('[SM6] the first attempt is at once, spread over a moment', () => {
  const random = seededRandom(1);
  const delays = Array.from({ length: 200 }, () => planAfter({ code: 'worker-died' }, 0, random).delayMs);
  expect(Math.max(...delays)).toBeLessThanOrEqual(250);
  expect(new Set(delays).size).toBeGreaterThan(50);
});

test('[SM7] further ones wait longer and longer, and from the fifth on it is said to have failed', () => {
  const plans = Array.from({ length: 12 }, (_, i) => planAfter({ code: 'ICE_FAILED' }, i, () => 1));
  const delays = plans.map(({ delayMs }) => delayMs);
  expect(delays).toEqual(delays.toSorted((a, b) => a - b));
  expect(delays.at(-1)).toBe(15_000);
  expect(plans.findIndex(({ says }) => says === 'failed')).toBe(4);
});

test('[SM8] what the relay says of itself has its own pace', () => {
  const plan = (code: string, retryAfterMs?: number) => planAfter({ code, retryAfterMs }, 0, () => 0);
  expect(plan('MEDIA_FULL', 2_500)).toMatchObject({ delayMs: 2_500, says: 'full' });
  expect(plan('MEDIA_FULL', 400)).toMatchObject({ delayMs: 400, says: null });
  expect(plan('MEDIA_FULL')).toMatchObject({ delayMs: 5_000, says: 'full' });
  expect(plan('MEDIA_UNAVAILABLE')).toMatchObject({ delayMs: 30_000, says: 'unavailable' });
  expect(plan('OFF_AIR').says).toBe('off-air');
  expect(plan('UNSUPPORTED')).toMatchObject({ says: 'unsupported', waits: true });
  expect(plan('RATE_LIMITED', 900).delayMs).toBe(900);
});
