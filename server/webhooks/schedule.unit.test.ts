import { describe, expect, it } from 'vitest';
import { seededRandom } from '../kernel/random.ts';
import { Health } from './health.ts';
import {
  GIVE_UP_AFTER_MS,
  probeDelayMs,
  RETRY_AFTER_MAX_MS,
  retryAfterMs,
  retryDelayMs,
} from './schedule.ts';

const random = seededRandom(Number(process.env.LIVESTALL_TEST_SEED));
const fixed = (value: number) => ({ next: () => value, id: (prefix: string) => prefix });
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe('when a message is tried again', () => {
  it('[WH10] the waits are those of Standard Webhooks, and the last attempt is at three days', () => {
    const waits: number[] = [];
    let nowMs = 1000;
    for (let attempts = 1; ; attempts += 1) {
      const wait = retryDelayMs(attempts, 1000, nowMs, fixed(0.5));
      if (wait === undefined) break;
      waits.push(wait);
      nowMs += wait;
    }
    const hours = [2, 5, 10, 14, 20].map((each) => each * HOUR_MS);
    expect(waits.slice(0, 8)).toEqual([5000, 5 * MINUTE_MS, 30 * MINUTE_MS, ...hours]);
    expect(nowMs).toBe(1000 + GIVE_UP_AFTER_MS);
    expect(waits).toHaveLength(9);
  });

  it('[WH10] waits differ by ten per cent at most, and never end after three days', () => {
    for (let i = 0; i < 1000; i += 1) {
      const wait = retryDelayMs(3, 0, 10 * MINUTE_MS, random) as number;
      expect(wait).toBeGreaterThanOrEqual(27 * MINUTE_MS);
      expect(wait).toBeLessThanOrEqual(33 * MINUTE_MS);
      const late = retryDelayMs(9, 0, 70 * HOUR_MS, random) as number;
      expect(70 * HOUR_MS + late).toBe(GIVE_UP_AFTER_MS);
    }
  });

  it.each([
    ['30', 30_000],
    ['0', 1000],
    ['999999999', RETRY_AFTER_MAX_MS],
    ['Thu, 01 Jan 1970 00:02:00 GMT', 60_000],
    ['Thu, 01 Jan 1970 00:00:01 GMT', 1000],
    ['-5', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('[WH10] Retry-After: %s', (header, expected) => {
    expect(retryAfterMs(header, 60_000)).toBe(expected);
  });
});

describe('an endpoint that fails as a whole', () => {
  const claim = { token: 1, cursor: 0, failing: [], probes: 0, downSinceMs: undefined, refillTo: 0 };

  it('[WH12] is asked at 5 s, 10 s, 20 s … and then every 5 min', () => {
    const waits = Array.from({ length: 9 }, (_, probes) => probeDelayMs(probes, fixed(0.5)));
    expect(waits).toEqual([5000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000]);
  });

  it('[WH12] counts as down after five different messages in a row, not after one that fails five times', () => {
    const one = new Health(claim, random);
    for (let i = 0; i < 10; i += 1) one.failed(7, undefined);
    expect(one.down).toBeUndefined();
    const many = new Health(claim, random);
    for (const n of [1, 2, 3, 4]) many.failed(n, undefined);
    many.succeeded();
    for (const n of [5, 6, 7, 8]) many.failed(n, undefined);
    expect(many.down).toBeUndefined();
    many.failed(9, undefined);
    expect(many.down).toMatchObject({ probes: 0 });
    // Others that were under way at the same time are no probes.
    many.failed(10, undefined);
    expect(many.down).toMatchObject({ probes: 0 });
  });

  it('[WH12] knows its probes from one run to the next, and that it came back', () => {
    const again = new Health({ ...claim, failing: [1, 2, 3, 4, 5], probes: 2, downSinceMs: 99 }, fixed(0.5));
    again.failed(1, undefined);
    expect(again.down).toEqual({ probes: 3, probeInMs: 40_000 });
    const back = new Health({ ...claim, failing: [1, 2, 3, 4, 5], probes: 2, downSinceMs: 99 }, fixed(0.5));
    expect(back.succeeded()).toBe(true);
    expect([back.down, back.cameBack, back.failing]).toEqual([undefined, true, '']);
  });

  it('[WH10] that asks to be left alone is left alone', () => {
    const busy = new Health(claim, fixed(0.5));
    busy.failed(1, 30_000);
    expect(busy.down).toEqual({ probes: 0, probeInMs: 30_000 });
  });
});
