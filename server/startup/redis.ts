import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/schema.ts';
import { withoutPassword } from '../config/values.ts';
import { type RedisMode, redisModeOf } from '../http/readiness.ts';
import type { Log } from '../kernel/log.ts';
import { connectRedis, createRedisClient, parseRedisUrl, type RedisClient } from '../redis/client.ts';
import { startEmbeddedRedis } from '../redis/embedded.ts';
import { StartFailure } from './failure.ts';

export type OpenRedis = { url: string; mode: RedisMode; close(): Promise<void> };

const CONNECT_TIMEOUT_MS = 5000;

/** The Redis of the configuration: the one at `redisUrl`, if it answers, or one that is started here. */
export async function openRedis(config: Config, log: Log): Promise<OpenRedis> {
  const { redisUrl } = config;
  if (redisUrl !== undefined) {
    await reach(redisUrl, log);
    return { url: redisUrl, mode: redisModeOf(redisUrl, false), close: async () => undefined };
  }
  const start = () => startEmbeddedRedis({ binary: config.redisServerBin, dataDir: config.dataDir, log });
  let redis: Awaited<ReturnType<typeof start>>;
  try {
    redis = await start();
  } catch (error) {
    if (!config.reset || !String(error).includes('ended at once')) throw error;
    // It ended over its data, which was to go anyway.
    rmSync(join(config.dataDir, 'redis', 'appendonlydir'), { recursive: true, force: true });
    redis = await start();
  }
  const open: OpenRedis = { url: redis.url, mode: 'embedded', close: () => redis.close() };
  if (config.reset) {
    try {
      await withClient(open.url, log, (client) => client.flushall());
    } catch (error) {
      await open.close();
      throw error;
    }
  }
  return open;
}

async function reach(url: string, log: Log): Promise<void> {
  try {
    await withClient(url, log, (client) => client.time());
  } catch (error) {
    const reason =
      error instanceof Error ? error.message || (error as NodeJS.ErrnoException).code : String(error);
    throw new StartFailure(
      `Redis at ${withoutPassword(url)} cannot be reached: ${reason || 'no answer'} (tried for ${CONNECT_TIMEOUT_MS / 1000} s).`,
      'Is it running, and is the address right? Leave --redis-url out and the server runs a Redis of its own.',
    );
  }
}

async function withClient(
  url: string,
  log: Log,
  work: (client: RedisClient) => Promise<unknown>,
): Promise<void> {
  const client = createRedisClient(parseRedisUrl(url), 'commands', log.child({}, { level: 'silent' }));
  try {
    await connectRedis(client, CONNECT_TIMEOUT_MS);
    await work(client);
  } finally {
    client.disconnect();
  }
}
