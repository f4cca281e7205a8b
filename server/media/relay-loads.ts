import type { PlacementLimits, RouterLoad, WorkerLoad } from './placement.rules.ts';
import { placePublisher, placeViewer } from './placement.rules.ts';
import { payloadKeyOf, type RouterEntry, type Routers } from './relay-routers.ts';
import type { Source } from './relay-state.ts';
import type { Sfu, SfuWorker } from './sfu.ts';

/**
 * What each worker carries, with what is promised but not made yet: a hundred viewers who come at once are not all put
 * where one has room.
 */
export class Loads {
  readonly #sfu: Sfu;
  readonly #routers: Routers;
  readonly #limits: PlacementLimits;
  readonly #reserved = new Map<string, number>();
  readonly #senders = new Map<string, number>();

  constructor(sfu: Sfu, routers: Routers, limits: PlacementLimits) {
    this.#sfu = sfu;
    this.#routers = routers;
    this.#limits = limits;
  }

  /** False while the only worker is being replaced. */
  get hasWorkers(): boolean {
    return this.#sfu.workers.length > 0;
  }

  addSender(worker: SfuWorker, delta: 1 | -1): void {
    add(this.#senders, worker.id, delta);
  }

  /** Up to `wanted` more streams from a worker; answers how many it has room for. `unreserve` gives them back. */
  reserve(worker: SfuWorker, wanted: number): number {
    const free = this.#limits.consumersPerWorker - this.#consumers(worker);
    const granted = Math.max(0, Math.min(wanted, free));
    add(this.#reserved, worker.id, granted);
    return granted;
  }

  /** Made, or not wanted any more. */
  unreserve(worker: SfuWorker, count: number): void {
    add(this.#reserved, worker.id, -count);
  }

  forPublisher(): SfuWorker | undefined {
    return this.#worker(placePublisher(this.#loads()));
  }

  /** Without a reservation. `payloadTypes`: see `RouterOptions`. */
  forViewer(
    roomId: string,
    wanted: number,
    sources: readonly Source[],
    payloadTypes?: ReadonlyMap<string, number>,
  ): SfuWorker | undefined {
    const routers: RouterLoad[] = this.#routers.of(roomId, payloadKeyOf(payloadTypes)).map((entry) => ({
      workerId: entry.worker.id,
      viewers: entry.viewers,
      has: sources.filter((source) => has(entry, source)).length,
    }));
    return this.#worker(placeViewer(wanted, this.#loads(), routers, this.#limits));
  }

  #loads(): WorkerLoad[] {
    return this.#sfu.workers
      .filter((worker) => !worker.closed)
      .map((worker) => ({
        id: worker.id,
        consumers: this.#consumers(worker),
        senders: this.#senders.get(worker.id) ?? 0,
      }));
  }

  #consumers(worker: SfuWorker): number {
    return worker.consumers + (this.#reserved.get(worker.id) ?? 0);
  }

  #worker(id: string | undefined): SfuWorker | undefined {
    return id === undefined ? undefined : this.#sfu.workers.find((worker) => worker.id === id);
  }
}

function has(entry: RouterEntry, source: Source): boolean {
  return entry === source.entry || entry.piped.has(source.producer.id);
}

function add(counts: Map<string, number>, id: string, delta: number): void {
  const count = (counts.get(id) ?? 0) + delta;
  if (count === 0) counts.delete(id);
  else counts.set(id, count);
}
