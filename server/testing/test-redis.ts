import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cluster, Redis } from 'ioredis';
import { inject } from 'vitest';
import { parseRedisUrl, type RedisClient } from '../redis/client.ts';
import { atExit } from './at-exit.ts';
import { eventually } from './eventually.ts';
import { startTopology } from './test-topologies.ts';
import { TOPOLOGY_VARIABLE, type Topology, topologyFrom } from './topology.ts';

/** A Redis that this test has for itself: one process, or several that are used as one. */
export type TestRedis = {
  readonly topology: Topology;
  readonly url: string;
  /** A client for looking at keys; closed with the server. */
  readonly client: RedisClient;
  /** The processes that hold data, each a part: for commands about a whole process. */
  readonly masters: readonly Redis[];
  /** Names of keys, of all masters. */
  keys(pattern: string): Promise<string[]>;
  close(): Promise<void>;
};

/** One redis-server, on a private socket in a folder of its own: for tests of what happens to a process. */
export type StandaloneRedis = TestRedis & {
  readonly path: string;
  readonly client: Redis;
  /** Signals the process; with SIGSTOP it hangs, with SIGCONT it goes on. */
  signal(name: NodeJS.Signals): void;
  kill(): Promise<void>;
  /** Starts it again on the same data. */
  restart(): Promise<void>;
};

export type StandaloneOptions = { topology: 'standalone'; appendonly?: boolean };

/** Standalone where the test says so, else what this run of tests is on. Empty in any case. */
export function startTestRedis(options: StandaloneOptions): Promise<StandaloneRedis>;
export function startTestRedis(options?: Partial<StandaloneOptions>): Promise<TestRedis>;
export async function startTestRedis(options: Partial<StandaloneOptions> = {}): Promise<TestRedis> {
  const topology = options.topology ?? topologyFrom(process.env[TOPOLOGY_VARIABLE]);
  if (topology === 'standalone') return startStandalone(options);
  if (options.appendonly)
    throw new Error('appendonly is for a test that kills a Redis of its own: standalone');
  return borrowShared(topology);
}

async function startStandalone({ appendonly }: { appendonly?: boolean }): Promise<StandaloneRedis> {
  const dir = mkdtempSync(join(tmpdir(), 'livestall-test-'));
  const path = join(dir, 'redis.sock');
  const binary = process.env.LIVESTALL_REDIS_SERVER_BIN ?? 'redis-server';
  let child: ChildProcess | undefined;
  const launch = async (): Promise<void> => {
    const args = [
      ...['--port', '0', '--unixsocket', path, '--dir', dir],
      ...['--save', '', '--logfile', join(dir, 'log')],
    ];
    if (appendonly) args.push('--appendonly', 'yes', '--appendfsync', 'everysec');
    child = spawn(binary, args, { stdio: 'ignore' });
    await eventually(() => ping(path), { withinMs: 10_000 });
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill(signal);
    await exited;
  };
  const stay = atExit(() => {
    child?.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  });
  await launch();
  const client = new Redis({ path, protocol: 2, disableClientInfo: true, retryStrategy: () => 50 });
  client.on('error', () => undefined);
  return {
    ...{ topology: 'standalone', url: `unix://${path}`, path, client, masters: [client] },
    keys: (pattern) => client.keys(pattern),
    signal: (name) => void child?.kill(name),
    kill: () => end('SIGKILL'),
    restart: launch,
    async close() {
      client.disconnect();
      await end('SIGKILL');
      rmSync(dir, { recursive: true, force: true });
      stay();
    },
  };
}

async function ping(path: string): Promise<void> {
  const probe = new Redis({
    path,
    lazyConnect: true,
    retryStrategy: () => null,
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    disableClientInfo: true,
  });
  probe.on('error', () => undefined);
  try {
    await probe.connect();
    await probe.ping();
  } finally {
    probe.disconnect();
  }
}

/** The one of this worker is in use: a file that wants a second one gets it made. */
let borrowed = false;

/**
 * Several processes that find each other take seconds to start. So those of a run are started once, one for each
 * worker (see topology-setup.ts), and emptied for each file; workers never meet in one.
 */
async function borrowShared(topology: Exclude<Topology, 'standalone'>): Promise<TestRedis> {
  const shared = borrowed ? undefined : inject('redisUrls')?.[Number(process.env.VITEST_POOL_ID) - 1];
  const own = shared === undefined ? await startTopology(topology) : undefined;
  if (shared !== undefined) borrowed = true;
  const redis = await attach(topology, own?.url ?? (shared as string));
  for (const master of redis.masters) await master.flushall();
  return {
    ...redis,
    async close() {
      await redis.close();
      await own?.close();
      if (shared !== undefined) borrowed = false;
    },
  };
}

async function attach(topology: Exclude<Topology, 'standalone'>, url: string): Promise<TestRedis> {
  const target = parseRedisUrl(url);
  const options = { protocol: 2 as const, disableClientInfo: true, ...target.options };
  const client: RedisClient =
    target.kind === 'cluster'
      ? new Cluster(target.nodes, { redisOptions: options, slotsRefreshTimeout: 3000 })
      : new Redis({ ...options, failoverDetector: false });
  client.on('error', () => undefined);
  await client.ping();
  const masters = client instanceof Cluster ? client.nodes('master') : [client];
  return {
    ...{ topology, url, client, masters },
    keys: async (pattern) => (await Promise.all(masters.map((master) => master.keys(pattern)))).flat(),
    close: async () => client.disconnect(),
  };
}
