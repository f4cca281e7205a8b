import type { Log } from '../kernel/log.ts';

/** What nobody waits for: run at once, its failure logged, and awaited at the end. */
export class Tasks {
  readonly #log: Log;
  readonly #running = new Set<Promise<void>>();

  constructor(log: Log) {
    this.#log = log;
  }

  run(what: string, task: () => Promise<unknown>): void {
    const run = this.#guard(what, task).finally(() => this.#running.delete(run));
    this.#running.add(run);
  }

  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #guard(what: string, task: () => Promise<unknown>): Promise<void> {
    try {
      await task();
    } catch (error) {
      this.#log.error({ what, err: error }, 'the relay could not do what it had to');
    }
  }
}
