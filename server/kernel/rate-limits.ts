import type { RateSpec } from '../../shared/kernel/contract.ts';
import type { Clock } from './clock.ts';
import { TokenBucket } from './token-bucket.ts';

/** Token buckets by key, forgotten once they are full again. A disconnect does not reset one. */
export class RateLimits {
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #clock: Clock;
  #sweptAtMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#sweptAtMs = clock.monotonicMs();
  }

  /** 0 when the call may pass, else the ms to wait. */
  take(key: string, rate: RateSpec): number {
    const nowMs = this.#clock.monotonicMs();
    this.#sweep(nowMs);
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      bucket = new TokenBucket(rate, nowMs);
      this.#buckets.set(key, bucket);
    }
    return bucket.take(nowMs);
  }

  get size(): number {
    return this.#buckets.size;
  }

  #sweep(nowMs: number): void {
    if (nowMs - this.#sweptAtMs < 30_000) return;
    this.#sweptAtMs = nowMs;
    for (const [key, bucket] of this.#buckets) if (bucket.full(nowMs)) this.#buckets.delete(key);
  }
}
