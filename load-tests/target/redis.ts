import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Child } from '../kit/child.ts';
import type { Lifetimes } from '../kit/lifetimes.ts';
import { until } from '../kit/wait.ts';

export type RedisUnderTest = {
  socketPath: string;
  /** For the server's `--redis-url`. */
  url: string;
  folder: string;
  pid: number;
  /** The kit's own connection. What it sends is counted by the scenarios and subtracted. */
  client: Redis;
};

const START_TIMEOUT_MS = 10_000;

/**
 * Starts a redis-server of our own: private socket, no port, AOF everysec as the embedded one has.
 *
 * @param more settings of redis.conf.
 */
export async function startRedis(
  lifetimes: Lifetimes,
  cpus?: string,
  more: Readonly<Record<string, string>> = {},
): Promise<RedisUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'livestall-load-'));
  lifetimes.add('scratch folder', () => rmSync(folder, { recursive: true, force: true }));
  const socketPath = join(folder, 'redis.sock');
  const settings = {
    port: '0',
    unixsocket: socketPath,
    unixsocketperm: '700',
    dir: folder,
    save: '',
    appendonly: 'yes',
    appendfsync: 'everysec',
    loglevel: 'warning',
    ...more,
  };
  const child = new Child({
    what: 'redis-server',
    command: 'redis-server',
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    cpus,
  });
  lifetimes.add('redis-server', () => child.stop());
  const client = new Redis({
    path: socketPath,
    lazyConnect: true,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    retryStrategy: () => null,
  });
  client.on('error', () => {});
  lifetimes.add('connection to Redis', () => client.disconnect());
  await until('redis-server to listen', START_TIMEOUT_MS, async () => {
    const problem = child.problem();
    if (problem) throw new Error(`${problem}\nIs redis-server 7 installed and on the PATH?`);
    try {
      if (client.status !== 'ready') await client.connect();
      return (await client.ping()) === 'PONG' || undefined;
    } catch {
      return undefined;
    }
  });
  return { socketPath, url: `unix://${socketPath}`, folder, pid: child.pid, client };
}
