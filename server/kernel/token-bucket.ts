import type { RateSpec } from '../../shared/kernel/contract.ts';

/**
 * Fractions of tokens add up in floating point: 0.08 + 0.92 may miss 1. Without this, whoever waited just as
 * long as they were told would be refused again. What is taken too early is owed, so nothing accrues.
 */
const ROUNDING = 1e-9;

/** `perSecond` tokens on average, at most `burst` at once. Times are monotonic ms. */
export class TokenBucket {
  readonly #rate: RateSpec;
  #tokens: number;
  #atMs: number;

  constructor(rate: RateSpec, nowMs: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#atMs = nowMs;
  }

  #refill(nowMs: number): void {
    const passedMs = Math.max(0, nowMs - this.#atMs);
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + (passedMs / 1000) * this.#rate.perSecond);
    this.#atMs = nowMs;
  }

  /** Takes one token; 0 when it did, else the ms until there is one. */
  take(nowMs: number): number {
    this.#refill(nowMs);
    if (this.#tokens >= 1 - ROUNDING) {
      this.#tokens -= 1;
      return 0;
    }
    return Math.ceil(((1 - this.#tokens) / this.#rate.perSecond) * 1000);
  }

  /** Takes one token even where there is none; the debt is paid before others pass. */
  spend(nowMs: number): void {
    this.#refill(nowMs);
    this.#tokens = Math.max(-this.#rate.burst, this.#tokens - 1);
  }

  /** Whole tokens at hand. */
  available(nowMs: number): number {
    this.#refill(nowMs);
    return Math.max(0, Math.floor(this.#tokens + ROUNDING));
  }

  /** Whether it can be forgotten: a new one would be the same. */
  full(nowMs: number): boolean {
    this.#refill(nowMs);
    return this.#tokens >= this.#rate.burst - ROUNDING;
  }
}
