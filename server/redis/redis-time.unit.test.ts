import { expect, it } from 'vitest';
import { createLog } from '../kernel/log.ts';
import type { RedisClient } from './client.ts';
import { RedisTime } from './redis-time.ts';

const log = createLog({ level: 'silent', format: 'json' });

it("[RD44] Redis' time goes on as it did while this machine's clock is put an hour forward and back", async () => {
  let [wallMs, monotonicMs] = [5_000_000, 70];
  const redis = { time: async () => ['2000', '500000'] } as unknown as RedisClient;
  const time = new RedisTime(redis, { nowMs: () => wallMs, monotonicMs: () => monotonicMs }, log);
  expect(time.nowMs()).toBe(5_000_000);
  await time.start();
  expect(time.nowMs()).toBe(2_000_500);
  for (const stepMs of [3_600_000, -7_200_000]) {
    wallMs += stepMs;
    monotonicMs += 1000;
  }
  expect(time.nowMs()).toBe(2_002_500);
  time.close();
});
