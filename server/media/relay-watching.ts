import { STAFF } from '../../shared/kernel/units.ts';
import type { MediaConsumer } from '../../shared/plays/media/contract.ts';
import { type Outcome, ok, refuse } from '../kernel/outcome.ts';
import type { RandomSource } from '../kernel/random.ts';
import type { Peer, PublicationBook, Relay, Watched } from './ports.ts';
import type { Closing } from './relay-closing.ts';
import type { Consuming } from './relay-consuming.ts';
import type { Egress } from './relay-egress.ts';
import type { Loads } from './relay-loads.ts';
import type { MediaObserver } from './relay-observer.ts';
import type { RelayRooms } from './relay-rooms.ts';
import { payloadKeyOf, type Routers } from './relay-routers.ts';
import type { Sources } from './relay-sources.ts';
import type { Missing, NoReceiver, PeerState, PeerTransport, Watching, WatchWish } from './relay-state.ts';
import type { Transports } from './relay-transports.ts';
import { dropWatching } from './relay-watchers.ts';
import { SfuBadInput, SfuClosed, type SfuConsumer, type SfuWorker } from './sfu.ts';

export type ViewingDeps = {
  book: Pick<PublicationBook, 'isLive'>;
  random: RandomSource;
  consumersPerPeer: number;
  egress: Egress;
  observer: MediaObserver;
  consuming: Consuming;
  routers: Routers;
  loads: Loads;
  transports: Transports;
  sources: Sources;
  closing: Closing;
  rooms: RelayRooms;
};

type Refused = 'MEDIA_UNAVAILABLE' | 'MEDIA_FULL' | 'OFF_AIR';
type Change = Parameters<Relay['adjust']>[2];

/** Those who could not come in are spread over a while. */
const RETRY_MIN_MS = 2000;
const RETRY_SPREAD = 1.5;
/** A worker that died is replaced in less. */
const SOON_MS = 300;

export const isStaff = (peer: Peer): boolean => STAFF.includes(peer.role());

/** Receiving transports of peers and what runs over them. */
export class Viewing {
  readonly #deps: ViewingDeps;

  constructor(deps: ViewingDeps) {
    this.#deps = deps;
  }

  async watch(state: PeerState, wish: WatchWish): Promise<Outcome<Watched, Refused>> {
    const { book, loads, rooms } = this.#deps;
    const { roomId } = state.peer;
    const shows = rooms.showsEnded(roomId);
    if (!isStaff(state.peer) && !(await book.isLive(roomId))) return refuse('OFF_AIR');
    if (state.left) return refuse('MEDIA_UNAVAILABLE');
    if (wish.fresh === true) await this.#startOver(state);
    if (state.receiver === undefined && this.#deps.egress.isFull) return this.#full();

    const wanted = [...new Set(wish.publicationIds)];
    const added = wanted.filter((id) => !state.watching.has(id));
    const seats: Seats = { worker: undefined, count: 0 };
    const opening = state.receiver === undefined;
    try {
      const receiver = await (state.receiver ?? this.#openReceiver(state, added, wish.payloadTypes, seats));
      if (receiver === 'MEDIA_FULL') return this.#full();
      if (receiver === 'gone') return this.#full(SOON_MS);
      if (receiver === 'CANNOT_PLAY') {
        const missing = wanted.map((publicationId) => ({ publicationId, code: receiver }));
        return ok({ transport: null, transportId: '', consumers: [], missing });
      }
      if (!opening) take(seats, receiver.entry.worker, loads.reserve(receiver.entry.worker, added.length));
      const got = await Promise.all(wanted.map((id) => this.#receive(state, receiver, id, wish, seats)));
      return await this.#answer(state, receiver, wanted, got, { opening, shows });
    } finally {
      if (seats.worker !== undefined) loads.unreserve(seats.worker, seats.count);
    }
  }

  async unwatch(state: PeerState, consumerIds: readonly string[]): Promise<void> {
    const own = consumerIds.flatMap((id) => state.consumers.get(id) ?? []);
    await Promise.all(own.map(dropWatching));
  }

  async adjust(
    state: PeerState,
    consumerId: string,
    change: Change,
  ): Promise<Outcome<Record<string, never>, 'CONSUMER_NOT_FOUND'>> {
    const watching = state.consumers.get(consumerId);
    if (watching?.consumer === undefined) return refuse('CONSUMER_NOT_FOUND');
    const { consumer } = watching;
    try {
      const { paused, spatialLayer, temporalLayer } = change;
      if (consumer.type !== 'simple' && (spatialLayer !== undefined || temporalLayer !== undefined)) {
        watching.spatialLayer = Math.min(spatialLayer ?? watching.spatialLayer, consumer.spatialLayers - 1);
        watching.temporalLayer = temporalLayer ?? watching.temporalLayer;
        await consumer.setPreferredLayers(watching.spatialLayer, watching.temporalLayer);
      }
      if (paused !== undefined) {
        watching.paused = paused;
        await consumer.setPaused(paused);
      }
      return ok({});
    } catch (error) {
      if (error instanceof SfuClosed) return refuse('CONSUMER_NOT_FOUND');
      throw error;
    }
  }

  /** The show may have ended, and the peer or the worker gone, while all this was made. */
  async #answer(
    state: PeerState,
    receiver: PeerTransport,
    wanted: readonly string[],
    got: readonly (Watching | Missing)[],
    { opening, shows }: { opening: boolean; shows: number },
  ): Promise<Outcome<Watched, Refused>> {
    const { closing, rooms } = this.#deps;
    if (rooms.showsEnded(state.peer.roomId) !== shows && !isStaff(state.peer)) {
      await closing.shut(receiver, 'ended');
      return refuse('OFF_AIR');
    }
    if (receiver.closed) return state.left ? refuse('MEDIA_UNAVAILABLE') : this.#full(SOON_MS);
    const consumers: MediaConsumer[] = [];
    const missing: Watched['missing'] = [];
    for (const [i, publicationId] of wanted.entries()) {
      const each = got[i] as Watching | Missing;
      if (typeof each === 'string') missing.push({ publicationId, code: each });
      else if (each.closed || !each.consumer) missing.push({ publicationId, code: 'PUBLICATION_NOT_FOUND' });
      else consumers.push(described(publicationId, each.consumer));
    }
    for (const { code } of missing) this.#deps.observer.refused(code);
    if (opening && state.consumers.size === 0 && missing.some(({ code }) => code === 'MEDIA_FULL')) {
      await closing.shut(receiver, 'ended');
      return this.#full();
    }
    const transport = opening ? receiver.transport.parameters : null;
    return ok({ transport, transportId: receiver.id, consumers, missing });
  }

  /** The receiving transport, for all who ask while it is opened. Leaves the seats of what is wanted reserved. */
  #openReceiver(
    state: PeerState,
    wanted: readonly string[],
    payloadTypes: ReadonlyMap<string, number> | undefined,
    seats: Seats,
  ): NonNullable<PeerState['receiver']> {
    const opening = this.#open(state, wanted, payloadTypes, seats);
    state.receiver = opening;
    const forget = (): void => {
      if (state.receiver === opening) state.receiver = undefined;
    };
    opening.then((opened) => (typeof opened === 'string' ? forget() : undefined), forget);
    return opening;
  }

  async #open(
    state: PeerState,
    wanted: readonly string[],
    payloadTypes: ReadonlyMap<string, number> | undefined,
    seats: Seats,
  ): Promise<PeerTransport | NoReceiver> {
    const { loads, routers, sources, transports } = this.#deps;
    const { roomId } = state.peer;
    if (!routers.takesPayloads(roomId, payloadKeyOf(payloadTypes))) return 'CANNOT_PLAY';
    const known = wanted.flatMap((id) => sources.local(roomId, id) ?? []);
    const worker = loads.forViewer(roomId, wanted.length, known, payloadTypes);
    if (worker === undefined) return loads.hasWorkers ? 'MEDIA_FULL' : 'gone';
    take(seats, worker, loads.reserve(worker, wanted.length));
    const entry = routers.take(roomId, worker, payloadTypes);
    entry.viewers += 1;
    try {
      return (await transports.open(state, 'receive', entry)) ?? 'gone';
    } catch (error) {
      if (error instanceof SfuClosed) return 'gone';
      // Payload types that do not go together.
      if (error instanceof SfuBadInput) return 'CANNOT_PLAY';
      throw error;
    }
  }

  /** One publication. A repeated wish, also one that is under way, has the same consumer. */
  async #receive(
    state: PeerState,
    receiver: PeerTransport,
    publicationId: string,
    wish: WatchWish,
    seats: Seats,
  ): Promise<Watching | Missing> {
    const known = state.watching.get(publicationId);
    if (known !== undefined) return known;
    if (state.watching.size >= this.#deps.consumersPerPeer || seats.count === 0) return 'MEDIA_FULL';
    seats.count -= 1;
    const making = this.#deps.consuming
      .consume(receiver, publicationId, wish.rtpCapabilities)
      .finally(() => this.#deps.loads.unreserve(receiver.entry.worker, 1));
    state.watching.set(publicationId, making);
    const made = await making;
    const failed = typeof made === 'string' || made.closed;
    if (failed && state.watching.get(publicationId) === making) state.watching.delete(publicationId);
    return made;
  }

  /** Whoever begins anew does not know what it has here: nothing of it stays. */
  async #startOver(state: PeerState): Promise<void> {
    const held = await state.receiver?.catch(() => undefined);
    if (typeof held === 'object') await this.#deps.closing.shut(held, 'ended');
  }

  #full(minMs = RETRY_MIN_MS): { ok: false; code: 'MEDIA_FULL'; retryAfterMs: number } {
    const spreadMs = minMs * RETRY_SPREAD;
    const retryAfterMs = Math.round(minMs + this.#deps.random.next() * spreadMs);
    return refuse('MEDIA_FULL', { retryAfterMs }) as { ok: false; code: 'MEDIA_FULL'; retryAfterMs: number };
  }
}

/** Streams of a worker that are promised to one call and not made yet. */
type Seats = { worker: SfuWorker | undefined; count: number };

function take(seats: Seats, worker: SfuWorker, count: number): void {
  seats.worker = worker;
  seats.count = count;
}

function described(publicationId: string, consumer: SfuConsumer): MediaConsumer {
  const { id, producerId, kind, type, rtpParameters, spatialLayers } = consumer;
  return {
    ...{ consumerId: id, publicationId, producerId, kind, type, spatialLayers },
    rtpParameters: rtpParameters as MediaConsumer['rtpParameters'],
  };
}
