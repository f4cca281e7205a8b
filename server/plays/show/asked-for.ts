import type { Clock } from '../../kernel/clock.ts';

const KEPT_MS = 60_000;
const KEPT_MAX = 200;

/** Keeps what somebody asks for again and again, and forgets what nobody has asked for a minute. */
export class AskedFor<T> {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  /** Last asked last. */
  readonly #kept = new Map<string, { value: T; atMs: number }>();

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#kept.size;
  }

  get(key: string, make: () => T): T {
    this.sweep();
    const value = this.#kept.get(key)?.value ?? make();
    this.#kept.delete(key);
    this.#kept.set(key, { value, atMs: this.#clock.monotonicMs() });
    return value;
  }

  drop(key: string): void {
    this.#kept.delete(key);
  }

  sweep(): void {
    const oldestMs = this.#clock.monotonicMs() - KEPT_MS;
    for (const [key, { atMs }] of this.#kept) {
      if (atMs >= oldestMs && this.#kept.size < KEPT_MAX) return;
      this.#kept.delete(key);
    }
  }
}
