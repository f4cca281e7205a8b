import type { Stock } from '../../shared/trade/replay.ts';
import type { RedisClient } from '../redis/client.ts';
import { redisNowMs } from '../redis/due-queue.ts';
import { guarded } from '../redis/errors.ts';
import { unwrap } from '../redis/event-log.ts';
import type { Keys } from '../redis/keys.ts';
import { purposeKey } from '../trade/signing-keys.ts';
import { factPages, streamEnds } from './fact-stream.ts';
import { pseudonym, publicFact } from './public-fact.ts';
import { findScheduled } from './scheduled-fact.ts';

export const PUBLIC_FACTS_MAX = 5000;
/** A fact so old is on Redis' disk: it stays what it is. */
const FINAL_MS = 10_000;
const PLANNED_KEPT = 1000;

export type PublicLedgerDeps = { redis: RedisClient; keys: Keys; signingSecret: string };

/** What a server says of a sale after a fact. */
export type StockProof = {
  saleId: string;
  title: string;
  /** Of the last fact of the room when the totals were read, all at one moment. */
  fact: number;
  atMs: number;
  /** Where to begin: the fact that planned the sale. null: it has been archived. */
  fromFact: number | null;
  totals: Stock;
};

export type PublicPage =
  | { kind: 'facts'; lines: AsyncIterable<string>; final: boolean }
  /** They have been archived: the ledger begins at `firstN`. */
  | { kind: 'gone'; firstN: number };

/** What anyone may read of a room's ledger. */
export class PublicLedger {
  readonly #deps: PublicLedgerDeps;
  readonly #key: Buffer;
  /** Numbers of the facts that planned sales: they never change. */
  readonly #planned = new Map<string, number>();

  constructor(deps: PublicLedgerDeps) {
    this.#deps = deps;
    this.#key = purposeKey(deps.signingSecret, 'pseudonyms');
  }

  pseudonymOf(roomId: string, userId: string): string {
    return pseudonym(this.#key, roomId, userId);
  }

  /** Facts after `after`, at most `limit` of them. `final`: this very answer stays right for ever. */
  async page(roomId: string, after: number, limit: number): Promise<PublicPage> {
    const { redis, keys } = this.#deps;
    const room = keys.room(roomId);
    const { ledger } = room;
    const ends = await streamEnds(redis, room);
    if (after + 1 < ends.firstN) return { kind: 'gone', firstN: ends.firstN };
    const to = after + limit;
    let final = false;
    if (to <= ends.lastN) {
      for await (const [last] of factPages(redis, ledger, to, to)) {
        final = last !== undefined && last.at <= (await redisNowMs(redis)) - FINAL_MS;
      }
    }
    return { kind: 'facts', lines: this.#lines(roomId, after + 1, Math.min(to, ends.lastN)), final };
  }

  async *#lines(roomId: string, from: number, to: number): AsyncGenerator<string> {
    const { redis, keys } = this.#deps;
    const nameOf = (userId: string): string => this.pseudonymOf(roomId, userId);
    for await (const page of factPages(redis, keys.room(roomId).ledger, from, to)) {
      yield page.map((fact) => `${JSON.stringify(publicFact(fact, nameOf))}\n`).join('');
    }
  }

  /** undefined: there is no such sale. */
  async proof(roomId: string, saleId: string): Promise<StockProof | undefined> {
    const { redis, keys } = this.#deps;
    const room = keys.room(roomId);
    const replies = await guarded(() =>
      redis
        .multi()
        .hget(room.head, 'fact')
        .hmget(room.sale(saleId), 'title', 'total', 'available', 'held', 'sold')
        .zscore(room.sales, saleId)
        .exec(),
    );
    const [fact, [title, ...figures], plannedAtMs] = unwrap(replies) as [
      string | null,
      (string | null)[],
      string | null,
    ];
    if (typeof title !== 'string' || plannedAtMs === null) return undefined;
    const [total = 0, available = 0, held = 0, sold = 0] = figures.map(Number);
    return {
      ...{ saleId, title, fact: Number(fact ?? 0), atMs: await redisNowMs(redis) },
      fromFact: await this.#plannedBy(roomId, saleId, Number(plannedAtMs)),
      totals: { total, available, held, sold },
    };
  }

  async #plannedBy(roomId: string, saleId: string, plannedAtMs: number): Promise<number | null> {
    const { redis, keys } = this.#deps;
    const room = keys.room(roomId);
    const key = `${roomId} ${saleId}`;
    const known = this.#planned.get(key) ?? (await findScheduled(redis, room, saleId, plannedAtMs));
    if (known === undefined) return null;
    this.#planned.set(key, known);
    if (this.#planned.size > PLANNED_KEPT) this.#planned.delete(this.#planned.keys().next().value ?? '');
    const ends = await streamEnds(redis, room);
    return ends.firstN <= known ? known : null;
  }
}
