import { defaultConfig } from '../../../server/config/schema.ts';
import { TickPace } from '../../../server/kernel/tick-pace.ts';
import { Bots } from '../../bots/bots.ts';
import type { DecrementsResult, SeenStock } from '../../bots/sale/methods.ts';
import { cpuSecondsSince, readCpu } from '../../kit/cpu.ts';
import { Neighbours, neighbourWarnings } from '../../kit/neighbours.ts';
import { rateProblem, withhold } from '../../kit/rate.ts';
import type { Outcome } from '../../kit/report.ts';
import { median, percentile, significant } from '../../kit/stats.ts';
import { createProduct, createRoom, freshSecrets, startNode } from '../../target/livestall.ts';
import { startRedis } from '../../target/redis.ts';
import { totalOf } from '../../target/redis-counters.ts';
import { readStoredSale, type StoredSale } from '../../target/stored-sale.ts';
import { closeSale, connectHost, joinCrowd, scheduleSale, settledStock } from '../sale-stage.ts';
import type { Parameters, RunContext, Scenario } from '../scenario.ts';
import { tickerViolations } from './ticker-checks.ts';
import { ANSWER_TIMEOUT_MS, framesPerSecond, SETTLE_TIMEOUT_MS, wishOf } from './ticker-plan.ts';
import { tickerTarget } from './ticker-target.ts';

const ROOM = 'load-ticker';
const PRODUCT = 'shirt';
const CROWD = 'viewers';
/** Figures that supersede each other leave at most this often, see server/kernel/room-channel.ts. */
const FIGURES_MS = 104;

type Leg = {
  result: DecrementsResult;
  seen: SeenStock;
  stored: StoredSale;
  nodeCpuSeconds: number;
  redisCpuSeconds: number;
};

const legsOf = ({ quick }: Parameters): number => (quick ? 3 : 7);

/** Between two frames of a room of this audience on one node, by the settings that a node has by default. */
export function figureTickMs(viewers: number): number {
  const { tickMs, tickMaxMs, framePacketsPerSecond } = defaultConfig();
  const pace = new TickPace({
    leastMs: tickMs,
    mostMs: tickMaxMs,
    packetsPerSecond: framePacketsPerSecond,
    monotonicMs: () => 0,
  });
  return Math.max(FIGURES_MS, pace.tickMs(viewers));
}

/** From the commit of the last decrement until the last sampled viewer was told. */
const finalLagMs = ({ seen, stored }: Leg): number =>
  seen.known.length < seen.sampled
    ? Number.NaN
    : Math.max(
        ...seen.known.map(({ available, commitAtMs, seenAtMs }) =>
          available === stored.sale.available ? seenAtMs - commitAtMs : Number.NaN,
        ),
      );

async function run(parameters: Parameters, context: RunContext): Promise<Outcome> {
  const { viewers = 0, rate = 0, seconds = 0 } = parameters;
  const { lifetimes, pinning, progress } = context;
  if (context.target) {
    return tickerTarget({ viewers, rate, seconds, legs: legsOf(parameters) }, context, context.target);
  }
  const redis = await startRedis(lifetimes, pinning?.others);
  const secrets = freshSecrets();
  const node = await startNode('node-1', { redis, secrets, cpus: pinning?.servers }, lifetimes);
  await createRoom(node, secrets, ROOM);
  await createProduct(node, secrets, ROOM, PRODUCT);
  const bots = new Bots({ what: 'bots', cpus: pinning?.others });
  lifetimes.add('bots', () => bots.child.stop());
  bots.onLive = progress.live;
  const { tokenSecret } = secrets;
  await joinCrowd(bots, { crowd: CROWD, url: node.url, tokenSecret, roomId: ROOM, users: viewers });
  progress.step(`${viewers} viewers joined`);
  const host = await connectHost(node, tokenSecret, ROOM, lifetimes);

  const play = async (): Promise<Leg> => {
    const { saleId } = await scheduleSale(host, wishOf({ viewers, rate, seconds }, PRODUCT));
    const before = [node.pid, redis.pid].map(readCpu);
    const result = await bots.call('decrements', {
      ...{ crowd: CROWD, side: 'ours', saleId, perSecond: rate, seconds },
      answerTimeoutMs: ANSWER_TIMEOUT_MS,
    });
    const [nodeCpuSeconds = Number.NaN, redisCpuSeconds = Number.NaN] = before.map(cpuSecondsSince);
    const available = Number((await readStoredSale(redis.client, ROOM, saleId)).sale.available);
    const seen = await settledStock(bots, CROWD, { available, timeoutMs: SETTLE_TIMEOUT_MS });
    const stored = await readStoredSale(redis.client, ROOM, saleId);
    await closeSale(host, saleId);
    return { result, seen, stored, nodeCpuSeconds, redisCpuSeconds };
  };

  // The first one warms the node up and is checked, not measured.
  const warmUp = await play();
  const neighbours = new Neighbours([bots.child.pid, redis.pid, node.pid]);
  const legs: Leg[] = [];
  while (legs.length < legsOf(parameters)) {
    const leg = await play();
    legs.push(leg);
    progress.step(
      `Leg ${legs.length}: ${framesPerSecond(leg.result).toFixed(1)} frames a viewer a second, the last stock known everywhere after ${finalLagMs(leg)} ms`,
    );
  }
  const othersShare = neighbours.share();
  const lost = await bots.call('lost', { crowd: CROWD });
  return {
    ...report({ viewers, legs, othersShare, plannedMs: seconds * 1000 }),
    violations: [
      ...[warmUp, ...legs].flatMap((leg, n) =>
        tickerViolations(leg).map((text) => `${n === 0 ? 'warm-up' : `leg ${n}`}: ${text}`),
      ),
      ...(totalOf(lost) > 0 ? [`connections were lost: ${JSON.stringify(lost)}`] : []),
    ],
  };
}

type Measured = { viewers: number; legs: readonly Leg[]; othersShare: number; plannedMs: number };

function report({ viewers, legs, othersShare, plannedMs }: Measured): Omit<Outcome, 'violations'> {
  const tickMs = figureTickMs(viewers);
  const lagsMs = legs.map(finalLagMs);
  const frames = legs.map(({ result }) => framesPerSecond(result));
  const per = (pick: (leg: Leg) => number) =>
    median(legs.map((leg) => (pick(leg) / leg.result.answered) * 1e6));
  const latenciesMs = legs.flatMap(({ result }) => result.latenciesMs);
  const all = {
    framesPerViewerPerSecond: median(frames),
    framesPerViewerPerSecondMax: Math.max(...frames),
    finalStateLagTicks: median(lagsMs) / tickMs,
    finalStateLagTicksMax: Math.max(...lagsMs) / tickMs,
    finalStateLagMs: median(lagsMs),
    tickMs,
    decrementsPerSecond: median(legs.map(({ result }) => (result.answered / result.sendingMs) * 1000)),
    ackLatencyP50Ms: percentile(latenciesMs, 0.5),
    ackLatencyP99Ms: percentile(latenciesMs, 0.99),
    nodeCpuMicrosPerDecrement: per((leg) => leg.nodeCpuSeconds),
    redisCpuMicrosPerDecrement: per((leg) => leg.redisCpuSeconds),
    generatorBusyShare: Math.max(...legs.map(({ result }) => result.busyShare)),
    othersShare,
  };
  const rounded = Object.fromEntries(Object.entries(all).map(([name, value]) => [name, significant(value)]));
  const problems = legs.flatMap(({ result }) => rateProblem({ ...result, plannedMs }) ?? []);
  const retried = legs.filter(({ result }) => totalOf(result.retries) > 0);
  return {
    ...withhold(rounded, ['framesPerViewerPerSecond', 'finalStateLagTicks', 'decrementsPerSecond'], problems),
    warnings: [
      ...neighbourWarnings(othersShare),
      ...(retried[0] ? [`Grabs had to be tried again: ${JSON.stringify(retried[0].result.retries)}.`] : []),
    ],
    goals: [
      { figure: 'framesPerViewerPerSecond', direction: 'at most', value: 10 },
      { figure: 'finalStateLagTicks', direction: 'at most', value: 1 },
    ],
    tables: {
      legs: legs.map((leg) => ({
        decrements: leg.result.answered,
        'frames a viewer a second': significant(framesPerSecond(leg.result), 3),
        'last stock known after ms': finalLagMs(leg),
        'p99 ms': significant(percentile(leg.result.latenciesMs, 0.99), 3),
        'bots busy': significant(leg.result.busyShare, 2),
      })),
    },
  };
}

export const stockTicker: Scenario = {
  name: 'stock-ticker',
  summary: 'many units of one sale go every second: how often viewers are told, and how soon of the last',
  defaults: {
    viewers: { full: 1000, quick: 300 },
    rate: { full: 1000, quick: 1000 },
    seconds: { full: 6, quick: 3 },
  },
  maxSeconds: (parameters) => 120 + (parameters.seconds ?? 0) * 4 * legsOf(parameters),
  targets: true,
  socketsInOneProcess: ({ viewers = 0 }) => viewers,
  run,
};
