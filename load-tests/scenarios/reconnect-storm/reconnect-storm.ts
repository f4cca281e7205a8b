import { Bots } from '../../bots/bots.ts';
import type { Side } from '../../bots/storms/methods.ts';
import { pairedRatio, ratioFigures } from '../../kit/interval.ts';
import { Neighbours, neighbourWarnings } from '../../kit/neighbours.ts';
import { BUSY_LIMIT, withhold } from '../../kit/rate.ts';
import type { Outcome } from '../../kit/report.ts';
import { distribution } from '../../kit/series.ts';
import { abba, median, percentile, significant, sum } from '../../kit/stats.ts';
import { createRoom, freshSecrets, startNode } from '../../target/livestall.ts';
import { startRedis } from '../../target/redis.ts';
import { seedRoom } from '../join-storm/seeded-room.ts';
import type { RunContext, Scenario } from '../scenario.ts';
import { type ReturnLeg, type ReturnPlan, type ReturnStage, returnLeg } from './return-leg.ts';

const ROOM = 'load-return';
/** The goals are set for a node with so many. */
const FULL_NODE = 5000;

export type ReconnectStormPlan = ReturnPlan & { pairs: number };

async function setStage(
  { seed }: ReconnectStormPlan,
  { lifetimes, pinning, progress }: RunContext,
): Promise<ReturnStage> {
  const redis = await startRedis(lifetimes, pinning?.others);
  const secrets = freshSecrets();
  const cpus = pinning?.servers;
  const node = await startNode('seeding', { redis, secrets, cpus }, lifetimes);
  await createRoom(node, secrets, ROOM);
  const room = await seedRoom(node, secrets, ROOM, seed);
  room.host.close();
  await node.child.stop();
  const bots = new Bots({ what: 'bots', cpus: pinning?.others });
  lifetimes.add('bots', () => bots.child.stop());
  bots.onLive = progress.live;
  return { roomId: ROOM, redis, secrets, bots, seed: room.seed, cpus, lifetimes };
}

export async function runReconnectStorm(plan: ReconnectStormPlan, context: RunContext): Promise<Outcome> {
  const { progress } = context;
  const stage = await setStage(plan, context);
  const pairs: ReturnLeg[][] = [];
  const shares: number[] = [];
  const leg = async (side: Side): Promise<ReturnLeg> => {
    const neighbours = new Neighbours([stage.bots.child.pid, stage.redis.pid]);
    const done = await returnLeg(side, { ...plan, seed: plan.seed + pairs.length }, stage);
    // The servers of the leg are gone and cannot be read any more: what they used was counted on the way.
    shares.push(neighbours.share(done.serversCpuSeconds));
    const { by, afterMs } = done.returned;
    progress.step(
      `${side}: ${afterMs.length} back, 99 % after ${done.timeTo99Ms.toFixed(0)} ms (${JSON.stringify(by)})`,
    );
    return done;
  };
  for (const sides of abba(plan.pairs, 'ours' as const, 'baseline' as const)) {
    const legs: ReturnLeg[] = [];
    for (const side of sides) legs.push(await leg(side));
    pairs.push(legs);
  }
  return report(plan, pairs, median(shares), context);
}

function report(
  { viewers }: ReconnectStormPlan,
  pairs: readonly ReturnLeg[][],
  othersShare: number,
  { pinning }: RunContext,
): Outcome {
  const legs = pairs.flat();
  const of = (side: Side) => legs.filter((leg) => leg.side === side);
  const times = (side: Side) => of(side).flatMap(({ returned }) => returned.afterMs);
  const total = (pick: (leg: ReturnLeg) => number) => sum(of('ours').map(pick));
  const ratio = pairedRatio(pairs, 'ours', 'baseline', ({ timeTo99Ms }) => timeTo99Ms);
  const busiest = Math.max(...legs.map(({ returned }) => returned.busyShare));
  const cpuMicros = (side: Side) => median(of(side).map((leg) => (leg.cpuSeconds / leg.viewers) * 1e6));
  const plain: Record<string, number> = {
    resumedShare: total(({ returned }) => returned.by.events) / total((leg) => leg.viewers),
    missedEvents: total(({ missed }) => missed?.missedEvents ?? 0),
    repeatedEvents: total(({ missed }) => missed?.repeatedEvents ?? 0),
    resumedWithSnapshot: total(({ returned }) => returned.by.snapshot),
    triesPerViewer: total(({ returned }) => returned.tries) / total((leg) => leg.viewers),
  };
  for (const side of ['ours', 'baseline'] as const) {
    plain[`${side}TimeTo99Ms`] = median(of(side).map(({ timeTo99Ms }) => timeTo99Ms));
    plain[`${side}BackP50Ms`] = percentile(times(side), 0.5);
    plain[`${side}BackP99Ms`] = percentile(times(side), 0.99);
    plain[`${side}CpuMicrosPerReturn`] = cpuMicros(side);
  }
  plain.generatorBusyShare = busiest;
  plain.othersShare = othersShare;
  const rounded = Object.fromEntries(
    Object.entries(plain).map(([name, value]) => [name, significant(value)]),
  );
  const told = withhold(
    { ...ratioFigures('timeTo99Ratio', ratio), ...rounded },
    ['timeTo99Ratio', 'timeTo99RatioMin', 'timeTo99RatioMax'],
    busiest >= BUSY_LIMIT
      ? [`the generator was the bottleneck (its core ${Math.round(busiest * 100)} % busy)`]
      : [],
  );
  return {
    figures: told.figures,
    withheld: told.withheld,
    pairs: { timeTo99Ratio: ratio.ratios },
    violations: legs.flatMap(({ violations }, n) => violations.map((each) => `leg ${n + 1}: ${each}`)),
    warnings: [
      ...new Set(legs.flatMap(({ warnings }) => warnings)),
      ...neighbourWarnings(othersShare),
      ...(pinning ? [] : ['Servers and bots shared their CPUs: taskset or a second CPU is missing.']),
    ],
    goals: [
      { figure: 'resumedShare', direction: 'at least', value: 1 },
      { figure: 'missedEvents', direction: 'at most', value: 0 },
      ...(viewers >= FULL_NODE
        ? [{ figure: 'timeTo99Ratio', direction: 'at most', value: 0.3 } as const]
        : []),
    ],
    tables: { legs: legs.map(row), 'why viewers had to wait': legs.flatMap(setbacks) },
    distributions: (['ours', 'baseline'] as const).map((side) =>
      distribution(`${side}: from the kill to being back`, 'ms', times(side), 'back'),
    ),
  };
}

function row({ side, returned, timeTo99Ms, cpuSeconds, missed }: ReturnLeg) {
  return {
    side,
    '99 % after ms': significant(timeTo99Ms),
    'p50 ms': significant(percentile(returned.afterMs, 0.5), 3),
    ...returned.by,
    tries: returned.tries,
    'node CPU s': significant(cpuSeconds, 3),
    missed: missed?.missedEvents ?? '',
    'bots busy': significant(returned.busyShare, 2),
  };
}

const setbacks = ({ side, returned }: ReturnLeg) =>
  Object.entries(returned.setbacks).map(([why, times]) => ({ side, why, times }));

export const reconnectStorm: Scenario = {
  name: 'reconnect-storm',
  summary:
    'a full node is killed: how soon its viewers are back on another one, and that they missed nothing',
  defaults: {
    viewers: { full: FULL_NODE, quick: 600 },
    rate: { full: 20, quick: 20 },
    seconds: { full: 15, quick: 4 },
    pairs: { full: 5, quick: 2 },
    seed: { full: 1, quick: 1 },
  },
  targets: 'kills nodes',
  maxSeconds: ({ viewers = 0, seconds = 0, pairs = 0 }) => 60 + pairs * 2 * (seconds + 20 + viewers / 50),
  socketsInOneProcess: ({ viewers = 0, rate = 0 }) => viewers + rate * 5 + 50,
  run: ({ viewers = 0, rate = 0, seconds = 0, pairs = 0, seed = 0 }, context) =>
    runReconnectStorm({ viewers, messagesPerSecond: rate, chatSeconds: seconds, pairs, seed }, context),
};
