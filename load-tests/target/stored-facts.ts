import type { Redis } from 'ioredis';
import type { RoomKeys } from '../../server/redis/keys.ts';

/** A fact of the ledger as far as the kit reads it, past the server. */
export type StoredFact = {
  n: number;
  kind: string;
  actor: string;
  opId: string;
  atMs: number;
  data: {
    orderId?: string;
    saleId?: string;
    from?: string | null;
    to?: string;
    source?: string;
    holdExpiresAtMs?: number;
  };
};

const AT_ONCE = 1000;

/** The facts of a room, oldest first, a thousand at a time. */
export async function* readFacts(redis: Redis, keys: RoomKeys): AsyncGenerator<StoredFact> {
  let from = '-';
  for (;;) {
    const entries = await redis.xrange(keys.ledger, from, '+', 'COUNT', AT_ONCE);
    for (const [id, flat] of entries) {
      const field = (name: string): string => flat[flat.indexOf(name) + 1] ?? '';
      yield {
        n: Number(id.slice(0, id.indexOf('-'))),
        kind: field('kind'),
        actor: field('actor'),
        opId: field('op'),
        atMs: Number(field('at')),
        data: JSON.parse(field('data')) as StoredFact['data'],
      };
    }
    const last = entries.at(-1);
    if (!last || entries.length < AT_ONCE) return;
    from = `(${last[0]}`;
  }
}
