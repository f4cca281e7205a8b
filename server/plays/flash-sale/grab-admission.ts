import type { RateSpec } from '../../../shared/kernel/contract.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { RandomSource } from '../../kernel/random.ts';
import { TokenBucket } from '../../kernel/token-bucket.ts';

/** `rate`: more than the sale's bucket gives. `line`: too many wait. `late`: waited too long for its turn. */
export type BusyReason = 'rate' | 'line' | 'late';
export type Busy = { reason: BusyReason; retryAfterMs: number };

/** The grabs of a sale that wait for Redis, and for how long the last of them will. */
export type LineState = { waiting: number; waitMs: number };

type Pass = { dueMs: number; expiresMs: number };

/** Grabs of one sale that may wait on a node. Twice as many where all have a pass. */
export const LINE_MAX = 4096;
/** Who was told when to come back is let in then; kept for this long, and this many. */
const PASS_MS = 20_000;
const PASSES_MAX = 20_000;
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 5000;
/** Clients' timers may be early by a little. */
const EARLY_MS = 20;
const SWEEP_MS = 30_000;
/** Where there is no place for another pass. */
const SWEEP_FULL_MS = 1000;

/**
 * Decides which grabs may wait for Redis at all: a token bucket a sale, and a line of bounded length. Whoever is
 * refused is told when to come back, each another time, and gets a pass: with the same opId they are let in then,
 * before newcomers. So nobody is refused for ever, and retries don't come all at once. A grab whose outcome is unknown
 * gets a pass that is good at once: it may have won.
 */
export class GrabAdmission {
  readonly #rate: RateSpec;
  readonly #clock: Clock;
  readonly #random: RandomSource;
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #passes = new Map<string, Pass>();
  #sweptMs: number;

  constructor(options: { rate: RateSpec; clock: Clock; random: RandomSource }) {
    this.#rate = options.rate;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#sweptMs = options.clock.monotonicMs();
  }

  /** undefined: the grab may go on. `grab` names the buyer's intention, the same for each retry. */
  ask(sale: string, grab: string, line: LineState): Busy | undefined {
    const nowMs = this.#clock.monotonicMs();
    this.#sweep(nowMs);
    const pass = this.#passes.get(grab);
    if (pass) return this.#returned(grab, pass, line, nowMs);
    const bucket = this.#bucket(sale, nowMs);
    if (line.waiting >= LINE_MAX) return this.#sendAway(bucket, grab, 'line', line.waitMs, nowMs);
    const untilTokenMs = bucket.take(nowMs);
    if (untilTokenMs === 0) return undefined;
    // The token of that moment is theirs: the next one is told a later moment.
    if (untilTokenMs < (this.#rate.burst / this.#rate.perSecond) * 1000) {
      bucket.spend(nowMs);
      return this.#promise(grab, 'rate', untilTokenMs, nowMs);
    }
    // All tokens of the near future are promised.
    return { reason: 'rate', retryAfterMs: this.#spread(untilTokenMs) };
  }

  /** It was let in, and its turn did not come in time. */
  missed(sale: string, grab: string, line: LineState): Busy {
    const nowMs = this.#clock.monotonicMs();
    return this.#sendAway(this.#bucket(sale, nowMs), grab, 'late', line.waitMs, nowMs);
  }

  /** Nobody knows whether it was decided: its retry is let in whenever it comes. */
  unknown(grab: string): void {
    const nowMs = this.#clock.monotonicMs();
    if (this.#passes.size >= PASSES_MAX) {
      for (const oldest of this.#passes.keys()) {
        this.#passes.delete(oldest);
        break;
      }
    }
    this.#passes.delete(grab);
    this.#passes.set(grab, { dueMs: nowMs, expiresMs: nowMs + PASS_MS });
  }

  /** What is remembered of buyers: bounded, whatever they do. */
  get size(): number {
    return this.#passes.size;
  }

  #returned(grab: string, pass: Pass, line: LineState, nowMs: number): Busy | undefined {
    const earlyMs = pass.dueMs - nowMs;
    if (earlyMs > EARLY_MS) return { reason: 'rate', retryAfterMs: Math.ceil(earlyMs) };
    this.#passes.delete(grab);
    if (line.waiting < 2 * LINE_MAX) return undefined;
    return this.#promise(grab, 'line', this.#spread(line.waitMs), nowMs);
  }

  #sendAway(bucket: TokenBucket, grab: string, reason: BusyReason, waitMs: number, nowMs: number): Busy {
    bucket.spend(nowMs);
    return this.#promise(grab, reason, this.#spread(waitMs), nowMs);
  }

  #promise(grab: string, reason: BusyReason, inMs: number, nowMs: number): Busy {
    const retryAfterMs = Math.ceil(inMs);
    if (this.#passes.size < PASSES_MAX) {
      this.#passes.set(grab, { dueMs: nowMs + retryAfterMs, expiresMs: nowMs + retryAfterMs + PASS_MS });
    }
    return { reason, retryAfterMs };
  }

  #spread(waitMs: number): number {
    const leastMs = Math.min(RETRY_MAX_MS / 2, Math.max(RETRY_MIN_MS, waitMs));
    return Math.ceil(leastMs * (1 + this.#random.next()));
  }

  #bucket(sale: string, nowMs: number): TokenBucket {
    let bucket = this.#buckets.get(sale);
    if (!bucket) {
      bucket = new TokenBucket(this.#rate, nowMs);
      this.#buckets.set(sale, bucket);
    }
    return bucket;
  }

  #sweep(nowMs: number): void {
    if (nowMs - this.#sweptMs < (this.#passes.size < PASSES_MAX ? SWEEP_MS : SWEEP_FULL_MS)) return;
    this.#sweptMs = nowMs;
    for (const [sale, bucket] of this.#buckets) if (bucket.full(nowMs)) this.#buckets.delete(sale);
    for (const [grab, { expiresMs }] of this.#passes) if (expiresMs <= nowMs) this.#passes.delete(grab);
  }
}
