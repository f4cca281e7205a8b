const SECOND_MS = 1000;
const EVERY_MS = 250;

/** Tells when tokens end: one timer for all connections of a node instead of one each. */
export class Expiries<C> {
  readonly #nowMs: () => number;
  readonly #onExpired: (connection: C) => void;
  /** By the second in which they end, rounded up. */
  readonly #bySecond = new Map<number, Set<C>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(nowMs: () => number, onExpired: (connection: C) => void) {
    this.#nowMs = nowMs;
    this.#onExpired = onExpired;
  }

  /** `expiresAtMs` is Unix time; Infinity: never. */
  add(connection: C, expiresAtMs: number): void {
    if (!Number.isFinite(expiresAtMs)) return;
    const second = Math.ceil(expiresAtMs / SECOND_MS);
    let connections = this.#bySecond.get(second);
    if (!connections) {
      connections = new Set();
      this.#bySecond.set(second, connections);
    }
    connections.add(connection);
    this.#arm();
  }

  /** To be called with what `add` was given. */
  remove(connection: C, expiresAtMs: number): void {
    const second = Math.ceil(expiresAtMs / SECOND_MS);
    const connections = this.#bySecond.get(second);
    connections?.delete(connection);
    if (connections?.size === 0) this.#bySecond.delete(second);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#bySecond.clear();
  }

  #arm(): void {
    if (this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#sweep();
      if (this.#bySecond.size > 0) this.#arm();
    }, EVERY_MS);
    this.#timer.unref();
  }

  #sweep(): void {
    const nowMs = this.#nowMs();
    for (const [second, connections] of this.#bySecond) {
      if (second * SECOND_MS > nowMs) continue;
      this.#bySecond.delete(second);
      for (const connection of connections) this.#onExpired(connection);
    }
  }
}
