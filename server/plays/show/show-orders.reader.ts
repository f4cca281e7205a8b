import type { ShowOrder } from '../../../shared/plays/show/contract.ts';
import type { OrderRecord } from '../../../shared/trade/order.ts';
import type { RedisClient } from '../../redis/client.ts';
import { guarded } from '../../redis/errors.ts';
import { unwrap } from '../../redis/event-log.ts';
import type { Keys } from '../../redis/keys.ts';
import { readOrder } from '../../trade/order-record.ts';
import type { ShowCounts } from './counts.store.ts';

/** Numbers before the name in the record of a fan, see lua/fan-record.lua. */
const FAN_NUMBERS = /^(?:\d+ ){11}/;

type ShowOrdersDeps = { redis: RedisClient; keys: Keys; counts: Pick<ShowCounts, 'nameOf'> };

/** Orders as those who sell see them, with the names of their buyers. */
export class ShowOrders {
  readonly #redis: RedisClient;
  readonly #keys: Keys;
  readonly #counts: Pick<ShowCounts, 'nameOf'>;

  constructor({ redis, keys, counts }: ShowOrdersDeps) {
    this.#redis = redis;
    this.#keys = keys;
    this.#counts = counts;
  }

  /** In the order of their numbers as given; those that are not there are left out. */
  async read(roomId: string, nos: readonly number[]): Promise<OrderRecord[]> {
    if (nos.length === 0) return [];
    const room = this.#keys.room(roomId);
    const pipe = this.#redis.pipeline();
    for (const no of nos) pipe.hgetall(room.order(no));
    const replies = unwrap(await guarded(() => pipe.exec())) as Record<string, string>[];
    return replies.flatMap((fields) =>
      fields.orderId === undefined ? [] : readOrder(Object.entries(fields).flat()),
    );
  }

  async named(roomId: string, records: readonly OrderRecord[]): Promise<ShowOrder[]> {
    const names = await this.#names(roomId, [...new Set(records.map(({ userId }) => userId))]);
    return records.map((record) => shown(record, names.get(record.userId) ?? ''));
  }

  async #names(roomId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const names = new Map<string, string>();
    if (userIds.length === 0) return names;
    const { buyerNames, fans } = this.#keys.room(roomId);
    const pipe = this.#redis
      .pipeline()
      .hmget(buyerNames, ...userIds)
      .hmget(fans, ...userIds);
    const [asBuyers, asFans] = unwrap(await guarded(() => pipe.exec())) as (string | null)[][];
    for (const [i, userId] of userIds.entries()) {
      // An order is read before its buyer's name is told: of those on this node it is known.
      const name =
        asBuyers?.[i] ?? this.#counts.nameOf(roomId, userId) ?? asFans?.[i]?.replace(FAN_NUMBERS, '');
      if (name) names.set(userId, name);
    }
    return names;
  }
}

function shown(record: OrderRecord, name: string): ShowOrder {
  const { orderId, no, userId, amountMinor, currency, state, source, createdAtMs, updatedAtMs } = record;
  return {
    ...{ orderId, no, userId, name, amountMinor, currency, state, source },
    lines: record.lines.map(({ saleId, title, quantity, priceMinor }) => ({
      ...{ saleId, title, quantity, unitPriceMinor: priceMinor },
    })),
    ...{ madeAtMs: createdAtMs, changedAtMs: updatedAtMs, holdExpiresAtMs: record.holdExpiresAtMs },
  };
}
