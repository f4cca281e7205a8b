import type { RedisClient } from '../../redis/client.ts';
import { guarded } from '../../redis/errors.ts';
import type { Keys } from '../../redis/keys.ts';
import type { RoomListing } from './room.store.ts';

/** Where a room stands in the lists of the home page, by what it is ordered by there; null: it is not in that list. */
export type Places = Readonly<Record<(typeof KINDS)[number], number | null>>;
const KINDS = ['live', 'planned', 'replays'] as const;

/** Two rooms that are edited while they are looked at settle at once; this many edits in a row is nobody. */
const LOOKS = 5;
/** Looked at, to find those that most people watch: the ones that went live last. */
const LIVE_READ = 200;

export type ListedRoomsDeps = {
  redis: RedisClient;
  keys: Keys;
  read: (roomId: string) => Promise<RoomListing | undefined>;
  /** The newest rooms. */
  newest: (limit: number) => Promise<RoomListing[]>;
};

/**
 * Which rooms are live, planned or replayable: an index over rooms that lie in other slots of a Cluster, so no script
 * can write it in the step that changes a room. It follows the rooms: whoever changes one brings it up to date, the
 * sweep over all rooms mends what a crash in between left out, and whoever reads it goes by the rooms themselves.
 */
export class ListedRooms {
  readonly #deps: ListedRoomsDeps;

  constructor(deps: ListedRoomsDeps) {
    this.#deps = deps;
  }

  /** To be called after a room has changed. Whatever stands in the way, the next sweep does it. */
  follow(roomId: string): void {
    this.#settle(roomId).catch(() => undefined);
  }

  /** The sweep passes. */
  async mark(roomId: string): Promise<void> {
    try {
      const places = placesOf(await this.#deps.read(roomId));
      if (KINDS.some((kind) => places[kind] !== null)) await this.#settle(roomId);
    } catch {
      // Redis is away; the sweep comes again.
    }
  }

  /**
   * Rooms for the home page, in no order: those that went live last, those planned for after `plannedAfterMs` that come
   * first, the newest with a replay, and the newest, `each` of each.
   */
  async candidates(each: number, plannedAfterMs: number): Promise<RoomListing[]> {
    const { redis, keys, read, newest } = this.#deps;
    const { live, planned, replays } = keys.listed;
    const found = await guarded(() =>
      Promise.all([
        redis.zrange(live, 0, String(LIVE_READ - 1), 'REV'),
        redis.zrange(planned, `(${plannedAfterMs}`, '+inf', 'BYSCORE', 'LIMIT', 0, each),
        redis.zrange(replays, 0, String(each - 1), 'REV'),
      ]),
    );
    const rooms = new Map((await newest(each)).map((listing) => [listing.room.roomId, listing]));
    const others = [...new Set(found.flat())].filter((roomId) => !rooms.has(roomId));
    for (const listing of await Promise.all(others.map(read))) {
      if (listing) rooms.set(listing.room.roomId, listing);
    }
    for (const [i, kind] of KINDS.entries()) {
      const outdated = (found[i] ?? []).filter((roomId) => placesOf(rooms.get(roomId))[kind] === null);
      for (const roomId of outdated) this.follow(roomId);
    }
    return [...rooms.values()];
  }

  /** Writes, then looks again: of two that do so at once, the last to write has seen what is so in the end. */
  async #settle(roomId: string): Promise<void> {
    const { read } = this.#deps;
    let places = placesOf(await read(roomId));
    for (let looks = 0; looks < LOOKS; looks += 1) {
      await this.#write(roomId, places);
      const now = placesOf(await read(roomId));
      if (KINDS.every((kind) => now[kind] === places[kind])) return;
      places = now;
    }
  }

  async #write(roomId: string, places: Places): Promise<void> {
    const { redis, keys } = this.#deps;
    await guarded(() =>
      Promise.all(
        KINDS.map((kind) => {
          const score = places[kind];
          const key = keys.listed[kind];
          return score === null ? redis.zrem(key, roomId) : redis.zadd(key, score, roomId);
        }),
      ),
    );
  }
}

function placesOf(listing: RoomListing | undefined): Places {
  if (!listing) return { live: null, planned: null, replays: null };
  const { room, session } = listing;
  return {
    live: session?.startedAtMs ?? null,
    planned: room.startsAtMs,
    replays: room.replayUrl === null ? null : room.createdAtMs,
  };
}
