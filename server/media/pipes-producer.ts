import type { SenderReport, SfuProducer } from './sfu.ts';

/**
 * The producer at the receiving end of a pipe. To its users the loss of the pipe is a close that they hear of; their
 * own `close()` ends the pipe.
 */
export class FedProducer implements SfuProducer {
  readonly #inner: SfuProducer;
  readonly #endPipe: () => Promise<void>;
  readonly #listeners = new Set<() => void>();
  #state: 'open' | 'closed' | 'lost' = 'open';

  constructor(inner: SfuProducer, endPipe: () => Promise<void>) {
    this.#inner = inner;
    this.#endPipe = endPipe;
    // Its router or worker is gone.
    inner.onClosed(() => void endPipe());
  }

  get id() {
    return this.#inner.id;
  }
  get kind() {
    return this.#inner.kind;
  }
  get type() {
    return this.#inner.type;
  }
  get paused() {
    return this.#inner.paused;
  }
  get rtpParameters() {
    return this.#inner.rtpParameters;
  }
  get closed() {
    return this.#state !== 'open' || this.#inner.closed;
  }

  setPaused(paused: boolean) {
    return this.#inner.setPaused(paused);
  }
  stats() {
    return this.#inner.stats();
  }
  onSenderReport(listener: (report: SenderReport) => void): void {
    this.#inner.onSenderReport(listener);
  }

  onClosed(listener: () => void): void {
    // The pipe may be lost before anybody could listen.
    if (this.#state === 'lost') queueMicrotask(listener);
    else this.#listeners.add(listener);
  }

  async close(): Promise<void> {
    if (this.#state === 'open') this.#state = 'closed';
    await this.#inner.close();
    await this.#endPipe();
  }

  /** The pipe has ended. */
  async lose(): Promise<void> {
    const unasked = this.#state === 'open';
    if (unasked) this.#state = 'lost';
    try {
      await this.#inner.close();
    } finally {
      if (unasked) for (const listener of this.#listeners) listener();
      this.#listeners.clear();
    }
  }
}
