const EVERY_MS = 100;

/** How late this process is with what it should do: a timer that measures when it fires, by the true clock. */
export class Lateness {
  #timer: NodeJS.Timeout | undefined;
  #dueAtMs = 0;
  #lastMs = 0;

  constructor() {
    this.#arm();
  }

  /** The last measure, or the one that is running where it is worse already. */
  get lateMs(): number {
    return Math.max(this.#lastMs, performance.now() - this.#dueAtMs, 0);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #arm(): void {
    this.#dueAtMs = performance.now() + EVERY_MS;
    this.#timer = setTimeout(() => {
      this.#lastMs = performance.now() - this.#dueAtMs;
      this.#arm();
    }, EVERY_MS);
    this.#timer.unref();
  }
}
