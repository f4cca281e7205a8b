import type { Redis } from 'ioredis';
import type { RoomKeys } from '../../server/redis/keys.ts';

/** Multiplying by anything is a permutation of the numbers below a prime. */
const PRIME = 9_999_991;
const STEP = 7_368_787;
const PIPELINED = 1000;
const LONG_ID_DIGITS = 20;

/**
 * The id of the n-th user, from 0: 8, 9 or 10 characters as shops have them, or 24 as of a foreign key. All differ,
 * and neighbours are not alike.
 */
export function entrantId(n: number, long: boolean): string {
  const number = String((n * STEP) % PRIME);
  if (long) return `usr_${number.padStart(LONG_ID_DIGITS, '0')}`;
  return `u${number.padStart(7 + (n % 3), '0')}`;
}

/** One entrant in so many stops following before the list is frozen. */
export const LEAVES_EVERY = 100;
const leaves = (n: number): boolean => n % LEAVES_EVERY === LEAVES_EVERY - 1;
export const leaversOf = (entrants: number): number => Math.floor(entrants / LEAVES_EVERY);

async function inParts(
  count: number,
  part: (users: number[]) => Promise<unknown>,
  onProgress: (done: number) => void,
): Promise<void> {
  for (let from = 0; from < count; from += PIPELINED) {
    await part(Array.from({ length: Math.min(PIPELINED, count - from) }, (_, i) => from + i));
    onProgress(Math.min(count, from + PIPELINED));
  }
}

/** Lets users be fans of level 1 who follow the room, as the room keeps them. */
export function befriend(
  redis: Redis,
  room: RoomKeys,
  { count, long, nowMs }: { count: number; long: boolean; nowMs: number },
  onProgress: (done: number) => void,
): Promise<void> {
  return inParts(
    count,
    (users) => {
      const ids = users.map((n) => entrantId(n, long));
      return Promise.all([
        redis.zadd(room.followers, ...ids.flatMap((id, i) => [nowMs - i, id])),
        redis.hset(room.fans, ...ids.flatMap((id) => [id, `1 ${nowMs % 90} 0 0 0 0 0 0 0 0 ${nowMs} Fan`])),
      ]);
    },
    onProgress,
  );
}

/** Some of them follow no more: their tickets are void once the list is frozen. */
export async function leave(redis: Redis, room: RoomKeys, count: number, long: boolean): Promise<void> {
  await inParts(
    count,
    async (users) => {
      const ids = users.filter(leaves).map((n) => entrantId(n, long));
      if (ids.length > 0) await redis.zrem(room.followers, ...ids);
    },
    () => {},
  );
}

/** A set of all of them: what the usual way draws from. */
export function fillSet(
  redis: Redis,
  key: string,
  { count, long }: { count: number; long: boolean },
): Promise<void> {
  return inParts(
    count,
    (users) => redis.sadd(key, ...users.map((n) => entrantId(n, long))),
    () => {},
  );
}
