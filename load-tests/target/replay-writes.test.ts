import { afterEach, expect, it } from 'vitest';
import { Lifetimes } from '../kit/lifetimes.ts';
import { Bench, transitions } from '../scenarios/transition-cost/transitions.ts';
import { type RedisUnderTest, startRedis } from './redis.ts';
import { loadReplay, recordCommands, replay, replayArgv } from './replay-writes.ts';

const lifetimes = new Lifetimes();
afterEach(async () => {
  expect(await lifetimes.close()).toEqual([]);
});

/** What a key holds, whatever the order in which Redis keeps it. */
async function content({ client }: RedisUnderTest, key: string): Promise<unknown> {
  switch (await client.type(key)) {
    case 'hash':
      return client.hgetall(key);
    case 'zset':
      return client.zrange(key, '0', '-1', 'WITHSCORES');
    case 'set':
      return (await client.smembers(key)).sort();
    case 'list':
      return client.lrange(key, 0, -1);
    case 'stream':
      return client.xrange(key, '-', '+');
    default:
      throw new Error(`${key} is of another type`);
  }
}

/** All keys of a room. */
async function roomOf(redis: RedisUnderTest, roomId: string): Promise<Record<string, unknown>> {
  const keys = (await redis.client.keys(`*${roomId}*`)).sort();
  const contents = await Promise.all(keys.map((key) => content(redis, key)));
  return Object.fromEntries(keys.map((key, i) => [key.replace(roomId, '<room>'), contents[i]]));
}

it('a replay leaves what the scripts left: the baseline makes the same writes', async () => {
  const redis = await startRedis(lifetimes);
  await loadReplay(redis.client);
  const bench = new Bench(redis.client);
  for (const [n, transition] of transitions.entries()) {
    const [real, copy] = [`cost-a${n}`, `cost-b${n}`];
    await bench.openSales(real);
    await transition.prepare(bench, real, 2);
    // The room as it is before the steps.
    for (const key of await redis.client.keys(`*${real}*`)) {
      await redis.client.copy(key, key.replace(real, copy));
    }
    const calls = [0, 1].map((i) => () => transition.act(bench, real, i));
    const recorded = await recordCommands(redis.client, redis.socketPath, calls);
    for (const { writes } of recorded) {
      const moved = writes.map((words) => words.map((word) => word.replaceAll(real, copy)));
      await replay(redis.client, bench.head(copy), replayArgv(moved));
    }
    expect(recorded.every(({ writes }) => writes.length >= 5)).toBe(true);
    expect(await roomOf(redis, copy), transition.name).toEqual(await roomOf(redis, real));
  }
});
