/** Commands that were not answered yet, by connection. Connections without one cost nothing. */
export class CallsUnderWay<K> {
  readonly #counts = new Map<K, number>();
  readonly #waiting = new Map<K, () => void>();

  /** The arguments of a packet; its ack, where it has one, now also says that the call has ended. */
  counted(key: K, args: unknown[]): unknown[] {
    const ack = args.at(-1);
    if (typeof ack !== 'function') return args;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    return [
      ...args.slice(0, -1),
      (reply: unknown): void => {
        ack(reply);
        this.#ended(key);
      },
    ];
  }

  /** Resolves once nothing is under way, or the connection is gone. For one waiter a connection. */
  idle(key: K): Promise<void> {
    if (!this.#counts.has(key)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.set(key, resolve));
  }

  /** The connection is gone; nobody hears its answers. */
  forget(key: K): void {
    this.#counts.delete(key);
    this.#waiting.get(key)?.();
    this.#waiting.delete(key);
  }

  #ended(key: K): void {
    const left = (this.#counts.get(key) ?? 0) - 1;
    if (left > 0) this.#counts.set(key, left);
    else this.forget(key);
  }
}
