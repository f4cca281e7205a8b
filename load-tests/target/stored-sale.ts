import type { Redis } from 'ioredis';
import { createKeys } from '../../server/redis/keys.ts';

/** A sale's figures, as the server shows and Redis keeps them. */
export type Stock = { total: number; available: number; held: number; sold: number };

/** A sale as `room:join` shows it, as far as the kit reads it. */
export type SnapshotSale = Stock & { saleId: string };

export type StoredHold = { holdId: string; userId: string; quantity: number };

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

type HoldJson = { saleId: string; holdId: string; userId: string; quantity: number };

/** Fields of a stream entry as Redis answers them, flat. */
const fieldsOf = (flat: readonly string[]): Record<string, string> => {
  const fields: Record<string, string> = {};
  for (let i = 0; i + 1 < flat.length; i += 2) fields[flat[i] ?? ''] = flat[i + 1] ?? '';
  return fields;
};

export async function readStoredSale(redis: Redis, roomId: string, saleId: string): Promise<StoredSale> {
  const keys = createKeys(KEY_PREFIX).room(roomId);
  const [sale, holdJsons, buyers, ledger] = await Promise.all([
    redis.hgetall(keys.sale(saleId)),
    redis.hvals(keys.holds),
    redis.hgetall(keys.buyers(saleId)),
    redis.xrange(keys.ledger, '-', '+'),
  ]);
  const figure = (name: keyof Stock): number => Number(sale[name] ?? Number.NaN);
  const ledgerHolds: StoredHold[] = [];
  let ledgerGaps = 0;
  for (const [position, [id, flat]] of ledger.entries()) {
    if (id !== `${position + 1}-0`) ledgerGaps += 1;
    const { kind, actor = '', data = '{}' } = fieldsOf(flat);
    if (kind !== 'held') continue;
    const { saleId: of, holdId, quantity } = JSON.parse(data) as Omit<HoldJson, 'userId'>;
    if (of === saleId) ledgerHolds.push({ holdId, userId: actor, quantity });
  }
  return {
    sale: {
      total: figure('total'),
      available: figure('available'),
      held: figure('held'),
      sold: figure('sold'),
    },
    holds: holdJsons
      .map((json) => JSON.parse(json) as HoldJson)
      .filter((hold) => hold.saleId === saleId)
      .map(({ holdId, userId, quantity }) => ({ holdId, userId, quantity })),
    buyers: Object.fromEntries(Object.entries(buyers).map(([userId, units]) => [userId, Number(units)])),
    ledgerHolds,
    ledgerGaps,
  };
}
