import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../../config/schema.ts';
import { mediaShare } from '../../config/worker-settings.ts';
import type { DemoSecrets } from '../../demo/secrets.ts';
import { createMetrics, type Figures } from '../../http/metrics.ts';
import type { RedisMode } from '../../http/readiness.ts';
import { type Clock, systemClock } from '../../kernel/clock.ts';
import type { Log } from '../../kernel/log.ts';
import { Stopped } from '../lifetime.ts';
import { forkWorker } from './fork.ts';
import type { ToPrimary, ToWorker, WorkerSetup } from './messages.ts';
import type { PortHold } from './port-hold.ts';
import { SummedMetrics } from './summed-metrics.ts';
import { type Forked, WorkerSlot } from './worker-slot.ts';

export type WorkersOptions = {
  config: Config;
  count: number;
  /** Taken. */
  port: PortHold;
  redisUrl: string;
  redisMode: RedisMode;
  demoSecrets: DemoSecrets | undefined;
  log: Log;
  /** Aborted when somebody wants to stop. */
  stopAsked: AbortSignal;
  clock?: Clock;
};

/** Longest wait for the figures of a worker; its probe of Redis takes a second of it at most. */
const FIGURES_MS = 2000;
/** A worker that was asked to stop has so much longer than its clients have to move. */
const STOP_MS = 60_000;

/** The workers behind one port, kept going by this process. */
export class Workers {
  readonly #options: WorkersOptions;
  readonly #slots: readonly WorkerSlot[];
  readonly #sum = new SummedMetrics();
  readonly #metrics = createMetrics({ processMetrics: true });
  readonly #collecting = new Map<number, (worker: number, figures: Figures) => void>();
  #lastId = 0;
  #text: Promise<string | undefined> | undefined;
  #url = '';
  #closing: Promise<void> | undefined;

  constructor(options: WorkersOptions) {
    this.#options = options;
    const { log, clock = systemClock } = options;
    this.#metrics.workersExpected.set(options.count);
    this.#slots = Array.from({ length: options.count }, (_, index) => {
      const worker = index + 1;
      return new WorkerSlot({
        ...{ worker, log, clock },
        fork: () => this.#fork(worker),
        setup: () => ({ kind: 'start', setup: this.#setup(worker) }),
        delay: (ms, signal) => pause(ms, undefined, { signal }),
        every: (ms, round) => {
          const timer = setInterval(round, ms);
          return () => clearInterval(timer);
        },
        onMessage: (message, reply) => this.#hear(worker, message, reply),
        onListening: (url) => {
          this.#url = url;
          void options.port.give();
        },
        onDied: (listened) => this.#died(worker, listened),
      });
    });
  }

  /** Where the workers listen. */
  get url(): string {
    return this.#url;
  }

  /**
   * Resolves when all of them listen.
   * @throws StartFailure when one cannot be started; Stopped
   */
  async start(): Promise<void> {
    const { stopAsked } = this.#options;
    if (stopAsked.aborted) throw new Stopped();
    const stopped = new Promise<never>((_, reject) => {
      stopAsked.addEventListener('abort', () => reject(new Stopped()), { once: true });
    });
    await Promise.race([Promise.all(this.#slots.map((slot) => slot.start())), stopped]);
  }

  /** Asks all of them to stop, at once, and waits for them. */
  close(): Promise<void> {
    const withinMs = this.#options.config.drainMs + STOP_MS;
    this.#closing ??= Promise.all(this.#slots.map((slot) => slot.close(withinMs))).then(() => undefined);
    return this.#closing;
  }

  /** Ends them without waiting for anything. */
  abandon(): void {
    for (const slot of this.#slots) slot.kill();
  }

  async #fork(worker: number): Promise<Forked> {
    // Nobody of ours is on the port: whoever is there now is not to get our viewers.
    if (!this.#slots.some((slot) => slot.listens)) await this.#options.port.take();
    return forkWorker(worker);
  }

  #setup(worker: number): WorkerSetup {
    const { config, count, port, redisUrl, redisMode, demoSecrets } = this.#options;
    return {
      ...{ worker, redisUrl, redisMode, demoSecrets },
      config: {
        ...{ ...config, ...mediaShare({ ...config, workers: count }, worker - 1) },
        port: port.port,
        // The same in each life, so that what an earlier one left in Redis is known as its own.
        nodeId: `${config.nodeId}-${worker}`,
      },
      listen: port.listen,
      leads: worker === 1,
    };
  }

  #died(worker: number, listened: boolean): void {
    const { port, log } = this.#options;
    this.#sum.end(worker);
    this.#metrics.workersDied.inc();
    if (!listened || this.#closing || this.#slots.some((slot) => slot.listens)) return;
    // One that is just starting may be on the port, before it says so. Else this is told when a worker is to start.
    port.take().catch((err: unknown) => log.debug({ err }, 'the port is not free'));
  }

  #hear(worker: number, message: ToPrimary, reply: (message: ToWorker) => void): void {
    switch (message.kind) {
      case 'figures':
        this.#sum.note(worker, message.figures);
        this.#collecting.get(message.id)?.(worker, message.figures);
        return;
      case 'last-figures':
        this.#sum.note(worker, message.figures);
        return;
      case 'ask-sum':
        void this.#summed().then((text) => reply({ kind: 'sum', id: message.id, text }));
    }
  }

  /** Whoever asks meanwhile shares it. Never rejects. */
  #summed(): Promise<string | undefined> {
    this.#text ??= this.#collect()
      .catch((err: unknown) => {
        this.#options.log.error({ err }, 'the figures of the workers could not be added up');
        return undefined;
      })
      .finally(() => {
        this.#text = undefined;
      });
    return this.#text;
  }

  async #collect(): Promise<string> {
    this.#lastId += 1;
    const id = this.#lastId;
    const asked = this.#slots.filter((slot) => slot.listens);
    const answered = new Map<number, Figures>();
    const late = new AbortController();
    const all = new Promise<void>((resolve) => {
      if (asked.length === 0) resolve();
      this.#collecting.set(id, (worker, figures) => {
        answered.set(worker, figures);
        if (answered.size === asked.length) resolve();
      });
    });
    for (const slot of asked) slot.send({ kind: 'tell-figures', id });
    await Promise.race([all, pause(FIGURES_MS, undefined, { signal: late.signal }).catch(() => undefined)]);
    late.abort();
    this.#collecting.delete(id);
    this.#metrics.workers.set(answered.size);
    const own = await this.#metrics.registry.getMetricsAsJSON();
    return this.#sum.text(answered, own.filter(isOfPrimary));
  }
}

const OF_PRIMARY = new Set([
  'livestall_workers',
  'livestall_workers_expected',
  'livestall_workers_died_total',
]);

/** The primary's own memory and CPU count too; its loop does nothing that anyone waits for. */
function isOfPrimary({ name }: Figures[number]): boolean {
  return name.startsWith('process_') || OF_PRIMARY.has(name);
}
