import type { Clock } from '../kernel/clock.ts';
import { SfuClosed, type SfuProducer, type SfuRouter, type SfuWorker } from './sfu.ts';

/** A router of one room on one worker, for one set of payload types. */
export type RouterEntry = {
  readonly roomId: string;
  readonly worker: SfuWorker;
  /** '' where the relay chooses payload types. */
  readonly payloadKey: string;
  readonly ready: Promise<SfuRouter>;
  /** Receiving transports in it, or about to be. */
  viewers: number;
  /** Whatever must not lose it: transports, publications from other nodes. */
  uses: number;
  idleSinceMs: number;
  /** Producers of other routers of the room that are piped into it, or about to be. */
  readonly piped: Map<string, Promise<SfuProducer>>;
};

/** What every media worker of this node carries for a room: made when it is needed, closed a while after. */
export class Routers {
  readonly #clock: Clock;
  readonly #lingerMs: number;
  readonly #payloadMapsPerRoom: number;
  readonly #rooms = new Map<string, Map<string, RouterEntry>>();

  constructor(options: { clock: Clock; lingerMs: number; payloadMapsPerRoom: number }) {
    this.#clock = options.clock;
    this.#lingerMs = options.lingerMs;
    this.#payloadMapsPerRoom = options.payloadMapsPerRoom;
  }

  get size(): number {
    let size = 0;
    for (const room of this.#rooms.values()) size += room.size;
    return size;
  }

  of(roomId: string, payloadKey: string): RouterEntry[] {
    const room = [...(this.#rooms.get(roomId)?.values() ?? [])];
    return room.filter((entry) => entry.payloadKey === payloadKey);
  }

  has(roomId: string): boolean {
    return this.#rooms.has(roomId);
  }

  /** Whether one more set of payload types fits into the room, or it has this one. */
  takesPayloads(roomId: string, payloadKey: string): boolean {
    if (payloadKey === '') return true;
    const keys = new Set([...(this.#rooms.get(roomId)?.values() ?? [])].map((entry) => entry.payloadKey));
    keys.delete('');
    return keys.has(payloadKey) || keys.size < this.#payloadMapsPerRoom;
  }

  /** Takes a use of the router, which `release` gives back. It may not be up yet: see `ready`. */
  take(roomId: string, worker: SfuWorker, payloadTypes?: ReadonlyMap<string, number>): RouterEntry {
    const payloadKey = payloadKeyOf(payloadTypes);
    const key = `${worker.id} ${payloadKey}`;
    const room = this.#rooms.get(roomId) ?? new Map<string, RouterEntry>();
    this.#rooms.set(roomId, room);
    let entry = room.get(key);
    if (entry === undefined) {
      const ready = worker.createRouter(payloadTypes === undefined ? {} : { payloadTypes });
      const made: RouterEntry = {
        ...{ roomId, worker, payloadKey, ready, viewers: 0, uses: 0 },
        idleSinceMs: this.#clock.monotonicMs(),
        piped: new Map(),
      };
      ready.catch(() => this.#forget(made));
      room.set(key, made);
      entry = made;
    }
    entry.uses += 1;
    return entry;
  }

  release(entry: RouterEntry): void {
    entry.uses -= 1;
    entry.idleSinceMs = this.#clock.monotonicMs();
  }

  /**
   * Has a producer of one router in another of the room, by one pipe however many ask.
   * @throws SfuClosed when one of them is gone
   */
  async pipe(from: RouterEntry, producer: SfuProducer, to: RouterEntry): Promise<void> {
    if (from === to) return;
    const known = to.piped.get(producer.id);
    if (known !== undefined) {
      await known;
      return;
    }
    const piping = this.#pipe(from, producer, to);
    to.piped.set(producer.id, piping);
    const forget = (): void => {
      if (to.piped.get(producer.id) === piping) to.piped.delete(producer.id);
    };
    piping.then((piped) => piped.onClosed(forget), forget);
    await piping;
  }

  /** Closes what nobody has used for a while. */
  async sweep(): Promise<void> {
    const untilMs = this.#clock.monotonicMs() - this.#lingerMs;
    const idle: RouterEntry[] = [];
    for (const room of this.#rooms.values()) {
      for (const entry of room.values())
        if (entry.uses === 0 && entry.idleSinceMs <= untilMs) idle.push(entry);
    }
    for (const entry of idle) this.#forget(entry);
    await Promise.all(idle.map(closed));
  }

  /** A worker is gone, and all its routers with it. */
  drop(worker: SfuWorker): void {
    for (const room of [...this.#rooms.values()]) {
      for (const entry of [...room.values()]) if (entry.worker === worker) this.#forget(entry);
    }
  }

  async close(): Promise<void> {
    const all = [...this.#rooms.values()].flatMap((room) => [...room.values()]);
    this.#rooms.clear();
    await Promise.all(all.map(closed));
  }

  async #pipe(from: RouterEntry, producer: SfuProducer, to: RouterEntry): Promise<SfuProducer> {
    const [source, target] = await Promise.all([from.ready, to.ready]);
    if (producer.closed) throw new SfuClosed('the producer is closed');
    return source.pipeTo(target, producer.id);
  }

  #forget(entry: RouterEntry): void {
    const room = this.#rooms.get(entry.roomId);
    const key = `${entry.worker.id} ${entry.payloadKey}`;
    if (room?.get(key) !== entry) return;
    room.delete(key);
    if (room.size === 0) this.#rooms.delete(entry.roomId);
  }
}

/** The same for the same types, in whatever order. */
export function payloadKeyOf(payloadTypes: ReadonlyMap<string, number> | undefined): string {
  if (payloadTypes === undefined) return '';
  const pairs = [...payloadTypes].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(pairs);
}

async function closed(entry: RouterEntry): Promise<void> {
  try {
    await (await entry.ready).close();
  } catch {
    // It never was, or is gone with its worker.
  }
}
