import { existsSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join, resolve } from 'node:path';
import { withoutPassword } from '../config/values.ts';
import { createLog, type Log } from '../kernel/log.ts';
import { connectRedis, createRedisClient, parseRedisUrl, type RedisClient } from '../redis/client.ts';
import { embeddedSocket, startEmbeddedRedis } from '../redis/embedded.ts';
import { createKeys, type Keys } from '../redis/keys.ts';
import { lockDataDir } from '../startup/data-lock.ts';
import { StartFailure } from '../startup/failure.ts';
import type { StoreSettings } from './cli-args.ts';
import { LedgerProblem } from './ledger-problem.ts';

export type Store = {
  redis: RedisClient;
  keys: Keys;
  /** Stops the embedded Redis, if it was started for this. */
  close(): Promise<void>;
};

const CONNECT_TIMEOUT_MS = 5000;

/**
 * The Redis of an installation, for a command that runs beside the server or without it: the one at
 * `redisUrl`, or the embedded one. That is reached on its socket while a server runs, and else started
 * for the while, under the same lock as the server's.
 * @throws LedgerProblem which says what is needed.
 */
export async function openStore(settings: StoreSettings): Promise<Store> {
  const log = createLog({ level: 'silent', format: 'json' });
  const { redisUrl } = settings;
  if (redisUrl !== undefined) return connect(redisUrl, settings, log, async () => undefined);

  const socket = hasData(settings.dataDir) ? embeddedSocket(settings.dataDir) : undefined;
  if (socket === undefined) {
    throw new LedgerProblem(
      'NO_DATA',
      `There is no data of an embedded Redis in ${resolve(settings.dataDir)}.`,
      'Name the folder of the server with --data-dir, or its Redis with --redis-url.',
    );
  }
  if (await listens(socket)) return connect(`unix://${socket}`, settings, log, async () => undefined);
  return startForTheWhile(settings, log);
}

function hasData(dataDir: string): boolean {
  return existsSync(join(dataDir, 'redis', 'appendonlydir'));
}

async function startForTheWhile(settings: StoreSettings, log: Log): Promise<Store> {
  const { dataDir, redisServerBin } = settings;
  let lock: { release(): void } | undefined;
  try {
    lock = lockDataDir(dataDir);
    const redis = await startEmbeddedRedis({ binary: redisServerBin, dataDir, log });
    const release = lock.release;
    return await connect(redis.url, settings, log, async () => {
      await redis.close();
      release();
    });
  } catch (error) {
    lock?.release();
    if (error instanceof LedgerProblem) throw error;
    if (error instanceof StartFailure)
      throw new LedgerProblem('REDIS_AWAY', error.message, 'If it is starting just now, try again.');
    const reason = error instanceof Error ? error.message : String(error);
    throw new LedgerProblem(
      'REDIS_AWAY',
      `The embedded Redis of ${resolve(dataDir)} cannot be started.`,
      reason,
    );
  }
}

async function connect(
  url: string,
  { redisKeyPrefix }: StoreSettings,
  log: Log,
  stop: () => Promise<void>,
): Promise<Store> {
  const redis = createRedisClient(parseRedisUrl(url), 'commands', log);
  try {
    await connectRedis(redis, CONNECT_TIMEOUT_MS);
  } catch (error) {
    redis.disconnect();
    await stop();
    const reason =
      error instanceof Error ? error.message || (error as NodeJS.ErrnoException).code : String(error);
    throw new LedgerProblem(
      'REDIS_AWAY',
      `Redis at ${withoutPassword(url)} cannot be reached: ${reason || 'no answer'}.`,
      'Is it running, and is the address right?',
    );
  }
  return {
    redis,
    keys: createKeys(redisKeyPrefix),
    async close() {
      redis.disconnect();
      await stop();
    },
  };
}

/** Whether something takes connections there. */
function listens(socket: string): Promise<boolean> {
  return new Promise((done) => {
    const probe = createConnection(socket);
    const end = (found: boolean): void => {
      probe.destroy();
      done(found);
    };
    probe.once('connect', () => end(true));
    probe.once('error', () => end(false));
  });
}
