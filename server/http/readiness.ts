import type { Log } from '../kernel/log.ts';
import type { MediaStatus } from '../media/ports.ts';
import { parseRedisUrl, type RedisClient } from '../redis/client.ts';
import type { Keys } from '../redis/keys.ts';

export type RedisMode = 'embedded' | 'standalone' | 'sentinel' | 'cluster';

/** What a crash may lose of what was acknowledged, by how Redis is run. docs/operations.md has the long form. */
export const MAY_LOSE: Readonly<Record<RedisMode, string>> = {
  embedded:
    'A crash of Redis or of the machine may lose the last second of changes (append-only file, fsync every second). A clean stop, or a crash of this server alone, loses nothing.',
  standalone:
    'What the Redis at redisUrl is set to lose: nothing with appendfsync always, about a second with everysec, everything since its last snapshot without an append-only file.',
  sentinel:
    'As a single Redis, and at a failover also what the new master had not received yet. min-replicas-to-write bounds it.',
  cluster:
    'As a single Redis, for each shard, and at a failover of a shard also what its new master had not received yet.',
};

export type Ready = {
  status: 'ready' | 'not-ready' | 'stopping';
  redis: { mode: RedisMode; ok: boolean; reason?: string; mayLose: string };
  /** Never a reason not to be ready: chat and deals go on without. */
  media: MediaStatus;
  node: string;
};

export type ReadinessDeps = {
  redis: RedisClient;
  keys: Keys;
  nodeId: string;
  mode: RedisMode;
  log: Log;
  media: () => MediaStatus;
  /** Told after every probe. */
  onProbe: (ok: boolean) => void;
  timeoutMs?: number;
};

const PROBE_TIMEOUT_MS = 1000;
const PROBE_TTL_MS = 60_000;
/** No balancer looks less often. */
const WATCHED_MS = 60_000;

export function redisModeOf(url: string, embedded: boolean): RedisMode {
  return embedded ? 'embedded' : parseRedisUrl(url).kind;
}

/** Whether this node can do its work: Redis must take a write, for after some failures it still answers reads. */
export class Readiness {
  readonly #deps: ReadinessDeps;
  #running: Promise<Ready> | undefined;
  #stopping = false;
  #askedAtMs = Number.NEGATIVE_INFINITY;

  constructor(deps: ReadinessDeps) {
    this.#deps = deps;
  }

  /** From now on the answer is no: a load balancer should send nobody here. */
  stopping(): void {
    this.#stopping = true;
  }

  /** Somebody asks again and again, and learns of a stop only when asking the next time: a balancer. */
  get watched(): boolean {
    return performance.now() - this.#askedAtMs < WATCHED_MS;
  }

  /** Never rejects, and answers within the timeout. Whoever asks meanwhile shares the probe. */
  check(): Promise<Ready> {
    this.#askedAtMs = performance.now();
    this.#running ??= this.#probe().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #probe(): Promise<Ready> {
    const { redis, keys, nodeId, mode, log, media, onProbe } = this.#deps;
    const timeoutMs = this.#deps.timeoutMs ?? PROBE_TIMEOUT_MS;
    let timer: NodeJS.Timeout | undefined;
    let reason: string | undefined;
    try {
      const timeout = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`took no write within ${timeoutMs} ms`)), timeoutMs);
      });
      await Promise.race([redis.set(keys.probe, nodeId, 'PX', PROBE_TTL_MS), timeout]);
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
      log.debug({ reason }, 'not ready');
    } finally {
      clearTimeout(timer);
    }
    onProbe(reason === undefined);
    const ok = reason === undefined;
    const status = this.#stopping ? 'stopping' : ok ? 'ready' : 'not-ready';
    const told = ok ? {} : { reason: publicReason(reason ?? '') };
    return { status, redis: { mode, ok, ...told, mayLose: MAY_LOSE[mode] }, media: media(), node: nodeId };
  }
}

/** Addresses and credentials stay in the log. */
function publicReason(message: string): string {
  const code = /^([A-Z]{3,})\b/.exec(message)?.[1];
  if (message.startsWith('took no write')) return message;
  if (code !== undefined) return `Redis refuses: ${code}`;
  return 'Redis cannot be reached';
}
