import type { Clock } from '../../kernel/clock.ts';
import type { Log } from '../../kernel/log.ts';
import { StartFailure } from '../failure.ts';
import type { ToPrimary, ToWorker } from './messages.ts';

/** A process that has just been forked, as far as a slot needs it. */
export type Forked = {
  readonly pid: number | undefined;
  /** Nothing happens when it is not there any more. */
  send(message: ToWorker): void;
  kill(signal: NodeJS.Signals): void;
  onMessage(listener: (message: ToPrimary) => void): void;
  onExit(listener: (code: number | null, signal: NodeJS.Signals | null) => void): void;
};

export type SlotDeps = {
  /** From 1. */
  worker: number;
  /** Rejects while a worker cannot be started; that counts as one that died at once. */
  fork: () => Promise<Forked>;
  setup: () => ToWorker;
  log: Log;
  clock: Clock;
  delay: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Until the function that it gives is called. */
  every: (ms: number, round: () => void) => () => void;
  /** All that is not about starting and ending. */
  onMessage: (message: ToPrimary, reply: (message: ToWorker) => void) => void;
  onListening: (url: string) => void;
  onDied: (listened: boolean) => void;
};

/** One that dies this soon died of something that will be there again. */
const STABLE_MS = 30_000;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
/** Until the first one has listened, so many deaths are a start that fails. */
const FIRST_ATTEMPTS = 3;
const START_TIMEOUT_MS = 60_000;
const PING_MS = 5000;
/** Rounds and not time: a machine that slept has done nothing wrong. */
const SILENT_ROUNDS = 6;

type Ended = { code: number | null; signal: NodeJS.Signals | null };
type Life = {
  forked: Forked;
  sinceMs: number;
  listened: boolean;
  failed: { message: string; known: boolean } | undefined;
  ended: Promise<Ended>;
};

/** The place of one worker after the other: one that dies is followed by a new one, for ever. */
export class WorkerSlot {
  readonly #deps: SlotDeps;
  readonly #closing = new AbortController();
  #life: Life | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(deps: SlotDeps) {
    this.#deps = deps;
  }

  /** Whether there is a worker that listens. */
  get listens(): boolean {
    return this.#life?.listened === true;
  }

  /**
   * Resolves when the first worker listens.
   * @throws StartFailure when it says why it cannot, or dies again and again. Once it has listened, others follow
   */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#running = this.#run(resolve).catch(reject);
    });
  }

  send(message: ToWorker): void {
    this.#life?.forked.send(message);
  }

  /** Asks the worker to stop and waits for its end, which comes within `timeoutMs`. */
  async close(timeoutMs: number): Promise<void> {
    this.#closing.abort();
    this.send({ kind: 'stop' });
    const force = setTimeout(() => {
      this.#deps.log.error({ process: this.#deps.worker, timeoutMs }, 'a worker does not stop; ending it');
      this.kill();
    }, timeoutMs);
    await this.#running;
    clearTimeout(force);
  }

  /** At once, and for good. */
  kill(): void {
    this.#closing.abort();
    this.#life?.forked.kill('SIGKILL');
  }

  async #run(onFirst: () => void): Promise<void> {
    const { log, clock, delay, worker, onDied } = this.#deps;
    const { signal } = this.#closing;
    let hasListened = false;
    for (let failures = 0; !signal.aborted; ) {
      const life = await this.#launch(() => {
        hasListened = true;
        onFirst();
      });
      const { code, signal: by } = await life.ended;
      this.#life = undefined;
      if (signal.aborted) return;
      const livedMs = Math.round(clock.monotonicMs() - life.sinceMs);
      failures = life.listened && livedMs >= STABLE_MS ? 0 : failures + 1;
      onDied(life.listened);
      if (!hasListened && life.failed?.known) throw new StartFailure(life.failed.message);
      const cause =
        life.failed?.message ?? (by === null ? `it exited with ${code}` : `it was ended by ${by}`);
      if (!hasListened && failures >= FIRST_ATTEMPTS) {
        throw new StartFailure(
          `Worker ${worker} could not be started in ${failures} attempts. The last time, ${cause}.`,
          'What it said itself is above.',
        );
      }
      const waitMs = Math.min(FIRST_WAIT_MS * 2 ** Math.max(0, failures - 1), LONGEST_WAIT_MS);
      log.error(
        { process: worker, pid: life.forked.pid, livedMs, waitMs, cause },
        'a worker ended; starting it again',
      );
      await delay(waitMs, signal).catch(() => undefined);
    }
  }

  /** Never rejects: a worker that cannot be forked has ended already. */
  async #launch(onListening: () => void): Promise<Life> {
    const { log, clock, worker, fork, setup, every } = this.#deps;
    const head = { sinceMs: clock.monotonicMs(), listened: false };
    let forked: Forked;
    try {
      forked = await fork();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      log.debug({ process: worker, err: error }, 'a worker cannot be started');
      const ended = Promise.resolve({ code: null, signal: null });
      return { ...head, ended, forked: NOBODY, failed: { message: error.message, known: false } };
    }
    const life: Life = {
      ...{ ...head, forked, failed: undefined },
      ended: new Promise((resolve) => forked.onExit((code, signal) => resolve({ code, signal }))),
    };
    this.#life = life;
    const tooLate = setTimeout(() => {
      life.failed = { message: `it did not listen within ${START_TIMEOUT_MS / 1000} s`, known: false };
      forked.kill('SIGKILL');
    }, START_TIMEOUT_MS);
    void life.ended.then(() => clearTimeout(tooLate));
    let silentRounds = 0;
    forked.onMessage((message) => {
      silentRounds = 0;
      if (message.kind === 'failed') life.failed = message;
      else if (message.kind === 'listening') {
        clearTimeout(tooLate);
        life.listened = true;
        onListening();
        this.#deps.onListening(message.url);
        const unwatch = every(PING_MS, () => {
          if (this.#closing.signal.aborted) return;
          silentRounds += 1;
          if (silentRounds <= SILENT_ROUNDS) return forked.send({ kind: 'ping' });
          life.failed = {
            message: `it did not answer for ${(PING_MS * SILENT_ROUNDS) / 1000} s`,
            known: false,
          };
          forked.kill('SIGKILL');
        });
        void life.ended.then(unwatch);
      } else if (message.kind !== 'pong') this.#deps.onMessage(message, (reply) => forked.send(reply));
    });
    forked.send(setup());
    if (this.#closing.signal.aborted) forked.send({ kind: 'stop' });
    return life;
  }
}

const NOBODY: Forked = {
  pid: undefined,
  send: () => undefined,
  kill: () => undefined,
  onMessage: () => undefined,
  onExit: () => undefined,
};
