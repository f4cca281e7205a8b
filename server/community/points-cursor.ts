import type { RedisClient } from '../redis/client.ts';
import { guarded } from '../redis/errors.ts';
import type { Keys } from '../redis/keys.ts';

/**
 * The lowest fact of a room whose order is still to be counted, for points and as a purchase; one above the last when
 * none is. Whoever trims a ledger leaves this one and all that follow.
 * @throws StoreError when Redis is away.
 */
export async function lowestFactForPoints(redis: RedisClient, keys: Keys, roomId: string): Promise<number> {
  const counted = await guarded(() => redis.hget(keys.room(roomId).head, 'pointsFact'));
  return Number(counted ?? 0) + 1;
}
