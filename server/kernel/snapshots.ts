import type { ChainableCommander } from 'ioredis';
import type { RedisClient } from '../redis/client.ts';
import { guarded } from '../redis/errors.ts';
import { unwrap } from '../redis/event-log.ts';
import type { Keys, RoomKeys } from '../redis/keys.ts';
import type { Clock } from './clock.ts';
import { StoreError } from './outcome.ts';
import type { Play, Reader } from './play.ts';

export type RoomState = {
  seq: number;
  /** `atMs` of the event at `seq`; 0 when there was none. */
  seqAtMs: number;
  plays: Record<string, unknown>;
};

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

  /** Per play, what concerns one user. */
  async you(roomId: string, userId: string): Promise<Record<string, unknown>> {
    const parts = this.#plays.map((play) => ({ name: play.contract.name, reader: play.you(userId) }));
    const { plays } = await this.#transaction(roomId, parts, () => undefined);
    return plays;
  }

  forget(roomId: string): void {
    this.#cached.delete(roomId);
  }

  async #read(roomId: string): Promise<RoomState> {
    const parts = this.#plays.map((play) => ({
      name: play.contract.name,
      reader: play.snapshot as Reader<unknown>,
    }));
    const { extra, plays } = await this.#transaction(roomId, parts, (pipe, keys) => {
      pipe.hget(keys.head, 'seq');
      pipe.xrevrange(keys.events, '+', '-', 'COUNT', 1);
    });
    const [seq, last] = extra as [string | null, [string, string[]][]];
    const event = last[0]?.[1][1];
    return {
      seq: Number(seq ?? 0),
      seqAtMs: event === undefined ? 0 : (JSON.parse(event) as { atMs: number }).atMs,
      plays,
    };
  }

  async #transaction(
    roomId: string,
    parts: readonly { name: string; reader: Reader<unknown> }[],
    first: (pipe: ChainableCommander, keys: RoomKeys) => void,
  ): Promise<{ extra: unknown[]; plays: Record<string, unknown> }> {
    const keys = this.#keys.room(roomId);
    const multi = this.#redis.multi();
    const empty = multi.length;
    first(multi, keys);
    const ends = [multi.length - empty];
    for (const { reader } of parts) {
      reader.queue(multi, keys);
      ends.push(multi.length - empty);
    }
    const total = ends.at(-1) as number;
    const replies = total === 0 ? [] : unwrap(await guarded(() => multi.exec()));
    const plays: Record<string, unknown> = {};
    for (const [i, { name, reader }] of parts.entries()) {
      plays[name] = reader.parse(replies.slice(ends[i], ends[i + 1]));
    }
    return { extra: replies.slice(0, ends[0]), plays };
  }
}
