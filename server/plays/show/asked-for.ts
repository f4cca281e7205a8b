import type { Clock } from '../../kernel/clock.ts';

const KEPT_MS = 60_000;
const KEPT_MAX = 200;

type Kept<T> = { value: T; atMs: number; uses: number };

/**
 * Keeps what somebody asks for again and again, and forgets what nobody has asked for a minute. What is being worked on
 * is never forgotten: who asks again would begin it anew, and never see its end.
 */
export class AskedFor<T> {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  /** Last asked last. */
  readonly #kept = new Map<string, Kept<T>>();

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#kept.size;
  }

  async using<R>(key: string, make: () => T, work: (value: T) => Promise<R>): Promise<R> {
    const kept = this.#ask(key, make);
    kept.uses += 1;
    try {
      return await work(kept.value);
    } finally {
      kept.uses -= 1;
    }
  }

  drop(key: string): void {
    this.#kept.delete(key);
  }

  sweep(): void {
    const oldestMs = this.#clock.monotonicMs() - KEPT_MS;
    for (const [key, { atMs, uses }] of this.#kept) {
      if (atMs >= oldestMs && this.#kept.size < KEPT_MAX) return;
      if (uses === 0) this.#kept.delete(key);
    }
  }

  #ask(key: string, make: () => T): Kept<T> {
    const nowMs = this.#clock.monotonicMs();
    const known = this.#kept.get(key);
    // What is asked for now does not make place for itself.
    this.#kept.delete(key);
    this.sweep();
    const isKept = known !== undefined && (known.uses > 0 || known.atMs >= nowMs - KEPT_MS);
    const kept = isKept ? known : { value: make(), atMs: nowMs, uses: 0 };
    kept.atMs = nowMs;
    this.#kept.set(key, kept);
    return kept;
  }
}
