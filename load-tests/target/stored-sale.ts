import type { Redis } from 'ioredis';
import { createKeys, type RoomKeys } from '../../server/redis/keys.ts';
import { readOrder } from '../../server/trade/order-record.ts';
import type { OrderRecord } from '../../shared/trade/order.ts';
import { sum } from '../kit/stats.ts';

/** A sale's figures, as the server shows and Redis keeps them. */
export type Stock = { total: number; available: number; held: number; sold: number };

/** A sale as `room:join` shows it, as far as the kit reads it. */
export type SnapshotSale = Stock & { saleId: string };

/** Units of one sale in an order that holds or has paid for them. */
export type StoredHold = { orderId: string; userId: string; quantity: number };

/** What Redis holds of one sale, read past the server. */
export type StoredSale = {
  sale: Stock;
  holds: StoredHold[];
  /** Units by user: held and paid. */
  buyers: Record<string, number>;
  /** Holds that the ledger tells of. */
  ledgerHolds: StoredHold[];
  /** Where the numbers of the room's ledger entries are not 1, 2, 3, … */
  ledgerGaps: number;
};

/** Starts every key of the servers that the kit runs. */
export const KEY_PREFIX = 'load:';

type Lines = readonly { saleId: string; quantity: number }[];
type OrderHeld = { orderId: string; userId: string; lines: Lines };

/** Units of one sale in these lines. */
const unitsIn = (lines: Lines, saleId: string): number =>
  sum(lines.filter((line) => line.saleId === saleId).map(({ quantity }) => quantity));

/** Fields of a stream entry as Redis answers them, flat. */
const fieldsOf = (flat: readonly string[]): Record<string, string> => {
  const fields: Record<string, string> = {};
  for (let i = 0; i + 1 < flat.length; i += 2) fields[flat[i] ?? ''] = flat[i + 1] ?? '';
  return fields;
};

/** Every order of a room, past the server. */
export async function readOrders(redis: Redis, keys: RoomKeys): Promise<OrderRecord[]> {
  const last = Number((await redis.hget(keys.head, 'order')) ?? 0);
  const numbers = Array.from({ length: last }, (_, i) => i + 1);
  const hashes = await Promise.all(numbers.map((no) => redis.hgetall(keys.order(no))));
  return hashes.map((fields) => readOrder(Object.entries(fields).flat()));
}

export async function readStoredSale(redis: Redis, roomId: string, saleId: string): Promise<StoredSale> {
  const keys = createKeys(KEY_PREFIX).room(roomId);
  const [sale, orders, buyers, ledger] = await Promise.all([
    redis.hgetall(keys.sale(saleId)),
    readOrders(redis, keys),
    redis.hgetall(keys.buyers(saleId)),
    redis.xrange(keys.ledger, '-', '+'),
  ]);
  const figure = (name: keyof Stock): number => Number(sale[name] ?? Number.NaN);
  const ledgerHolds: StoredHold[] = [];
  let ledgerGaps = 0;
  for (const [position, [id, flat]] of ledger.entries()) {
    if (id !== `${position + 1}-0`) ledgerGaps += 1;
    const { kind, data = '{}' } = fieldsOf(flat);
    if (kind !== 'order-held') continue;
    const { orderId, userId, lines } = JSON.parse(data) as OrderHeld;
    const quantity = unitsIn(lines, saleId);
    if (quantity > 0) ledgerHolds.push({ orderId, userId, quantity });
  }
  return {
    sale: {
      total: figure('total'),
      available: figure('available'),
      held: figure('held'),
      sold: figure('sold'),
    },
    holds: orders
      .filter(({ state }) => state === 'HELD' || state === 'PAID')
      .map(({ orderId, userId, lines }) => ({ orderId, userId, quantity: unitsIn(lines, saleId) }))
      .filter(({ quantity }) => quantity > 0),
    buyers: Object.fromEntries(Object.entries(buyers).map(([userId, units]) => [userId, Number(units)])),
    ledgerHolds,
    ledgerGaps,
  };
}
