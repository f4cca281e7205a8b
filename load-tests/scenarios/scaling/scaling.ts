import { Neighbours, neighbourWarnings } from '../../kit/neighbours.ts';
import { rateProblem, withhold } from '../../kit/rate.ts';
import type { Outcome } from '../../kit/report.ts';
import { median, percentile, significant, sum } from '../../kit/stats.ts';
import { floodProblems } from '../flood-checks.ts';
import type { RunContext, Scenario } from '../scenario.ts';
import { type AudienceStage, type ScalingLeg, setAudienceStage } from './audience-stage.ts';
import { fixedCost, lessFixed, logLogSlope, type Point } from './slope.ts';

export type ScalingPlan = {
  /** Rising. */
  sizes: readonly number[];
  rate: number;
  seconds: number;
  /** Also measures on the way down, so that a drift of the machine hits small and large audiences alike. */
  down: boolean;
  seed: number;
};

/** A room's tick grows with its audience; here it does not, so that a viewer gets the same work in any crowd. */
const TICK_MS = 200;
const SETTINGS: Record<string, string> = {
  LIVESTALL_TICK_MS: String(TICK_MS),
  LIVESTALL_TICK_MAX_MS: String(TICK_MS),
  LIVESTALL_HANDSHAKES_PER_SECOND: '1000000',
};
const SECONDS_BETWEEN_LINES = 1.25;
const LEAST_TALKERS = 8;
const WARM_UP_SECONDS = 2;
const WAITING_LIMIT = 0.2;

const pointOf = (leg: ScalingLeg): Point => ({
  viewers: leg.viewers,
  cpuPerSecond: leg.cpuSeconds / leg.seconds,
});
const deliveriesOf = ({ audiences, flood }: ScalingLeg): number =>
  flood.deliveries + sum(audiences.map(({ deliveries }) => deliveries));
const busyOf = ({ audiences, flood }: ScalingLeg): number =>
  Math.max(flood.busyShare, ...audiences.map(({ busyShare }) => busyShare));

async function climb(stage: AudienceStage, plan: ScalingPlan, { progress }: RunContext) {
  const { seconds, seed, sizes } = plan;
  let n = 0;
  const leg = async (): Promise<ScalingLeg> => {
    n += 1;
    const result = await stage.leg(`~P${n}~`, seconds, seed + n);
    const { cpuPerSecond, viewers } = pointOf(result);
    progress.step(
      `${viewers} viewers: ${(cpuPerSecond * 100).toFixed(1)} % of a core, ` +
        `${((result.cpuSeconds / deliveriesOf(result)) * 1e6).toFixed(2)} µs a delivery, bots ${Math.round(busyOf(result) * 100)} % busy`,
    );
    return result;
  };
  const [smallest = 0] = sizes;
  // Warm: the code that is measured has been compiled for a crowd.
  await stage.grow(smallest);
  let joinCpuSeconds = 0;
  await stage.leg('~W~', WARM_UP_SECONDS, seed);
  await stage.shrink();
  const alone = [await leg()];
  const up: ScalingLeg[] = [];
  for (const size of sizes) {
    joinCpuSeconds += await stage.grow(size);
    up.push(await leg());
  }
  const idleSeconds = await stage.idle(seconds);
  const lost = await stage.lost();
  const down: ScalingLeg[] = [];
  if (plan.down) {
    for (const size of [...sizes].reverse()) {
      if (size !== sizes.at(-1)) await stage.shrink();
      down.push(await leg());
    }
    await stage.shrink();
    alone.push(await leg());
  }
  const joined = (sizes.at(-1) ?? 0) - (alone[0]?.viewers ?? 0);
  const joinMicros = (joinCpuSeconds / joined) * 1e6;
  return { alone, up, down, idlePerSecond: idleSeconds / seconds, joinMicros, lost };
}

type Climb = Awaited<ReturnType<typeof climb>>;

function figuresOf(
  { alone, down, idlePerSecond, joinMicros, up }: Climb,
  plan: ScalingPlan,
): Outcome['figures'] {
  const mean = (legs: readonly ScalingLeg[]): Point => {
    const points = legs.map(pointOf);
    return {
      viewers: points[0]?.viewers ?? Number.NaN,
      cpuPerSecond: sum(points.map(({ cpuPerSecond }) => cpuPerSecond)) / points.length,
    };
  };
  const legs = [...up, ...down];
  const points = plan.sizes.map((size) => mean(legs.filter(({ viewers }) => viewers === size)));
  const largest = points.at(-1) as Point;
  const fixed = fixedCost(mean(alone), largest);
  const way = (some: readonly ScalingLeg[]): number => logLogSlope(lessFixed(some.map(pointOf), fixed));
  const marginal = (leg: ScalingLeg): number =>
    ((pointOf(leg).cpuPerSecond - fixed) * leg.seconds * 1e6) / deliveriesOf(leg);
  const at = (size: number | undefined) => legs.filter(({ viewers }) => viewers === size);
  const frames = (leg: ScalingLeg): number =>
    sum(leg.audiences.map((each) => each.frames)) + leg.flood.frames;
  const figures: Record<string, number> = {
    cpuSlope: logLogSlope(lessFixed(points, fixed)),
    cpuSlopeWithFixed: logLogSlope(points),
    ...(down.length > 0 ? { cpuSlopeUp: way(up), cpuSlopeDown: way(down) } : {}),
    fixedCpuPercent: fixed * 100,
    largestCpuPercent: largest.cpuPerSecond * 100,
    idleCpuPercentAtLargest: idlePerSecond * 100,
    cpuMicrosPerDeliverySmallest: median(at(plan.sizes[0]).map(marginal)),
    cpuMicrosPerDeliveryLargest: median(at(plan.sizes.at(-1)).map(marginal)),
    cpuMicrosPerPacketLargest: median(
      at(plan.sizes.at(-1)).map(
        (leg) => ((pointOf(leg).cpuPerSecond - fixed) * leg.seconds * 1e6) / frames(leg),
      ),
    ),
    framesPerViewerPerSecond: median(legs.map((leg) => frames(leg) / leg.viewers / leg.seconds)),
    /** Coming in with 100 others: connecting, signing in, joining, the snapshot. */
    cpuMicrosPerJoin: joinMicros,
    generatorBusyShare: Math.max(...legs.map(busyOf)),
  };
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, significant(value)]));
}

type Problems = { violations: string[]; warnings: string[]; untrusted: string[] };

function problemsOf({ alone, down, lost, up }: Climb): Problems {
  const legs = [...alone, ...up, ...down];
  const problems = legs.map((leg) => {
    const name = `${leg.viewers} viewers`;
    const { untrusted, violations, warnings } = floodProblems(name, leg.flood, leg.seconds);
    const off = sum(leg.audiences.map(({ socketsOff }) => socketsOff));
    if (off > 0)
      violations.push(`${name}: ${off} watchers got another number of messages than ${leg.flood.sent}`);
    const { sent } = leg.flood;
    const why = untrusted.length > 0 ? null : rateProblem({ planned: sent, sent, busyShare: busyOf(leg) });
    return { violations, warnings, untrusted: why === null ? untrusted : [`${name}: ${why}`] };
  });
  const waited = legs.filter(({ waitingShare }) => waitingShare >= WAITING_LIMIT).length;
  return {
    violations: [
      ...problems.flatMap(({ violations }) => violations),
      ...(Object.keys(lost).length > 0 ? [`sockets were lost: ${JSON.stringify(lost)}`] : []),
    ],
    warnings: [
      ...problems.flatMap(({ warnings }) => warnings),
      ...(waited > 0 ? [`In ${waited} legs the server had to wait for its CPU: frames came late.`] : []),
    ],
    untrusted: problems.flatMap(({ untrusted }) => untrusted),
  };
}

export async function runScaling(plan: ScalingPlan, context: RunContext): Promise<Outcome> {
  const talkers = Math.max(LEAST_TALKERS, Math.ceil(plan.rate * SECONDS_BETWEEN_LINES));
  if ((plan.sizes[0] ?? 0) < talkers * 4)
    throw new Error(`--rate ${plan.rate} needs ${talkers} talkers, too many of ${plan.sizes[0]} viewers.`);
  const stage = await setAudienceStage({ talkers, rate: plan.rate, env: SETTINGS }, context);
  const neighbours = new Neighbours(stage.pids);
  const climbed = await climb(stage, plan, context);
  const othersShare = neighbours.share();
  const { untrusted, violations, warnings } = problemsOf(climbed);
  const figures = { ...figuresOf(climbed, plan), othersShare: significant(othersShare, 2) };
  const spoilt = Object.keys(figures).filter((name) => /^cpu/.test(name));
  return {
    ...withhold(figures, spoilt, untrusted),
    violations,
    warnings: [
      ...warnings,
      ...neighbourWarnings(othersShare),
      ...(context.pinning ? [] : ['Server and bots shared their CPUs: taskset or a second CPU is missing.']),
    ],
    goals: [
      { figure: 'cpuSlope', direction: 'at least', value: 0.95 },
      { figure: 'cpuSlope', direction: 'at most', value: 1.05 },
    ],
    tables: {
      legs: [...climbed.alone, ...climbed.up, ...climbed.down].map((leg) => {
        const latenciesMs = [...leg.flood.latenciesMs, ...leg.audiences.flatMap((each) => each.latenciesMs)];
        return {
          viewers: leg.viewers,
          'server CPU %': significant((leg.cpuSeconds / leg.seconds) * 100),
          'µs/delivery': significant((leg.cpuSeconds / deliveriesOf(leg)) * 1e6),
          deliveries: deliveriesOf(leg),
          'p50 ms': significant(percentile(latenciesMs, 0.5), 3),
          'p99 ms': significant(percentile(latenciesMs, 0.99), 3),
          'bots busy': significant(busyOf(leg), 2),
          'server waited': significant(leg.waitingShare, 2),
        };
      }),
    },
  };
}

/** Each twice the one before; the largest is `viewers`. */
export const doublings = (viewers: number, count: number): number[] =>
  Array.from({ length: count }, (_, n) => Math.round(viewers / 2 ** (count - 1 - n)));

export const scaling: Scenario = {
  name: 'scaling',
  summary: 'CPU of one node against its audience, the same chat and tick for all: is it a straight line?',
  defaults: {
    viewers: { full: 16_000, quick: 4000 },
    rate: { full: 10, quick: 10 },
    seconds: { full: 10, quick: 3 },
    seed: { full: 1, quick: 1 },
  },
  maxSeconds: ({ seconds = 0, viewers = 0 }) => 200 + 14 * seconds + viewers / 40,
  socketsInOneProcess: ({ viewers = 0 }) => viewers,
  run: ({ viewers = 0, rate = 0, seconds = 0, seed = 0, quick }, context) =>
    runScaling({ sizes: doublings(viewers, quick ? 4 : 5), rate, seconds, seed, down: !quick }, context),
};
