import type { RandomSource } from '../kernel/random.ts';

export type AdmissionDeps = {
  /** New connections a second, on average; twice as many at once. */
  perSecond: number;
  monotonicMs: () => number;
  random: RandomSource;
  /** How late the event loop runs, in ms. */
  lateMs: () => number;
};

/** In a storm, an event loop that runs later than this first does what it has. */
const LATE_MS = 1000;
/** Fractions of tokens add up in floating point: whoever comes exactly when told must find theirs. */
const ROUNDING = 1e-6;
/** Who would wait longer is told to ask again within this, at a time of their own. */
const WAIT_MAX_MS = 30_000;

/**
 * Lets new connections in at a rate that a node can bear, and gives everybody else a place in a queue: each refusal
 * takes the next free moment, so that whoever comes back at theirs finds room, and a storm comes in at just the rate.
 * Nothing is kept for those who wait.
 */
export class Admission {
  readonly #deps: AdmissionDeps;
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #atMs: number;
  /** Until then, every moment was given to somebody. */
  #takenUntilMs = 0;

  constructor(deps: AdmissionDeps) {
    this.#deps = deps;
    this.#perMs = deps.perSecond / 1000;
    this.#burst = 2 * deps.perSecond;
    this.#tokens = this.#burst;
    this.#atMs = deps.monotonicMs();
  }

  /** 0: come in. Else the ms after which there is room for this one. */
  take(): number {
    const nowMs = this.#deps.monotonicMs();
    this.#tokens = Math.min(this.#burst, this.#tokens + (nowMs - this.#atMs) * this.#perMs);
    this.#atMs = nowMs;
    const lateMs = this.#deps.lateMs();
    // Where few came lately, it is not they who hold it up.
    const late = lateMs > LATE_MS && this.#tokens < this.#burst / 2;
    if (!late && this.#tokens >= 1 - ROUNDING) {
      this.#tokens -= 1;
      return 0;
    }
    const freeInMs = Math.max((1 - this.#tokens) / this.#perMs, late ? lateMs : 0);
    const mineMs = Math.max(nowMs + freeInMs, this.#takenUntilMs + 1 / this.#perMs);
    const waitMs = mineMs - nowMs;
    if (waitMs > WAIT_MAX_MS) return Math.ceil(WAIT_MAX_MS * (0.5 + this.#deps.random.next() / 2));
    this.#takenUntilMs = mineMs;
    return Math.max(1, Math.ceil(waitMs));
  }
}
