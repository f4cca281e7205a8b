import { MediasoupWorker, type WorkerSettings } from './mediasoup-worker.ts';

/** A worker that lived shorter than this died of something that will be there again. */
const STABLE_MS = 5000;
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 10_000;

export type SlotOptions = {
  settings: WorkerSettings;
  nextId: () => string;
  onDied: (worker: MediasoupWorker) => void;
};

/** The place, and the port, of one worker after the other: one that dies is followed by a new one, for ever. */
export class MediasoupSlot {
  readonly #port: number;
  readonly #options: SlotOptions;
  #worker: MediasoupWorker | undefined;
  #starting: Promise<unknown> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  #closed = false;

  constructor(port: number, options: SlotOptions) {
    this.#port = port;
    this.#options = options;
  }

  get worker(): MediasoupWorker | undefined {
    return this.#worker;
  }

  /** @throws when it does not start; later ones are tried again instead */
  start(): Promise<void> {
    const starting = this.#start();
    this.#starting = starting.catch(() => undefined);
    return starting;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await this.#starting;
    await this.#worker?.close();
  }

  async #start(): Promise<void> {
    const { settings, nextId } = this.#options;
    const worker = await MediasoupWorker.start(nextId(), this.#port, settings);
    const sinceMs = settings.clock.monotonicMs();
    this.#worker = worker;
    settings.log.info({ worker: worker.id, pid: worker.pid }, 'media worker is up');
    worker.onDied((error) => {
      const livedMs = settings.clock.monotonicMs() - sinceMs;
      settings.log.error({ worker: worker.id, pid: worker.pid, livedMs, err: error }, 'media worker died');
      this.#failures = livedMs < STABLE_MS ? this.#failures + 1 : 0;
      this.#restart();
      this.#options.onDied(worker);
    });
  }

  #restart(): void {
    if (this.#closed) return;
    const waitMs =
      this.#failures === 0 ? 0 : Math.min(FIRST_WAIT_MS * 2 ** (this.#failures - 1), LONGEST_WAIT_MS);
    this.#retry = setTimeout(() => {
      this.start().catch((error: unknown) => {
        this.#failures += 1;
        this.#options.settings.log.error({ err: error }, 'media worker does not start; trying again');
        this.#restart();
      });
    }, waitMs);
  }
}
