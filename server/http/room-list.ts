import type { Clock } from '../kernel/clock.ts';
import type { Hidden } from '../plays/room/listed-rooms.store.ts';
import type { RoomListing, RoomStore } from '../plays/room/room.store.ts';
import type { ShelfStore } from '../plays/shelf/shelf.store.ts';

/** A room on the home page. */
export type PublicRoom = {
  roomId: string;
  title: string;
  hostName: string;
  live: boolean;
  demo: boolean;
  /** Distinct people in the room now; how many of them are simulated. */
  viewers: number;
  simulated: number;
  /** When the next show is planned; null also once nobody waits for it any more. */
  startsAtMs: number | null;
  /** The last show can be watched again. */
  replay: boolean;
  /** What is being explained, or what is first on the shelf. */
  imageUrl: string | null;
  /** Of the show that runs. */
  sessionTitle: string | null;
};

const SHOWN = 50;
const CACHE_MS = 1000;
/** A host may be late; after this, the show that was planned is not about to begin. */
export const LATE_MS = 30 * 60_000;

export type RoomListDeps = {
  rooms: { readonly listed: Pick<RoomStore['listed'], 'candidates'> };
  shelf: Pick<ShelfStore, 'cover'>;
  clock: Pick<Clock, 'monotonicMs'>;
  serverNowMs: () => number;
  /** Of a demo's rooms, those that are not shown any more. */
  forgotten?: Hidden | undefined;
};

/** The rooms of the home page. Asked of Redis once a second at most, however many ask. */
export class RoomList {
  readonly #deps: RoomListDeps;
  #cached: { atMs: number; list: Promise<PublicRoom[]> } | undefined;

  constructor(deps: RoomListDeps) {
    this.#deps = deps;
  }

  /** @throws StoreError when Redis is away. */
  read(): Promise<PublicRoom[]> {
    const nowMs = this.#deps.clock.monotonicMs();
    if (!this.#cached || nowMs - this.#cached.atMs >= CACHE_MS) {
      const list = this.#fetch();
      this.#cached = { atMs: nowMs, list };
      list.catch(() => {
        if (this.#cached?.list === list) this.#cached = undefined;
      });
    }
    return this.#cached.list;
  }

  async #fetch(): Promise<PublicRoom[]> {
    const { rooms, shelf, serverNowMs, forgotten } = this.#deps;
    const nowMs = serverNowMs();
    const found = await rooms.listed.candidates(SHOWN, nowMs - LATE_MS, forgotten);
    const shown = inOrder(found, nowMs).slice(0, SHOWN);
    return Promise.all(
      shown.map(async (listing) => publicRoom(listing, nowMs, await shelf.cover(listing.room.roomId))),
    );
  }
}

const plannedMs = ({ room }: RoomListing, nowMs: number): number | null =>
  room.startsAtMs !== null && room.startsAtMs > nowMs - LATE_MS ? room.startsAtMs : null;

/** Live ones, most watched first; then those that start soonest, those with a replay, and the rest, newest first. */
export function inOrder(listings: readonly RoomListing[], nowMs: number): RoomListing[] {
  const keyOf = (listing: RoomListing): [section: number, within: number] => {
    if (listing.session) return [0, -listing.viewers];
    const startsAtMs = plannedMs(listing, nowMs);
    if (startsAtMs !== null) return [1, startsAtMs];
    return [listing.room.replayUrl === null ? 3 : 2, -listing.room.createdAtMs];
  };
  return listings
    .map((listing) => ({ listing, key: keyOf(listing) }))
    .toSorted(
      ({ key: a, listing: { room: one } }, { key: b, listing: { room: other } }) =>
        a[0] - b[0] || a[1] - b[1] || (one.roomId < other.roomId ? -1 : 1),
    )
    .map(({ listing }) => listing);
}

function publicRoom(listing: RoomListing, nowMs: number, imageUrl: string | null): PublicRoom {
  const { room, session, viewers } = listing;
  const { roomId, title, hostName, demo } = room;
  return {
    ...{ roomId, title, hostName, live: session !== null, demo, viewers },
    simulated: Math.min(room.simulated, viewers),
    startsAtMs: plannedMs(listing, nowMs),
    replay: room.replayUrl !== null,
    imageUrl,
    sessionTitle: session?.title ?? null,
  };
}
