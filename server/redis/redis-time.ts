import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { RedisClient } from './client.ts';
import { redisNowMs } from './due-queue.ts';

const SAMPLE_MS = 10_000;

/**
 * What Redis' clock says, known on this node without asking: for telling clients the time and for
 * hints. Scripts read Redis' TIME themselves. This machine's own clock may be put forward or back.
 */
export class RedisTime {
  readonly #redis: RedisClient;
  readonly #clock: Clock;
  readonly #log: Log;
  #offsetMs: number;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(redis: RedisClient, clock: Clock, log: Log) {
    this.#redis = redis;
    this.#clock = clock;
    this.#log = log;
    // Until Redis has said.
    this.#offsetMs = clock.nowMs() - clock.monotonicMs();
  }

  nowMs(): number {
    return Math.round(this.#clock.monotonicMs() + this.#offsetMs);
  }

  async start(): Promise<void> {
    await this.#sample().catch((error) => this.#log.debug({ err: error }, 'no time from redis'));
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.start(), SAMPLE_MS);
    this.#timer.unref();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #sample(): Promise<void> {
    const beforeMs = this.#clock.monotonicMs();
    const redisMs = await redisNowMs(this.#redis);
    const afterMs = this.#clock.monotonicMs();
    this.#offsetMs = redisMs - (beforeMs + afterMs) / 2;
  }
}
