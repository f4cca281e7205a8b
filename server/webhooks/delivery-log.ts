import type { Log } from '../kernel/log.ts';
import type { RedisClient } from '../redis/client.ts';
import { guarded } from '../redis/errors.ts';
import type { Keys } from '../redis/keys.ts';
import { loadScripts, runScript } from '../redis/scripts.ts';
import type { AttemptOutcome } from './sender.ts';

const scripts = loadScripts(import.meta.url, ['log-append']);

/** Attempts that are remembered, an endpoint. */
export const LOG_MAX = 1000;
/** Waiting to be written; while Redis is away, more are not remembered. */
const WAITING_MAX = 2000;

/** One attempt to deliver a message. */
export type LogEntry = {
  atMs: number;
  messageId: string;
  type: string;
  /** null: a test. */
  roomId: string | null;
  /** 1 for the first attempt of this message. */
  attempt: number;
  outcome: AttemptOutcome;
  status: number | null;
  durationMs: number;
};

/** What happened lately, for people to look at. Never decides anything; some may be lost. */
export class DeliveryLog {
  readonly #redis: RedisClient;
  readonly #keys: Keys;
  readonly #log: Log;
  readonly #waiting = new Map<string, LogEntry[]>();
  #writing: Promise<void> | undefined;

  constructor(redis: RedisClient, keys: Keys, log: Log) {
    this.#redis = redis;
    this.#keys = keys;
    this.#log = log;
  }

  note(endpointId: string, entry: LogEntry): void {
    const waiting = this.#waiting.get(endpointId) ?? [];
    if (waiting.length < WAITING_MAX) waiting.push(entry);
    this.#waiting.set(endpointId, waiting);
  }

  /** Writes what was noted; several calls at once become one. */
  flush(): Promise<void> {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async #write(): Promise<void> {
    const all = [...this.#waiting];
    this.#waiting.clear();
    for (const [endpointId, entries] of all) {
      const argv = [String(LOG_MAX), JSON.stringify(entries.map((entry) => JSON.stringify(entry)))];
      try {
        await runScript(
          this.#redis,
          scripts['log-append'],
          { log: this.#keys.webhooks.log(endpointId) },
          argv,
        );
      } catch (error) {
        this.#log.debug({ err: error, endpointId }, 'attempts were not noted');
      }
    }
  }

  /** Newest first. `before`: the cursor of the page before. */
  async list(
    endpointId: string,
    limit: number,
    before?: string,
  ): Promise<{ entries: LogEntry[]; nextCursor: string | null }> {
    const key = this.#keys.webhooks.log(endpointId);
    const from = before === undefined ? '+' : `(${before}`;
    const found = await guarded(() => this.#redis.xrevrange(key, from, '-', 'COUNT', limit + 1));
    const page = found.slice(0, limit);
    return {
      entries: page.map(([, fields]) => JSON.parse(fields[1] as string) as LogEntry),
      nextCursor: found.length > limit ? (page.at(-1)?.[0] ?? null) : null,
    };
  }
}
