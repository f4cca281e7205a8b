import type { Log } from '../kernel/log.ts';
import { StoreError } from '../kernel/outcome.ts';
import type { RedisClient } from '../redis/client.ts';
import { guarded } from '../redis/errors.ts';
import { unwrap } from '../redis/event-log.ts';
import type { Keys } from '../redis/keys.ts';

export type RoomPlacesDeps = {
  redis: RedisClient;
  keys: Keys;
  /** Rooms that this node follows: somebody is in them here, or sends video. */
  followed: () => Iterable<string>;
  serverNowMs: () => number;
  log: Log;
};

/** Rooms are never deleted, and anybody may make one here. */
export const DEMO_ROOMS_MAX = 200;
/** A room with nobody in it for so long gives its place up. */
export const FORGOTTEN_AFTER_MS = 24 * 3_600_000;
const LOOK_EVERY_MS = 60_000;
const MEMBERS_A_CALL = 500;

/**
 * The places of rooms that visitors of a demo made: when somebody was last in each. A room without anybody for a day is
 * forgotten: it takes no place and no line of the home page, though its address works on, and whoever enters it brings
 * it back. A room that is "live" with nobody there is no show.
 */
export class RoomPlaces {
  readonly #deps: RoomPlacesDeps;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(deps: RoomPlacesDeps) {
    this.#deps = deps;
  }

  /** Every node tells of its rooms, so that one that crashes takes along a minute at most. */
  start(): void {
    this.#timer = setInterval(() => {
      this.#running = this.look().catch((err) => {
        const level = err instanceof StoreError ? 'debug' : 'error';
        this.#deps.log[level]({ err }, "made rooms' places could not be kept");
      });
    }, LOOK_EVERY_MS);
    this.#timer.unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  /**
   * Taken before the room is made: a node that dies in between leaves one place less for a day, never a room too many.
   * False: there is none.
   */
  async take(roomId: string): Promise<boolean> {
    const { redis, keys, serverNowMs } = this.#deps;
    const nowMs = serverNowMs();
    const replies = await guarded(() =>
      redis
        .multi()
        .zadd(keys.demoRooms, nowMs, roomId)
        .zcount(keys.demoRooms, nowMs - FORGOTTEN_AFTER_MS, '+inf')
        .exec(),
    );
    const [, taken] = unwrap(replies) as [number, number];
    if (taken <= DEMO_ROOMS_MAX) return true;
    await guarded(() => redis.zrem(keys.demoRooms, roomId));
    return false;
  }

  /** Notes that there are people in the rooms that this node follows. */
  async look(): Promise<void> {
    const { redis, keys, followed, serverNowMs } = this.#deps;
    const nowMs = serverNowMs();
    const rooms = [...followed()];
    for (let at = 0; at < rooms.length; at += MEMBERS_A_CALL) {
      const members = rooms.slice(at, at + MEMBERS_A_CALL).flatMap((roomId) => [nowMs, roomId]);
      // XX: only those that visitors made; GT: the clocks of two nodes may differ.
      await guarded(() => redis.zadd(keys.demoRooms, 'XX', 'GT', ...members));
    }
  }

  /** Of these rooms, those that were made by visitors and forgotten. */
  async forgotten(roomIds: readonly string[]): Promise<ReadonlySet<string>> {
    if (roomIds.length === 0) return new Set();
    const { redis, keys, serverNowMs } = this.#deps;
    const seen = await guarded(() => redis.zmscore(keys.demoRooms, ...roomIds));
    const sinceMs = serverNowMs() - FORGOTTEN_AFTER_MS;
    return new Set(
      roomIds.filter((_, i) => {
        const at = seen[i];
        return typeof at === 'string' && Number(at) < sinceMs;
      }),
    );
  }
}
