import type { ChainableCommander } from 'ioredis';
import type { RedisClient } from '../redis/client.ts';
import { guarded } from '../redis/errors.ts';
import { unwrap } from '../redis/event-log.ts';
import type { Keys, RoomKeys } from '../redis/keys.ts';
import { isScriptUnknown, sendSources } from '../redis/queued-script.ts';
import type { Clock } from './clock.ts';
import { StoreError } from './outcome.ts';
import type { Play, Reader } from './play.ts';

export type RoomState = {
  seq: number;
  /** `atMs` of the event at `seq`; 0 when there was none. */
  seqAtMs: number;
  plays: Record<string, unknown>;
  /** `plays` as JSON, encoded once for all who join. */
  json: string;
};

/** Users of a room who come together are asked of in one transaction, so many at most. */
const USERS_AT_ONCE = 32;

type You = Record<string, unknown>;
type Waiting = { userId: string; resolve: (you: You) => void; reject: (error: unknown) => void };

/** A state is shared by joiners for at most this long, even where no event says that it is old. */
const FRESH_MS = 1000;

/**
 * Reads the state of a room: all plays and the seq at one moment (MULTI). Joiners that come together
 * share one read.
 */
export class Snapshots {
  readonly #redis: RedisClient;
  readonly #keys: Keys;
  readonly #plays: readonly Play[];
  readonly #clock: Clock;
  readonly #cached = new Map<string, { state: RoomState; atMs: number }>();
  readonly #reading = new Map<string, Promise<RoomState>>();
  readonly #waiting = new Map<string, Waiting[]>();

  constructor(redis: RedisClient, keys: Keys, plays: readonly Play[], clock: Clock) {
    this.#redis = redis;
    this.#keys = keys;
    this.#plays = plays;
    this.#clock = clock;
  }

  /** The state at a seq of at least `minSeq`: what was sent up to there need not be sent again. */
  async room(roomId: string, minSeq: number): Promise<RoomState> {
    const cached = this.#cached.get(roomId);
    if (cached && cached.state.seq >= minSeq && this.#clock.monotonicMs() - cached.atMs < FRESH_MS) {
      return cached.state;
    }
    const running = this.#reading.get(roomId);
    if (running) {
      const state = await running;
      if (state.seq >= minSeq) return state;
    }
    const reading = this.#read(roomId).finally(() => {
      if (this.#reading.get(roomId) === reading) this.#reading.delete(roomId);
    });
    this.#reading.set(roomId, reading);
    const state = await reading;
    if (state.seq < minSeq) throw new StoreError('UNAVAILABLE', 'redis is behind what this node has sent');
    this.#cached.set(roomId, { state, atMs: this.#clock.monotonicMs() });
    return state;
  }

  /** Per play, what concerns one user. Those who are asked for in the same turn share a transaction. */
  you(roomId: string, userId: string): Promise<You> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(roomId);
      const mine = { userId, resolve, reject };
      if (waiting && waiting.length < USERS_AT_ONCE) {
        waiting.push(mine);
        return;
      }
      const group = [mine];
      this.#waiting.set(roomId, group);
      setImmediate(() => {
        if (this.#waiting.get(roomId) === group) this.#waiting.delete(roomId);
        void this.#readYou(roomId, group);
      });
    });
  }

  async #readYou(roomId: string, group: readonly Waiting[]): Promise<void> {
    try {
      const readers = group.flatMap(({ userId }) => this.#plays.map((play) => play.you(userId)));
      const { parts } = await this.#transaction(roomId, readers, () => undefined);
      for (const [i, { resolve }] of group.entries()) {
        const mine = parts.slice(i * this.#plays.length, (i + 1) * this.#plays.length);
        resolve(this.#byPlay(mine));
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  forget(roomId: string): void {
    this.#cached.delete(roomId);
  }

  async #read(roomId: string): Promise<RoomState> {
    const readers = this.#plays.map((play) => play.snapshot as Reader<unknown>);
    const { extra, parts } = await this.#transaction(roomId, readers, (pipe, keys) => {
      pipe.hget(keys.head, 'seq');
      pipe.xrevrange(keys.events, '+', '-', 'COUNT', 1);
    });
    const [seq, last] = extra as [string | null, [string, string[]][]];
    const event = last[0]?.[1][1];
    const plays = this.#byPlay(parts);
    return {
      seq: Number(seq ?? 0),
      seqAtMs: event === undefined ? 0 : (JSON.parse(event) as { atMs: number }).atMs,
      plays,
      json: JSON.stringify(plays),
    };
  }

  #byPlay(parts: readonly unknown[]): Record<string, unknown> {
    return Object.fromEntries(this.#plays.map((play, i) => [play.contract.name, parts[i]]));
  }

  /** All at one moment. Sent a second time, with the scripts' source, to a Redis that has forgotten them. */
  async #transaction(
    roomId: string,
    readers: readonly Reader<unknown>[],
    first: (pipe: ChainableCommander, keys: RoomKeys) => void,
  ): Promise<{ extra: unknown[]; parts: unknown[] }> {
    const keys = this.#keys.room(roomId);
    const ends: number[] = [];
    const execute = (withSources: boolean) => {
      const multi = this.#redis.multi();
      if (withSources) sendSources(multi);
      const empty = multi.length;
      first(multi, keys);
      ends.splice(0, ends.length, multi.length - empty);
      for (const reader of readers) {
        reader.queue(multi, keys);
        ends.push(multi.length - empty);
      }
      return ends.at(-1) === 0 ? Promise.resolve([]) : guarded(() => multi.exec());
    };
    let raw = await execute(false);
    if (raw?.some(([error]) => isScriptUnknown(error))) raw = await execute(true);
    const replies = unwrap(raw);
    return {
      extra: replies.slice(0, ends[0]),
      parts: readers.map((reader, i) => reader.parse(replies.slice(ends[i], ends[i + 1]))),
    };
  }
}
