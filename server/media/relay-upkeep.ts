import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { Peers } from './peers.ts';
import type { PublicationBook, RemoteSources } from './ports.ts';
import type { BookKeeper } from './relay-book.ts';
import type { Closing } from './relay-closing.ts';
import type { Egress } from './relay-egress.ts';
import type { RelayEvents } from './relay-events.ts';
import type { MediaObserver } from './relay-observer.ts';
import type { Publishing } from './relay-publishing.ts';
import type { RelayRooms } from './relay-rooms.ts';
import type { Routers } from './relay-routers.ts';
import type { Sources } from './relay-sources.ts';
import type { Carried, PeerTransport } from './relay-state.ts';
import type { Transports } from './relay-transports.ts';
import type { Sfu } from './sfu.ts';

export type UpkeepDeps = {
  sfu: Sfu;
  book: PublicationBook;
  remote: () => RemoteSources;
  clock: Clock;
  log: Log;
  observer: MediaObserver;
  peers: Peers;
  rooms: RelayRooms;
  routers: Routers;
  sources: Sources;
  transports: Transports;
  closing: Closing;
  keeper: BookKeeper;
  events: RelayEvents;
  publishing: Publishing;
  egress: Egress;
};

/** Leases, figures. A lease lasts three of these. */
const ROUND_MS = 2000;
/** Whether the show still runs, in case its end was missed. */
const SHOW_ROUNDS = 5;

/** What is done by the clock. `tick` does whatever is due; all deadlines are data. */
export class Upkeep {
  readonly #deps: UpkeepDeps;
  #nextRoundMs = Number.NEGATIVE_INFINITY;
  #rounds = 0;

  constructor(deps: UpkeepDeps) {
    this.#deps = deps;
  }

  /** Never rejects. */
  async tick(): Promise<void> {
    const { clock, closing, log, peers, rooms, routers, sources, transports } = this.#deps;
    const overdue = transports.overdue().map(async (transport) => {
      if (await this.#isBack(transport)) transport.closeAtMs = Number.POSITIVE_INFINITY;
      else await closing.shut(transport, 'ended', 'idle');
    });
    const work: Promise<unknown>[] = [...overdue, sources.sweep(), routers.sweep()];
    const inUse = new Set(peers.rooms);
    rooms.sweep((roomId) => inUse.has(roomId) || sources.hasAny(roomId));
    if (clock.monotonicMs() >= this.#nextRoundMs) {
      this.#nextRoundMs = clock.monotonicMs() + ROUND_MS;
      work.push(this.#round());
    }
    for (const result of await Promise.allSettled(work))
      if (result.status === 'rejected') log.error({ err: result.reason }, 'upkeep of the relay failed');
  }

  /** Whether one that disconnected sends again. */
  async #isBack({ disconnected, publications }: PeerTransport): Promise<boolean> {
    if (!disconnected) return false;
    const sending = [...publications].map((each) => this.#deps.publishing.isSending(each));
    return (await Promise.all(sending)).includes(true);
  }

  async #round(): Promise<void> {
    const { egress, events, keeper, sources } = this.#deps;
    this.#rounds += 1;
    const shows = this.#rounds % SHOW_ROUNDS === 0 ? this.#checkShows() : undefined;
    await Promise.all([
      keeper.retry(),
      this.#renew(),
      events.recheckRoles(),
      egress.measure(sources.all),
      shows,
    ]);
    this.#tellFigures();
  }

  async #renew(): Promise<void> {
    const { keeper, sources } = this.#deps;
    const carried = [...sources.own.values()].filter(({ publication }) => publication !== undefined);
    const byRoom = Map.groupBy(carried, ({ roomId }) => roomId);
    await Promise.all(
      [...byRoom].map(async ([roomId, each]) => {
        const missing = await keeper.renew(
          roomId,
          each.map(({ publicationId }) => publicationId),
        );
        await Promise.all(missing.map((id) => this.#lost(sources.own.get(id))));
      }),
    );
  }

  /** The book ended it while this node did not hear: by another of the same source, or since the lease ran out. */
  async #lost(carried: Carried | undefined): Promise<void> {
    if (carried === undefined) return;
    const { book, closing, log } = this.#deps;
    const { roomId, source, owner, transport, publicationId } = carried;
    const current = await book.current(roomId, owner.peer.userId, source).catch(() => undefined);
    log.info({ roomId, publicationId, replaced: current !== undefined }, 'a publication is over by the book');
    await closing.takeAway(carried, current === undefined ? 'lost' : 'replaced', false);
    if (transport.publications.size === 0)
      await closing.shut(transport, 'lost', current === undefined ? 'worker-died' : 'removed');
  }

  async #checkShows(): Promise<void> {
    const { book, events, peers, log } = this.#deps;
    const watched = new Set([...peers.all].filter(({ receiver }) => receiver).map(({ peer }) => peer.roomId));
    await Promise.all(
      [...watched].map(async (roomId) => {
        try {
          if (!(await book.isLive(roomId))) await events.offAir(roomId);
        } catch (error) {
          log.debug({ roomId, err: error }, 'whether a show runs is not known');
        }
      }),
    );
  }

  #tellFigures(): void {
    const { egress, observer, peers, remote, routers, sfu, sources, transports } = this.#deps;
    let consumers = 0;
    for (const state of peers.all) consumers += state.consumers.size;
    const senders = [...transports.all].filter(({ direction }) => direction === 'send').length;
    observer.figures({
      workers: sfu.workers.length,
      routers: routers.size,
      senders,
      receivers: transports.all.size - senders,
      producers: sources.own.size,
      ingresses: sources.ingresses.length,
      consumers,
      pipes: remote().pipes,
      egressBitsPerSecond: egress.bitsPerSecond,
    });
  }
}
