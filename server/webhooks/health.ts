import type { RandomSource } from '../kernel/random.ts';
import type { Claim } from './lane-store.ts';
import { FAILURES_UNTIL_DOWN, probeDelayMs } from './schedule.ts';

/**
 * Whether an endpoint fails as a whole, by what came of a lane's messages. While it is down, only the
 * oldest message is tried, and the backlog stays in the ledger.
 */
export class Health {
  readonly #random: RandomSource;
  readonly #failing: Set<number>;
  #down: { probes: number; probeInMs: number } | undefined;
  /** Since when it is down, as far as Redis knows. */
  readonly downSinceMs: number | undefined;
  #probing: boolean;
  #cameBack = false;

  constructor({ failing, probes, downSinceMs }: Claim, random: RandomSource) {
    this.#random = random;
    this.#failing = new Set(failing);
    this.downSinceMs = downSinceMs;
    this.#probing = downSinceMs !== undefined;
    if (downSinceMs !== undefined) this.#down = { probes, probeInMs: probeDelayMs(probes, random) };
  }

  get down(): { probes: number; probeInMs: number } | undefined {
    return this.#down;
  }
  /** It came back, and Redis does not know yet that what waits may go. */
  get cameBack(): boolean {
    return this.#cameBack;
  }
  told(): void {
    this.#cameBack = false;
  }
  /** Numbers of the messages that failed in a row. */
  get failing(): string {
    return [...this.#failing].join(',');
  }

  /** True when it had been down. */
  succeeded(): boolean {
    this.#failing.clear();
    const wasDown = this.#down !== undefined;
    this.#down = undefined;
    this.#probing = false;
    if (wasDown) this.#cameBack = true;
    return wasDown;
  }

  /** `pauseMs`: the receiver said for how long it wants to be left alone. */
  failed(n: number, pauseMs: number | undefined): void {
    if (this.#failing.size < FAILURES_UNTIL_DOWN) this.#failing.add(n);
    if (this.#probing) {
      const probes = (this.#down?.probes ?? 0) + 1;
      this.#down = { probes, probeInMs: probeDelayMs(probes, this.#random) };
      this.#probing = false;
    } else if (!this.#down && this.#failing.size >= FAILURES_UNTIL_DOWN) {
      this.#down = { probes: 0, probeInMs: probeDelayMs(0, this.#random) };
    }
    if (pauseMs === undefined) return;
    const { probes = 0, probeInMs = 0 } = this.#down ?? {};
    this.#down = { probes, probeInMs: Math.max(pauseMs, probeInMs) };
  }
}
