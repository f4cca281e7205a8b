import { Cluster, type Redis, type RedisOptions } from 'ioredis';
import type { Log } from '../kernel/log.ts';
import { LastingRedis } from './lasting-redis.ts';

/** Replies keep their RESP2 shapes: ioredis' types follow `replyMapping`, which we never set. */
type Options = Omit<RedisOptions, 'replyMapping'>;

export type RedisClient = Redis | Cluster;

export type RedisTarget =
  | { kind: 'standalone'; options: Options }
  | { kind: 'sentinel'; options: Options }
  | { kind: 'cluster'; nodes: { host: string; port: number }[]; options: Options };

const FORMS =
  'expected redis://host:port, rediss://host:port, unix:///path, sentinel://host:port,host:port/master or cluster://host:port,host:port';

/**
 * Reads a Redis address. User, password and database go where URLs have them; with a password for
 * Sentinel itself, it is the same one.
 * @throws Error whose message says which forms are known.
 */
export function parseRedisUrl(text: string): RedisTarget {
  const scheme = /^([a-z]+):\/\//.exec(text)?.[1];
  if (scheme === 'unix') {
    const path = text.slice('unix://'.length);
    if (!path.startsWith('/')) throw new Error(`${FORMS}; a unix path starts with "/"`);
    return { kind: 'standalone', options: { path } };
  }
  if (scheme === 'redis' || scheme === 'rediss') {
    const url = parseUrl(text);
    return {
      kind: 'standalone',
      options: {
        host: hostOf(url),
        port: Number(url.port || 6379),
        ...credentials(url),
        ...database(url),
        ...(scheme === 'rediss' ? { tls: {} } : {}),
      },
    };
  }
  if (scheme === 'sentinel' || scheme === 'cluster') {
    const [, userInfo = '', hosts = '', path = ''] =
      /^[a-z]+:\/\/(?:([^@/]*)@)?([^/]+)(?:\/(.*))?$/.exec(text) ?? [];
    const nodes = hosts.split(',').map((host) => {
      const url = parseUrl(`redis://${host}`);
      return { host: hostOf(url), port: Number(url.port || (scheme === 'sentinel' ? 26379 : 6379)) };
    });
    const login = credentials(parseUrl(`redis://${userInfo ? `${userInfo}@` : ''}host`));
    if (scheme === 'cluster') {
      if (path) throw new Error(`${FORMS}; a cluster address has no path`);
      return { kind: 'cluster', nodes, options: login };
    }
    if (!path) throw new Error(`${FORMS}; a sentinel address ends with "/" and the master's name`);
    return {
      kind: 'sentinel',
      options: {
        sentinels: nodes,
        name: path,
        failoverDetector: true,
        sentinelCommandTimeout: 2000,
        ...(login.password ? { sentinelPassword: login.password } : {}),
        ...login,
      },
    };
  }
  throw new Error(FORMS);
}

function parseUrl(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw new Error(FORMS);
  }
}

/** Brackets around an IPv6 address belong to the URL alone. */
function hostOf(url: URL): string {
  if (url.hostname === '' || url.search || url.hash) throw new Error(FORMS);
  return url.hostname.replace(/^\[|\]$/g, '');
}

function credentials(url: URL): Options {
  try {
    return {
      ...(url.username ? { username: decodeURIComponent(url.username) } : {}),
      ...(url.password ? { password: decodeURIComponent(url.password) } : {}),
    };
  } catch {
    throw new Error(`${FORMS}; "%" in a user or password is written "%25"`);
  }
}

function database(url: URL): Options {
  const db = url.pathname.replace(/^\//, '');
  if (!db) return {};
  if (!/^\d+$/.test(db)) throw new Error(`${FORMS}; the path of a redis address is a database number`);
  return { db: Number(db) };
}

const retryDelayMs = (times: number): number => Math.min(50 * 2 ** Math.min(times, 5), 1000);

const SLOTS_REFRESH_MS = 10_000;

/** ioredis would send a script again after a lost reply; ours are retried by opId instead (issue 2193). */
const COMMAND_OPTIONS: Options = {
  autoResendUnfulfilledCommands: false,
  commandTimeout: 1500,
  connectTimeout: 3000,
  maxRetriesPerRequest: 1,
  enableOfflineQueue: false,
  socketTimeout: 5000,
  // 1: reconnect, and do not send again what was refused.
  reconnectOnError: (error) => (error.message.startsWith('READONLY') ? 1 : false),
};

/**
 * A subscriber waits for Redis as long as it takes. Its users subscribe again on 'ready': ioredis'
 * own way leaves promises that nobody can catch. A Cluster client does it inside.
 */
const SUBSCRIBER_OPTIONS: Options = {
  connectTimeout: 3000,
  maxRetriesPerRequest: null,
  enableOfflineQueue: true,
  autoResubscribe: false,
};

const COMMON_OPTIONS: Options = {
  lazyConnect: true,
  retryStrategy: retryDelayMs,
  protocol: 2,
  disableClientInfo: true,
  keepAlive: 10_000,
};

export type RedisRole = 'commands' | 'subscriber';

/**
 * A client that is not connected yet. It reconnects for ever; commands sent meanwhile fail at once,
 * subscriptions wait. Its connection errors go to the log, once for each time that it goes away.
 */
export function createRedisClient(target: RedisTarget, role: RedisRole, log: Log): RedisClient {
  const options: Options = {
    ...COMMON_OPTIONS,
    ...(role === 'commands' ? COMMAND_OPTIONS : SUBSCRIBER_OPTIONS),
  };
  const client =
    target.kind === 'cluster'
      ? clusterClient(target, options, role)
      : new LastingRedis(Object.assign(options, target.options));
  logConnection(client, role, log);
  return client;
}

function clusterClient(
  target: RedisTarget & { kind: 'cluster' },
  options: Options,
  role: RedisRole,
): Cluster {
  const { retryStrategy: _, enableOfflineQueue, lazyConnect: __, ...perNode } = options;
  return new Cluster(target.nodes, {
    lazyConnect: true,
    clusterRetryStrategy: retryDelayMs,
    enableOfflineQueue: enableOfflineQueue ?? true,
    slotsRefreshTimeout: 3000,
    // A slot that moves is waited for so long in all, within the time of a command.
    retryDelayOnTryAgain: 100,
    maxRedirections: 12,
    // 0: what a lost connection may have done is not sent again, and what a cluster in trouble refuses fails at once.
    ...(role === 'commands' ? { retryDelayOnFailover: 0, retryDelayOnClusterDown: 0 } : {}),
    // A subscriber is told that a slot has moved, but may ask where to of a node that has not heard of it yet.
    ...(role === 'subscriber' ? { shardedSubscribers: true, slotsRefreshInterval: SLOTS_REFRESH_MS } : {}),
    redisOptions: Object.assign(perNode, { autoResubscribe: true }, target.options),
  });
}

function logConnection(client: RedisClient, role: RedisRole, log: Log): void {
  let away = false;
  client.on('error', (error: Error) => {
    if (!away) log.warn({ role, reason: error.message }, 'redis is away');
    away = true;
  });
  client.on('ready', () => {
    if (away) log.info({ role }, 'redis is back');
    away = false;
  });
}

/** Connects, or says why not within `timeoutMs`. The client must be closed by the caller either way. */
export async function connectRedis(client: RedisClient, timeoutMs: number): Promise<void> {
  let lastError: Error | undefined;
  const remember = (error: Error): void => {
    lastError = error;
  };
  client.on('error', remember);
  const ready = new Promise<void>((resolve) => client.once('ready', () => resolve()));
  client.connect().catch(remember);
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(lastError ?? new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([ready.then(() => connectShards(client)), timeout]);
  } finally {
    clearTimeout(timer);
    client.off('error', remember);
  }
}

/** A Cluster client connects to a shard when it is first used, and refuses what comes while it does. */
async function connectShards(client: RedisClient): Promise<void> {
  if (!(client instanceof Cluster) || client.options.shardedSubscribers) return;
  const waiting = client.nodes('master').filter((node) => node.status === 'wait');
  await Promise.all(waiting.map((node) => node.connect()));
}
