import type { RedisClient } from '../../redis/client.ts';
import { redisNowMs } from '../../redis/due-queue.ts';
import { guarded } from '../../redis/errors.ts';
import type { Keys } from '../../redis/keys.ts';
import { factPages } from '../fact-stream.ts';
import { LedgerProblem } from '../ledger-problem.ts';
import { bodyOf, chainNext, chainStart } from './chain.ts';
import { readMark, trimTo } from './mark.ts';

/** Facts deleted in one step, so that Redis is not kept busy. */
const STEP = 5000;

/** The number of the oldest fact that a webhook endpoint still has to be told of; undefined: none waits. */
export type LowestNeededFact = (roomId: string) => Promise<number | undefined>;

export type TrimOptions = {
  lowestNeeded: LowestNeededFact;
  /** The oldest fact whose order is still to be counted for fan points. */
  lowestForPoints: (roomId: string) => Promise<number>;
  /** Facts younger than this stay, so that viewers can check the sales of these days. */
  keepMs: number;
};

/** Why nothing more went. */
export type TrimLimit = 'exported' | 'webhooks' | 'points' | 'running sale' | 'age';
export type Trimmed = { gone: number; firstN: number; lastN: number; limit: TrimLimit };

/**
 * Deletes facts that have been exported, that no webhook and no fan's points need, that are old enough and that come before
 * every sale that still runs. The hashes of what goes are computed anew: it must be what was exported.
 * @throws LedgerProblem NOT_EXPORTED, ARCHIVE_DIFFERS, UNKNOWN_ROOM.
 */
export async function trimRoom(
  redis: RedisClient,
  keys: Keys,
  roomId: string,
  options: TrimOptions,
): Promise<Trimmed> {
  const room = keys.room(roomId);
  if (!(await guarded(() => redis.hexists(room.meta, 'info')))) {
    throw new LedgerProblem('UNKNOWN_ROOM', `There is no room ${roomId} in this Redis.`);
  }
  const mark = await readMark(redis, room);
  if (!mark) {
    throw new LedgerProblem(
      'NOT_EXPORTED',
      `Nothing of ${roomId} has been exported, so nothing can be trimmed.`,
      `First: npm run ledger -- export ${roomId}`,
    );
  }
  const neededN = (await options.lowestNeeded(roomId)) ?? Number.POSITIVE_INFINITY;
  const uncountedN = await options.lowestForPoints(roomId);
  const youngMs = (await redisNowMs(redis)) - options.keepMs;
  const running = new Set(await guarded(() => redis.smembers(room.salesRunning)));

  let hash = mark.trimmedN === 0 ? chainStart(roomId) : Buffer.from(mark.trimmedHash, 'hex');
  let n = mark.trimmedN;
  let limit: TrimLimit | undefined;
  const steps: { n: number; hash: string }[] = [];
  let last = { n, hash: hash.toString('hex') };
  for await (const page of factPages(redis, room.ledger, n + 1, mark.n)) {
    for (const fact of page) {
      n += 1;
      if (fact.n !== n) throw changed(roomId, n);
      hash = chainNext(hash, bodyOf(fact));
      if (limit) continue;
      if (n >= neededN) limit = 'webhooks';
      else if (fact.at > youngMs) limit = 'age';
      else if (n >= uncountedN) limit = 'points';
      else if (fact.kind === 'sale-scheduled' && running.has(saleIdOf(fact.data))) limit = 'running sale';
      else {
        last = { n, hash: hash.toString('hex') };
        if (n % STEP === 0) steps.push(last);
      }
    }
  }
  if (n !== mark.n || hash.toString('hex') !== mark.hash) throw changed(roomId, mark.n);
  if (last.n > mark.trimmedN && steps.at(-1) !== last) steps.push(last);
  let gone = 0;
  for (const step of steps) gone += await trimTo(redis, room, step.n, step.hash);
  return { gone, firstN: last.n + 1, lastN: mark.n, limit: limit ?? 'exported' };
}

function saleIdOf(data: string): string {
  return (JSON.parse(data) as { saleId?: string }).saleId ?? '';
}

function changed(roomId: string, n: number): LedgerProblem {
  return new LedgerProblem(
    'ARCHIVE_DIFFERS',
    `The ledger of ${roomId} up to fact ${n} is not what was exported; nothing was trimmed.`,
    `Find out why: npm run ledger -- verify ${roomId}`,
  );
}
