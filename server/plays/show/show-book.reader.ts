import type { ListedShow } from '../../../shared/plays/show/contract.ts';
import type { RedisClient } from '../../redis/client.ts';
import { guarded } from '../../redis/errors.ts';
import type { Keys } from '../../redis/keys.ts';

/** A show as lua/show-book.lua notes it. What is said of its end is left out while it runs. */
export type Show = {
  sessionId: string;
  title: string;
  startedAtMs: number;
  /** Number of its session in the room. */
  no: number;
  firstFact: number;
  orderBefore: number;
  endedAtMs?: number;
  lastFact?: number;
  orderLast?: number;
  /** Nothing changes any more from here on. */
  settledAtMs?: number;
};

export function listed({ sessionId, title, startedAtMs, endedAtMs = null }: ListedOf): ListedShow {
  return { sessionId, title, startedAtMs, endedAtMs };
}
type ListedOf = Omit<ListedShow, 'endedAtMs'> & { endedAtMs?: number | null };

/** The latest shows of rooms. */
export class ShowBook {
  readonly #redis: RedisClient;
  readonly #keys: Keys;

  constructor({ redis, keys }: { redis: RedisClient; keys: Keys }) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** Latest first. */
  async list(roomId: string): Promise<Show[]> {
    const all = await guarded(() => this.#redis.hvals(this.#keys.room(roomId).shows));
    return all.map((json) => JSON.parse(json) as Show).sort((a, b) => b.no - a.no);
  }

  async find(roomId: string, sessionId: string): Promise<Show | undefined> {
    return (await this.list(roomId)).find((show) => show.sessionId === sessionId);
  }

  async byNo(roomId: string, no: number): Promise<Show | undefined> {
    const json = await guarded(() => this.#redis.hget(this.#keys.room(roomId).shows, String(no)));
    return json === null ? undefined : (JSON.parse(json) as Show);
  }

  /** Number of the running show, 0 where none runs; and of the room's latest order. */
  async now(roomId: string): Promise<{ showNo: number; orderNo: number }> {
    const { head } = this.#keys.room(roomId);
    const marks = await guarded(() => this.#redis.hmget(head, 'sessionId', 'sessionNo', 'order'));
    const [sessionId, sessionNo, order] = marks as (string | null)[];
    return { showNo: sessionId ? Number(sessionNo ?? 0) : 0, orderNo: Number(order ?? 0) };
  }
}
