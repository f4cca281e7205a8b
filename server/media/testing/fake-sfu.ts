import { routerCodecs } from '../codecs.ts';
import {
  type RouterOptions,
  type SenderReport,
  type Sfu,
  SfuBadInput,
  type SfuEvents,
  type SfuWorker,
} from '../sfu.ts';
import { type FakeHost, FakeRouter } from './sfu-fake-router.ts';
import { FakeThing } from './sfu-fake-thing.ts';
import type { FakeClientTransport, FakeProducer } from './sfu-fake-transport.ts';

/**
 * A relay in memory, for tests of what is built on the port: the refusals and events of the real one, ids that count
 * up, and nothing that flows. What happens to workers and peers, a test makes happen.
 */
export class FakeSfu implements Sfu {
  readonly #listeners = new Set<SfuEvents['onWorkerDied']>();
  readonly #transports = new Map<string, FakeClientTransport>();
  readonly #producers = new Set<FakeProducer>();
  readonly #counts = new Map<string, number>();
  #workers: FakeWorker[];
  #closed = false;

  constructor({ workers = 1 }: { workers?: number } = {}) {
    this.#workers = Array.from({ length: workers }, () => this.#createWorker());
  }

  get workers(): readonly SfuWorker[] {
    return this.#workers;
  }

  on(_event: 'onWorkerDied', listener: SfuEvents['onWorkerDied']): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const worker of this.#workers.splice(0)) worker.end();
  }

  /** As `kill -9`: all in it closes, listeners hear of it, a new worker takes its slot. */
  killWorker(id: string): void {
    const slot = this.#workers.findIndex((worker) => worker.id === id);
    const [worker] = slot < 0 ? [] : this.#workers.splice(slot, 1);
    if (!worker) throw new Error(`there is no worker ${id}`);
    worker.end();
    for (const listener of this.#listeners) listener(worker);
    queueMicrotask(() => {
      if (!this.#closed) this.#workers.splice(slot, 0, this.#createWorker());
    });
  }

  /** The peer of a transport is gone. */
  disconnect(transportId: string): void {
    const transport = this.#transports.get(transportId);
    if (!transport) throw new Error(`there is no transport ${transportId}`);
    transport.disconnect();
  }

  /** The sender of a producer sends a report. */
  report(producerId: string, report: SenderReport): void {
    for (const producer of this.#producers) if (producer.id === producerId) producer.report(report);
  }

  /** What `stats()` of a producer, in each router that has it, answers from now on. */
  measure(producerId: string, stats: Partial<Awaited<ReturnType<FakeProducer['stats']>>>): void {
    for (const producer of this.#producers) if (producer.id === producerId) producer.measured(stats);
  }

  #nextId(kind: string): string {
    const no = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, no);
    return `${kind}-${no}`;
  }

  #createWorker(): FakeWorker {
    return new FakeWorker({
      nextId: (kind) => this.#nextId(kind),
      onTransport: (transport) => {
        this.#transports.set(transport.id, transport);
        transport.onEnd(() => this.#transports.delete(transport.id));
      },
      onProducer: (producer) => {
        this.#producers.add(producer);
        producer.onEnd(() => this.#producers.delete(producer));
      },
    });
  }
}

class FakeWorker extends FakeThing implements SfuWorker {
  readonly pid = 0;
  consumers = 0;
  readonly #host: FakeHost;

  constructor(host: Omit<FakeHost, 'onConsumer'>) {
    super(host.nextId('worker'));
    this.#host = {
      ...host,
      onConsumer: (consumer) => {
        this.consumers += 1;
        consumer.onEnd(() => {
          this.consumers -= 1;
        });
      },
    };
  }

  async createRouter({ payloadTypes }: RouterOptions = {}): Promise<FakeRouter> {
    await this.ask();
    try {
      return new FakeRouter(this, routerCodecs(payloadTypes), this.#host);
    } catch (error) {
      throw new SfuBadInput('these payload types do not go together', { cause: error });
    }
  }

  async usage(): ReturnType<SfuWorker['usage']> {
    await this.ask();
    return { cpuMs: 0, peakMemoryBytes: 0 };
  }
}
