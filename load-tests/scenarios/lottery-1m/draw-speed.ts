import type { Redis } from 'ioredis';
import { Beacon } from '../../../server/beacon/beacon.ts';
import { createLog } from '../../../server/kernel/log.ts';
import { nodeHashes } from '../../../server/lottery/node-hashes.ts';
import { DrawSteps } from '../../../server/plays/lottery/draw-steps.store.ts';
import type { DrawWork } from '../../../server/plays/lottery/draw-work.ts';
import { drawWinners } from '../../../server/plays/lottery/drawing.ts';
import { DueQueue } from '../../../server/redis/due-queue.ts';
import { collectHeap } from '../../kit/memory.ts';
import { seeded } from '../../kit/random.ts';
import { abba } from '../../kit/stats.ts';
import { fillSet } from '../../target/entrants.ts';
import type { Stage } from './stage.ts';

/**
 * The time from a known beacon to winners, against what people usually do: SMEMBERS of a set of the same users, a
 * shuffle (Fisher–Yates, in Node), the first of them. Both in this process, over the same kind of connection.
 */

export type DrawPair = { oursMs: number; usualMs: number; fetchMs: number };
export type SpeedPlan = { roomId: string; entrants: number; winners: number; pairs: number; seed: number };

const SET = 'load-usual-way';
const copyOf = (roomId: string, pair: number): string => `${roomId}-copy-${pair}`;

/** Lets the frozen list lie in as many further rooms as there are pairs: each is drawn once. */
export async function copyFrozen(
  { redis, keys }: Stage,
  { roomId, pairs }: SpeedPlan,
  drawId: string,
): Promise<void> {
  const from = keys.room(roomId);
  for (let pair = 0; pair < pairs; pair += 1) {
    const to = keys.room(copyOf(roomId, pair));
    const copied = [
      [from.meta, to.meta],
      [from.draw(drawId), to.draw(drawId)],
      [from.drawTickets(drawId), to.drawTickets(drawId)],
      [from.drawStates(drawId), to.drawStates(drawId)],
      [from.drawRoots(drawId), to.drawRoots(drawId)],
    ] as const;
    for (const [source, target] of copied) await redis.client.copy(source, target);
    // Of each copy another round decides, so that others win.
    await redis.client.hincrby(to.draw(drawId), 'beaconRound', pair + 1);
  }
}

function drawing({ redis, keys, drand, clock, reads, lifetimes }: Stage): DrawWork & { beacon: Beacon } {
  const log = createLog({ level: 'silent', format: 'json' });
  const deps = { redis: redis.client, keys, log, scriptNow: () => String(clock.nowMs()) };
  const due = new DueQueue({ ...deps, onHandled: () => {} });
  const beacon = new Beacon({
    ...{ urls: [drand.url], info: drand.info, log, hashes: nodeHashes, nowMs: () => clock.nowMs() },
  });
  lifetimes.add('beacon', () => beacon.close());
  return {
    ...{ steps: new DrawSteps({ ...deps, due }), reads, beacon, log, isStopping: () => false },
    tell: { won: () => {}, stand: async () => {} },
  };
}

/** The usual way. The shuffle is seeded; `Math.random` takes as long. */
async function usualWay(redis: Redis, winners: number, seed: number) {
  const { next } = seeded(seed);
  const startedAtMs = performance.now();
  const users = await redis.smembers(SET);
  const fetchMs = performance.now() - startedAtMs;
  for (let i = users.length - 1; i > 0; i -= 1) {
    const j = Math.floor(next() * (i + 1));
    const other = users[j] as string;
    users[j] = users[i] as string;
    users[i] = other;
  }
  const won = users.slice(0, winners);
  return { ms: performance.now() - startedAtMs, fetchMs, won };
}

/** What a node does from the moment when it has the round, verified: reads the draw, finds winners, writes them. */
async function ourWay(work: DrawWork, roomId: string, drawId: string): Promise<number> {
  const startedAtMs = performance.now();
  const row = await work.reads.row(roomId, drawId);
  const drawn = row && (await drawWinners(work, roomId, row));
  const ms = performance.now() - startedAtMs;
  if (!drawn) throw new Error(`the copy ${roomId} of the draw was not drawn`);
  return ms;
}

/** Pairs in ABBA order. `wrong`: what is wrong with winners, in words. */
export async function drawPairs(
  stage: Stage,
  plan: SpeedPlan,
  drawId: string,
): Promise<{ pairs: DrawPair[]; wrong: string[] }> {
  const { redis, drand, progress, reads } = stage;
  const { entrants, winners, seed } = plan;
  await fillSet(redis.client, SET, { count: entrants, long: false });
  const work = drawing(stage);
  const pairs: DrawPair[] = [];
  const wrong: string[] = [];
  const winnersMax = Math.min(winners, entrants);
  for (const order of abba(plan.pairs, 'ours' as const, 'usual' as const)) {
    const pair: DrawPair = { oursMs: Number.NaN, usualMs: Number.NaN, fetchMs: Number.NaN };
    const roomId = copyOf(plan.roomId, pairs.length);
    const round = (await reads.row(roomId, drawId))?.beaconRound ?? 0;
    drand.publish(round);
    const reading = await work.beacon.read(round);
    if (reading.kind !== 'out') throw new Error(`the relay does not give round ${round}`);
    for (const side of order) {
      if (side === 'ours') {
        pair.oursMs = await ourWay(work, roomId, drawId);
        const won = await reads.winners(roomId, drawId);
        const tickets = new Set(won?.map(([, ticket]) => ticket));
        if (tickets.size !== winnersMax) wrong.push(`${tickets.size} of ${winnersMax} winners in a copy`);
      } else {
        const usual = await usualWay(redis.client, winners, seed + pairs.length);
        pair.usualMs = usual.ms;
        pair.fetchMs = usual.fetchMs;
        if (new Set(usual.won).size !== winnersMax) wrong.push('the usual way drew too few');
        // Its million names are garbage now: not at the expense of who comes next.
        collectHeap();
      }
    }
    pairs.push(pair);
    progress.step(`ours ${pair.oursMs.toFixed(2)} ms, the usual way ${pair.usualMs.toFixed(0)} ms`);
  }
  await redis.client.unlink(SET);
  return { pairs, wrong };
}
