import type { Duplex } from 'node:stream';

/** Counts what is open by key and refuses above a limit. */
export class Counter {
  readonly #counts = new Map<string, number>();

  add(key: string, max: number): boolean {
    const count = this.#counts.get(key) ?? 0;
    if (count >= max) return false;
    this.#counts.set(key, count + 1);
    return true;
  }

  remove(key: string): void {
    const count = this.#counts.get(key) ?? 0;
    if (count <= 1) this.#counts.delete(key);
    else this.#counts.set(key, count - 1);
  }
}

/**
 * Network connections that were upgraded and have not said who they are, counted by address: they cost a socket
 * each, and nothing else asks them for anything until the connect timeout.
 */
export class Entering {
  readonly #addresses = new Counter();
  readonly #open = new Map<Duplex, () => void>();

  /** False: too many of this address already. */
  add(line: Duplex, address: string, max: number): boolean {
    if (!this.#addresses.add(address, max)) return false;
    const gone = (): void => {
      this.#open.delete(line);
      line.removeListener('close', gone);
      this.#addresses.remove(address);
    };
    this.#open.set(line, gone);
    line.once('close', gone);
    return true;
  }

  /** It said who it is: others count it from now on. */
  entered(line: Duplex): void {
    this.#open.get(line)?.();
  }

  get size(): number {
    return this.#open.size;
  }

  /** Cuts all of them off. */
  close(): void {
    for (const line of [...this.#open.keys()]) line.destroy();
  }
}
