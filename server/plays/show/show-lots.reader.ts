import { SHOW_LIMITS, type ShowReport } from '../../../shared/plays/show/contract.ts';
import type { RedisClient } from '../../redis/client.ts';
import { guarded } from '../../redis/errors.ts';
import { unwrap } from '../../redis/event-log.ts';
import type { Keys } from '../../redis/keys.ts';
import type { SaleSums } from './tally.ts';

const SALE_FIELDS = ['productId', 'title', 'priceMinor', 'opensAtMs', 'endsAtMs', 'total'] as const;
const DRAW_FIELDS = ['head', 'phase', 'entries', 'winnersCount'] as const;
const LOTS_MAX = SHOW_LIMITS.salesShown.value;

/** The sales and draws of a show, as they are now. */
export class ShowLots {
  readonly #redis: RedisClient;
  readonly #keys: Keys;

  constructor({ redis, keys }: { redis: RedisClient; keys: Keys }) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async sales(roomId: string, sums: ReadonlyMap<string, SaleSums | undefined>): Promise<ShowReport['sales']> {
    const room = this.#keys.room(roomId);
    const some = [...sums].slice(0, LOTS_MAX);
    const found = await this.#read(
      some.map(([saleId]) => room.sale(saleId)),
      SALE_FIELDS,
    );
    const sales = some.flatMap(([saleId, sold]) => {
      const fields = found.get(room.sale(saleId));
      if (!fields) return [];
      const [productId = '', title = '', ...numbers] = fields;
      const [priceMinor = 0, opensAtMs = 0, endsAtMs = 0, total = 0] = numbers.map(Number);
      const { held = 0, paid = 0, revenueMinor = 0 } = sold ?? {};
      return {
        ...{ saleId, productId, title, priceMinor, opensAtMs, endsAtMs, total },
        ...{ heldUnits: held, paidUnits: paid, revenueMinor },
      };
    });
    return sales.sort((a, b) => a.opensAtMs - b.opensAtMs || (a.saleId < b.saleId ? -1 : 1));
  }

  async draws(roomId: string, drawIds: ReadonlySet<string>): Promise<ShowReport['draws']> {
    const room = this.#keys.room(roomId);
    const some = [...drawIds].slice(0, LOTS_MAX);
    const found = await this.#read(
      some.map((drawId) => room.draw(drawId)),
      DRAW_FIELDS,
    );
    return some.flatMap((drawId) => {
      const fields = found.get(room.draw(drawId));
      if (!fields) return [];
      const [head = '', phase, entries, winners] = fields;
      const { title } = JSON.parse(`{${head}}`) as { title: string };
      return {
        ...{ drawId, title, entries: Number(entries), winners: Number(winners) },
        isCancelled: phase === 'cancelled',
      };
    });
  }

  /** Fields of hashes by key; hashes that are not there are left out. */
  async #read(keys: readonly string[], fields: readonly string[]): Promise<Map<string, string[]>> {
    const found = new Map<string, string[]>();
    if (keys.length === 0) return found;
    const pipe = this.#redis.pipeline();
    for (const key of keys) pipe.hmget(key, ...fields);
    const replies = unwrap(await guarded(() => pipe.exec())) as (string | null)[][];
    for (const [i, values] of replies.entries()) {
      if (values[0] !== null)
        found.set(
          keys[i] as string,
          values.map((value) => value ?? ''),
        );
    }
    return found;
  }
}
