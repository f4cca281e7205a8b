import type { Clock } from '../kernel/clock.ts';

const EVERY_MS = 1000;
/** The first tick after a ping shows 1 s of silence: the second is a miss, the third one more. */
const SILENT_TICKS = 3;

export type WatchdogOptions = {
  ping: () => Promise<unknown>;
  /** It is silent. Once. */
  onSilent: () => void;
  clock: Pick<Clock, 'monotonicMs'>;
};

/**
 * Notices a process that does not answer any more: stopped, or stuck. One that is merely slow is left alone, and so
 * is everyone while this process is behind itself: then answers may be waiting to be read.
 */
export class Watchdog {
  readonly #options: WatchdogOptions;
  #timer: NodeJS.Timeout | undefined;
  #dueMs = 0;
  #waiting = false;
  #silentTicks = 0;

  constructor(options: WatchdogOptions) {
    this.#options = options;
  }

  start(): void {
    this.#dueMs = this.#options.clock.monotonicMs() + EVERY_MS;
    this.#timer ??= setInterval(() => this.tick(), EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  tick(): void {
    const nowMs = this.#options.clock.monotonicMs();
    const lateMs = nowMs - this.#dueMs;
    this.#dueMs = nowMs + EVERY_MS;
    if (!this.#waiting) {
      this.#ping();
      return;
    }
    if (lateMs > EVERY_MS / 2) return;
    this.#silentTicks += 1;
    if (this.#silentTicks < SILENT_TICKS) return;
    this.stop();
    this.#options.onSilent();
  }

  #ping(): void {
    this.#waiting = true;
    this.#silentTicks = 0;
    const answered = () => {
      this.#waiting = false;
    };
    // A refusal is an answer as well.
    this.#options.ping().then(answered, answered);
  }
}
