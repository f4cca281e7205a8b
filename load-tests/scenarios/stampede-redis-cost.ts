import type { Redis } from 'ioredis';
import { loadScripts } from '../../server/redis/scripts.ts';
import { cpuSecondsSince, readCpu } from '../kit/cpu.ts';
import { pairedRatio, ratioFigures } from '../kit/interval.ts';
import { abba, median, significant } from '../kit/stats.ts';
import { type RedisUnderTest, startRedis } from '../target/redis.ts';
import type { RunContext } from './scenario.ts';
import { Bench } from './transition-cost/transitions.ts';

/**
 * What Redis spends on a decision, and what batching gives, without a node around it: our grab script with 64 grabs a
 * call and the announcement that goes before each call, as a node sends them; the same script with one grab a call and
 * no announcement; the tutorial's script (limit, stock, a list), one grab a call. All have 64 grabs under way on one
 * Unix socket, so that Redis reads and answers many at a time. There are units for all, but for `soldOut`.
 */
type Way = 'batched' | 'single' | 'minimal' | 'soldOut';
type Leg = { side: Way; micros: number };

const SALE = 'sale_a';
const BATCH = 64;
const IN_FLIGHT = 64;

const { 'grab-plain': minimal } = loadScripts(new URL('../peers/peer.ts', import.meta.url).href, [
  'grab-plain',
]);

/** `count` jobs, some of them at a time. */
async function atOnce(limit: number, count: number, job: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await job(next - 1);
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
}

class RedisCost {
  readonly #redis: RedisUnderTest;
  readonly #bench: Bench;
  readonly #grabs: number;
  #rooms = 0;

  constructor(redis: RedisUnderTest, grabs: number) {
    this.#redis = redis;
    this.#bench = new Bench(redis.client);
    this.#grabs = grabs;
  }

  async leg(side: Way): Promise<Leg> {
    const { client, pid } = this.#redis;
    const roomId = `cost-${String(this.#rooms).padStart(4, '0')}`;
    this.#rooms += 1;
    await this.#bench.openSales(roomId);
    await client.hset(`sale:${roomId}`, { available: 1_000_000, limitPerBuyer: 2 });
    if (side === 'soldOut') await this.#sellOut(roomId);
    const size = side === 'batched' || side === 'soldOut' ? BATCH : 1;
    const before = readCpu(pid);
    await atOnce(IN_FLIGHT / size, this.#grabs / size, (n) =>
      side === 'minimal' ? this.#plain(client, roomId, n) : this.#grab(side, roomId, n * size, size),
    );
    const micros = (cpuSecondsSince(before) / this.#grabs) * 1e6;
    // What earlier legs left must not make later ones slower.
    await client.flushall();
    return { side, micros };
  }

  async #grab(side: Way, roomId: string, from: number, size: number): Promise<void> {
    const requests = Array.from({ length: size }, (_, i) => {
      const {
        actor: userId,
        opId,
        fingerprint,
      } = this.#bench.op(this.#bench.buyer(from + i), 'grab', from + i);
      return { userId, opId, fingerprint, quantity: 1, proofLevel: 1 } as const;
    });
    if (size > 1) await this.#bench.due.announce(roomId, 0);
    const outcomes = await this.#bench.flashSale.grab(roomId, SALE, requests);
    const expected = side === 'soldOut' ? 'SOLD_OUT' : 'OK';
    for (const outcome of outcomes) {
      const code = outcome.ok ? 'OK' : outcome.code;
      if (code !== expected) throw new Error(`A grab was answered ${code}, not ${expected}.`);
    }
  }

  async #plain(client: Redis, roomId: string, n: number): Promise<void> {
    const keys = [`sale:${roomId}`, `buyers:${roomId}`, `winners:${roomId}`];
    const args = [minimal.sha, keys.length, ...keys, this.#bench.buyer(n), 1] as const;
    const left = Number(await client.evalsha(...args));
    if (left < 0) throw new Error(`The minimal script answered ${left}.`);
  }

  async #sellOut(roomId: string): Promise<void> {
    const op = this.#bench.op('host', 'correct', 0);
    const outcome = await this.#bench.flashSale.correct(roomId, op, SALE, {
      units: -1_000_000,
      reason: 'none',
    });
    if (!outcome.ok) throw new Error(`The sale could not be emptied: ${outcome.code}`);
  }
}

/** Redis' CPU a decision, each way in turn, `pairs` times. */
export async function measureRedisCost(
  { pairs, grabs }: { pairs: number; grabs: number },
  { lifetimes, pinning, progress }: RunContext,
) {
  const redis = await startRedis(lifetimes, pinning?.servers);
  // Rewriting the AOF is a fork in the middle of some leg.
  await redis.client.config('SET', 'auto-aof-rewrite-percentage', '0');
  await redis.client.script('LOAD', minimal.source);
  const cost = new RedisCost(redis, grabs);
  for (const side of ['batched', 'single', 'minimal', 'soldOut'] as const) await cost.leg(side);
  const legs: (readonly Leg[])[] = [];
  for (const [first, second] of abba<Way, Way>(pairs, 'batched', 'single')) {
    legs.push([
      await cost.leg(first),
      await cost.leg('minimal'),
      await cost.leg('soldOut'),
      await cost.leg(second),
    ]);
    const [batched, single] = (['batched', 'single'] as const).map((side) =>
      legs
        .at(-1)
        ?.find((leg) => leg.side === side)
        ?.micros.toFixed(1),
    );
    progress.step(`Redis, pair ${legs.length}: ${batched} µs a decision in batches, ${single} one by one`);
  }
  const ratio = pairedRatio(legs, 'single', 'batched', ({ micros }) => micros);
  const toMinimal = pairedRatio(legs, 'minimal', 'batched', ({ micros }) => micros);
  const micros = (side: Way) => median(legs.flat().flatMap((leg) => (leg.side === side ? [leg.micros] : [])));
  const figures = {
    ...ratioFigures('redisCpuRatio', ratio),
    redisCpuRatioToMinimal: significant(toMinimal.median),
    redisMicrosBatched: significant(micros('batched')),
    redisMicrosSingle: significant(micros('single')),
    redisMicrosMinimal: significant(micros('minimal')),
    redisMicrosSoldOut: significant(micros('soldOut')),
    redisDecisionsPerSecond: significant(1e6 / micros('batched'), 3),
  };
  return {
    figures,
    pairs: { redisCpuRatio: ratio.ratios },
    rows: legs.map((each) =>
      Object.fromEntries(each.map(({ side, micros: of }) => [side, significant(of, 3)])),
    ),
  };
}
