import type { RedisClient } from './client.ts';
import { asStoreError, guarded } from './errors.ts';
import type { Keys } from './keys.ts';

export type LogSlice =
  /** Every event after the seq that was asked for, as published, oldest first. */
  | { kind: 'events'; headSeq: number; raw: string[] }
  /** The log no longer reaches that far back, or there is too much of it. */
  | { kind: 'gone'; headSeq: number };

/** Reads of a room's event log. Only scripts write it (`emit` in lua/kernel.lua). */
export class EventLog {
  readonly #redis: RedisClient;
  readonly #keys: Keys;

  constructor(redis: RedisClient, keys: Keys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** Seq of the last event; 0 when there was none. */
  async headSeq(roomId: string): Promise<number> {
    const keys = this.#keys.room(roomId);
    return Number((await guarded(() => this.#redis.hget(keys.head, 'seq'))) ?? 0);
  }

  /**
   * The events after `seq`, at most `limit` of them. With `atMs`, only if the event at `seq` still is
   * the one of that time: a crash of Redis may have taken it back and another taken its place.
   */
  async after(roomId: string, seq: number, limit: number, atMs?: number): Promise<LogSlice> {
    const keys = this.#keys.room(roomId);
    const check = atMs !== undefined && seq > 0;
    const first = check ? seq : seq + 1;
    const replies = await guarded(() =>
      this.#redis
        .multi()
        .hget(keys.head, 'seq')
        .xrange(keys.events, `${first}-0`, '+', 'COUNT', limit + 2)
        .exec(),
    );
    const [head, range] = unwrap(replies) as [string | null, [string, string[]][]];
    const headSeq = Number(head ?? 0);
    const raw = range.map(([, fields]) => fields[1] as string);
    const contiguous =
      raw.length === headSeq - first + 1 && (raw.length === 0 || range[0]?.[0] === `${first}-0`);
    if (seq > headSeq || !contiguous) return { kind: 'gone', headSeq };
    if (check) {
      const known = JSON.parse(raw.shift() as string) as { atMs: number };
      if (known.atMs !== atMs) return { kind: 'gone', headSeq };
    }
    return raw.length > limit ? { kind: 'gone', headSeq } : { kind: 'events', headSeq, raw };
  }
}

/** Replies of MULTI/EXEC or a pipeline; throws the first error among them. */
export function unwrap(replies: [error: Error | null, result: unknown][] | null): unknown[] {
  if (replies === null) throw new Error('transaction was discarded');
  return replies.map(([error, result]) => {
    if (error) throw asStoreError(error);
    return result;
  });
}
