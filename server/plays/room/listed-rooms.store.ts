import type { RedisClient } from '../../redis/client.ts';
import { guarded } from '../../redis/errors.ts';
import type { Keys } from '../../redis/keys.ts';
import type { RoomListing } from './room.store.ts';

/** Where a room stands in the lists of the home page, by what it is ordered by there; null: it is not in that list. */
export type Places = Readonly<Record<(typeof KINDS)[number], number | null>>;
const KINDS = ['live', 'planned', 'replays'] as const;

/** Two rooms that are edited while they are looked at settle at once; this many edits in a row is nobody. */
const LOOKS = 5;
/** Looked at, to find those that most people watch: how many that are is as old as the last sweep. */
export const LIVE_READ = 200;
/** Ids that a look at a list goes through, to find rooms that are not hidden. */
const IDS_MAX = 10_000;

export type ListedRoomsDeps = {
  redis: RedisClient;
  keys: Keys;
  read: (roomId: string) => Promise<RoomListing | undefined>;
};

/** Of these rooms, those that are not to be found. */
export type Hidden = (roomIds: readonly string[]) => Promise<ReadonlySet<string>>;

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

  /** The sweep passes: brings up to date also how many watch. */
  async mark(roomId: string): Promise<void> {
    try {
      const places = placesOf(await this.#deps.read(roomId));
      if (KINDS.some((kind) => places[kind] !== null)) await this.#settle(roomId);
    } catch {
      // Redis is away; the sweep comes again.
    }
  }

  /**
   * Rooms for the home page, in no order: the live ones that most people watch, those planned for after
   * `plannedAfterMs` that come first, the newest with a replay, and the newest, `each` of each that is not hidden.
   */
  async candidates(each: number, plannedAfterMs: number, hidden?: Hidden): Promise<RoomListing[]> {
    const { redis, keys, read } = this.#deps;
    const { live, planned, replays } = keys.listed;
    const highest =
      (key: string): Part =>
      (from, count) =>
        redis.zrange(key, from, String(from + count - 1), 'REV');
    const found = await Promise.all([
      shown(LIVE_READ, highest(live), hidden),
      shown(
        each,
        (from, count) => redis.zrange(planned, `(${plannedAfterMs}`, '+inf', 'BYSCORE', 'LIMIT', from, count),
        hidden,
      ),
      shown(each, highest(replays), hidden),
      shown(each, highest(keys.rooms), hidden),
    ]);
    const rooms = new Map<string, RoomListing>();
    for (const listing of await Promise.all([...new Set(found.flat())].map(read))) {
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
      if (KINDS.every((kind) => isSettled(kind, now[kind], places[kind]))) return;
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

type Part = (from: number, count: number) => Promise<string[]>;

/** The first `wanted` of a list that are not hidden. Reads on in ever larger parts: a few calls, however many are. */
async function shown(wanted: number, part: Part, hidden: Hidden | undefined): Promise<string[]> {
  const found: string[] = [];
  for (let from = 0, count = wanted; from < IDS_MAX; from += count, count *= 2) {
    const ids = await guarded(() => part(from, count));
    const without = (await hidden?.(ids)) ?? new Set();
    found.push(...ids.filter((roomId) => !without.has(roomId)));
    if (found.length >= wanted || ids.length < count) break;
  }
  return found.slice(0, wanted);
}

/** How many watch changes all the time, and is a hint. */
function isSettled(kind: (typeof KINDS)[number], now: number | null, written: number | null): boolean {
  return kind === 'live' ? (now === null) === (written === null) : now === written;
}

/** Most watched first; of as many, those that went live last. Exact for two million viewers. */
function liveScore(viewers: number, startedAtMs: number): number {
  return viewers * 2 ** 32 + Math.floor(startedAtMs / 1000);
}

function placesOf(listing: RoomListing | undefined): Places {
  if (!listing) return { live: null, planned: null, replays: null };
  const { room, session, viewers } = listing;
  return {
    live: session && liveScore(viewers, session.startedAtMs),
    planned: room.startsAtMs,
    replays: room.replayUrl === null ? null : room.createdAtMs,
  };
}
