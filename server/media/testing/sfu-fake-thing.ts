import { SfuClosed } from '../sfu.ts';

/** Something with an id and an end, which is the end of what is inside it as well. */
export class FakeThing {
  readonly id: string;
  readonly #inside = new Set<FakeThing>();
  readonly #endListeners: (() => void)[] = [];
  #closed = false;

  constructor(id: string, owner?: FakeThing) {
    this.id = id;
    if (!owner) return;
    owner.#inside.add(this);
    this.onEnd(() => owner.#inside.delete(this));
  }

  get closed(): boolean {
    return this.#closed;
  }

  onEnd(listener: () => void): void {
    this.#endListeners.push(listener);
  }

  end(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const thing of [...this.#inside]) thing.end();
    for (const listener of this.#endListeners) listener();
  }

  async close(): Promise<void> {
    this.end();
  }

  /** A turn of asking the worker: whatever closes meanwhile is closed when the answer comes. */
  async ask(): Promise<void> {
    this.alive();
    await Promise.resolve();
    this.alive();
  }

  /** @throws SfuClosed */
  alive(): void {
    if (this.#closed) throw new SfuClosed('closed already');
  }
}
