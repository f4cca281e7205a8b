import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createServerClock } from './clock.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);

test('the sample with the least round trip counts', () => {
  const clock = createServerClock(() => 10_000);
  clock.sample(0, 1_000, 5_400);
  expect(clock.offsetMs()).toBe(4_900);
  clock.sample(2_000, 2_020, 7_010);
  expect(clock.offsetMs()).toBe(5_000);
  clock.sample(3_000, 3_800, 9_000);
  expect(clock.serverNow()).toBe(15_000);
});

test('an old good sample gives way in the end, so that drift is followed', () => {
  const clock = createServerClock(() => 0);
  clock.sample(0, 2, 101);
  for (let at = 1; at <= 6; at += 1) clock.sample(at * 1000, at * 1000 + 100, at * 1000 + 350);
  expect(clock.offsetMs()).toBe(300);
});

test('[SD8] the error is at most half of the least round trip, however the delay is split', () => {
  const trip = fc.record({ out: fc.nat(2_000), back: fc.nat(2_000), at: fc.nat(1e6) });
  fc.assert(
    fc.property(fc.array(trip, { minLength: 1, maxLength: 6 }), fc.integer(), (trips, offset) => {
      const clock = createServerClock(() => 0);
      for (const { out, back, at } of trips) clock.sample(at, at + out + back, at + out + offset);
      const least = Math.min(...trips.map(({ out, back }) => out + back));
      expect(Math.abs(clock.offsetMs() - offset)).toBeLessThanOrEqual(least / 2);
    }),
    { seed },
  );
});
