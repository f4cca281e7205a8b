import type { RedisClient } from '../redis/client.ts';
import type { RoomKeys } from '../redis/keys.ts';
import type { RawFact } from './check/replay.ts';
import { factPages, streamEnds } from './fact-stream.ts';

/**
 * Number of the fact that planned a sale, by bisection: facts come in the order of their time. Where Redis'
 * clock was turned back that fails, and the whole ledger is looked through. undefined: not in the stream.
 */
export async function findScheduled(
  redis: RedisClient,
  room: RoomKeys,
  saleId: string,
  plannedAtMs: number,
): Promise<number | undefined> {
  const { ledger } = room;
  const ends = await streamEnds(redis, room);
  let [low, high] = [ends.firstN, ends.lastN];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const fact = await factAt(redis, ledger, middle);
    if (fact && fact.at < plannedAtMs) low = middle + 1;
    else high = middle;
  }
  const near = await look(redis, ledger, low, ends.lastN, saleId, plannedAtMs);
  return near ?? look(redis, ledger, ends.firstN, ends.lastN, saleId);
}

async function factAt(redis: RedisClient, ledger: string, n: number): Promise<RawFact | undefined> {
  for await (const [fact] of factPages(redis, ledger, n, n)) return fact;
  return undefined;
}

async function look(
  redis: RedisClient,
  ledger: string,
  from: number,
  to: number,
  saleId: string,
  untilMs = Number.POSITIVE_INFINITY,
): Promise<number | undefined> {
  for await (const page of factPages(redis, ledger, from, to)) {
    for (const { n, kind, at, data } of page) {
      if (at > untilMs) return undefined;
      if (kind === 'sale-scheduled' && (JSON.parse(data) as { saleId?: string }).saleId === saleId) return n;
    }
  }
  return undefined;
}
