import type { RedisClient } from '../../redis/client.ts';
import { guarded } from '../../redis/errors.ts';
import type { Keys } from '../../redis/keys.ts';
import type { OpenReports } from './seller-reports.reader.ts';

export type ReportedRoom = { roomId: string; open: number; newestAtMs: number };

/** A room that is reported while it is looked at settles at once; this often in a row is nobody. */
const LOOKS = 5;
const CURSOR = /^(\d{1,13})-([a-z0-9][a-z0-9-]{0,62})$/;

/**
 * Which rooms have open reports of the seller: an index over rooms that lie in other slots of a Cluster, kept as that of
 * the home page is (server/plays/room/listed-rooms.store.ts). It follows the rooms, the sweep over all rooms adds what a
 * crash in between left out, and whoever reads it goes by the rooms themselves.
 */
export class ReportedRooms {
  readonly #deps: { redis: RedisClient; keys: Keys; read: (roomId: string) => Promise<OpenReports> };

  constructor(deps: { redis: RedisClient; keys: Keys; read: (roomId: string) => Promise<OpenReports> }) {
    this.#deps = deps;
  }

  /** To be called after a report was made or resolved. Whatever stands in the way, the next sweep does it. */
  follow(roomId: string): void {
    this.#settle(roomId).catch(() => undefined);
  }

  /** The sweep passes. */
  async mark(roomId: string): Promise<void> {
    try {
      if ((await this.#deps.read(roomId)).open > 0) await this.#settle(roomId);
    } catch {
      // Redis is away; the sweep comes again.
    }
  }

  /** Those whose newest open report was made last come first. A page may be short, or empty, with more behind it. */
  async page(limit: number, cursor?: string): Promise<{ rooms: ReportedRoom[]; nextCursor: string | null }> {
    const after = cursor === undefined ? undefined : readRoomCursor(cursor);
    const found = await this.#entries(limit, after);
    const rooms: ReportedRoom[] = [];
    const states = await Promise.all(found.map(({ roomId }) => this.#deps.read(roomId)));
    for (const [i, { roomId, atMs }] of found.entries()) {
      const { open, newestAtMs } = states[i] as OpenReports;
      if (newestAtMs !== atMs) this.follow(roomId);
      if (newestAtMs !== null) rooms.push({ roomId, open, newestAtMs });
    }
    const last = found.at(-1);
    return {
      rooms,
      nextCursor: last === undefined || found.length < limit ? null : `${last.atMs}-${last.roomId}`,
    };
  }

  /** Of several at one moment, Redis has the last of the alphabet first. */
  async #entries(limit: number, after?: Entry): Promise<Entry[]> {
    const { redis, keys } = this.#deps;
    const entries: Entry[] = [];
    for (let skip = 0; entries.length < limit; skip += limit) {
      const from = after?.atMs ?? '+inf';
      const read = await guarded(() =>
        redis.zrange(
          ...([
            keys.reportedRooms,
            from,
            '-inf',
            'BYSCORE',
            'REV',
            'LIMIT',
            skip,
            limit,
            'WITHSCORES',
          ] as const),
        ),
      );
      for (let i = 0; i < read.length && entries.length < limit; i += 2) {
        const entry = { roomId: read[i] as string, atMs: Number(read[i + 1]) };
        if (after === undefined || entry.atMs < after.atMs || entry.roomId < after.roomId)
          entries.push(entry);
      }
      if (read.length < 2 * limit) break;
    }
    return entries;
  }

  /** Writes, then looks again: of two that do so at once, the last to write has seen what is so in the end. */
  async #settle(roomId: string): Promise<void> {
    const { redis, keys, read } = this.#deps;
    let { newestAtMs } = await read(roomId);
    for (let looks = 0; looks < LOOKS; looks += 1) {
      const score = newestAtMs;
      await guarded(() =>
        score === null
          ? redis.zrem(keys.reportedRooms, roomId)
          : redis.zadd(keys.reportedRooms, score, roomId),
      );
      ({ newestAtMs } = await read(roomId));
      if (newestAtMs === score) return;
    }
  }
}

type Entry = { roomId: string; atMs: number };

/** undefined: no cursor of ours. */
export function readRoomCursor(cursor: string): Entry | undefined {
  const [, atMs, roomId] = CURSOR.exec(cursor) ?? [];
  return roomId === undefined ? undefined : { roomId, atMs: Number(atMs) };
}
