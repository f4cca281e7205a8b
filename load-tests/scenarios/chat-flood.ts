import { Bots } from '../bots/bots.ts';
import type { FloodResult } from '../bots/methods.ts';
import { cpuUseSince, readCpu } from '../kit/cpu.ts';
import { Neighbours, neighbourWarnings } from '../kit/neighbours.ts';
import type { Outcome } from '../kit/report.ts';
import { abba, interval, median, percentile, significant } from '../kit/stats.ts';
import { startPeer } from '../peers/peer.ts';
import { createRoom, freshSecrets, startNode } from '../target/livestall.ts';
import { startRedis } from '../target/redis.ts';
import type { ServerUnderTest } from '../target/server-under-test.ts';
import { floodProblems } from './flood-checks.ts';
import type { Parameters, RunContext, Scenario } from './scenario.ts';

const ROOM = 'load-chat';
const WARM_UP_SECONDS = 3;
const STALLED_MS = 5000;
const CONNECTING_AT_ONCE = 50;

type Side = { name: 'ours' | 'baseline'; server: ServerUnderTest };
type Leg = {
  side: Side['name'];
  cpuSeconds: number;
  waitingShare: number;
  cpuMicros: number;
  result: FloodResult;
};

/** Share of the time it was ready to run that a server may be kept waiting. */
const WAITING_LIMIT = 0.2;

const pairsOf = ({ quick }: Parameters): number => (quick ? 3 : 5);

async function startSides({ viewers = 0 }: Parameters, context: RunContext) {
  const { lifetimes, pinning, progress } = context;
  const redis = await startRedis(lifetimes, pinning?.others);
  const secrets = freshSecrets();
  const options = { redis, secrets, tokenSecret: secrets.tokenSecret, cpus: pinning?.servers };
  const baseline = await startPeer('plain-socketio', options, lifetimes);
  const ours = await startNode('node-1', options, lifetimes);
  await createRoom(ours, secrets, ROOM);
  const bots = new Bots({ what: 'bots', cpus: pinning?.others });
  lifetimes.add('bots', () => bots.child.stop());
  const sides: [Side, Side] = [
    { name: 'baseline', server: baseline },
    { name: 'ours', server: ours },
  ];
  for (const { name, server } of sides) {
    bots.onLive = (text) => progress.live(`${name}: ${text}`);
    const { connected, durationMs, failures } = await bots.call('connect', {
      crowd: name,
      urls: [server.url],
      tokenSecret: secrets.tokenSecret,
      roomId: ROOM,
      userPrefix: 'viewer-',
      firstUser: 0,
      users: viewers,
      concurrency: CONNECTING_AT_ONCE,
    });
    if (connected < viewers) {
      throw new Error(`Only ${connected} of ${viewers} viewers joined ${name}: ${JSON.stringify(failures)}`);
    }
    progress.step(`${viewers} viewers joined ${name} in ${(durationMs / 1000).toFixed(1)} s`);
  }
  return { sides, bots, redis };
}

/** Median with its interval over the pairs, and what readers need to judge it. */
function figuresOf(pairs: readonly (readonly [Leg, Leg])[]): Outcome['figures'] {
  const legs = pairs.flat();
  const of = (side: Side['name']) => legs.filter((leg) => leg.side === side);
  const ratios = interval(
    pairs.map((pair) => {
      const [ours, baseline] = [
        pair.find((leg) => leg.side === 'ours'),
        pair.find((leg) => leg.side === 'baseline'),
      ];
      return (baseline?.cpuMicros ?? Number.NaN) / (ours?.cpuMicros ?? Number.NaN);
    }),
  );
  const figures: Outcome['figures'] = {
    cpuPerDeliveryRatio: ratios.median,
    cpuPerDeliveryRatioMin: ratios.min,
    cpuPerDeliveryRatioMax: ratios.max,
  };
  for (const side of ['ours', 'baseline'] as const) {
    const sideLegs = of(side);
    const latenciesMs = sideLegs.flatMap((leg) => leg.result.latenciesMs);
    const deliveries = sideLegs.reduce((total, leg) => total + leg.result.deliveries, 0);
    const frames = sideLegs.reduce((total, leg) => total + leg.result.frames, 0);
    Object.assign(figures, {
      [`${side}CpuMicrosPerDelivery`]: median(sideLegs.map((leg) => leg.cpuMicros)),
      [`${side}Deliveries`]: deliveries,
      [`${side}DeliveriesPerFrame`]: deliveries / frames,
      [`${side}LatencyP50Ms`]: percentile(latenciesMs, 0.5),
      [`${side}LatencyP99Ms`]: percentile(latenciesMs, 0.99),
    });
  }
  figures.generatorBusyShare = Math.max(...legs.map((leg) => leg.result.busyShare));
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, significant(value)]));
}

async function run(parameters: Parameters, context: RunContext): Promise<Outcome> {
  const { viewers = 0, rate = 0, seconds = 0, seed = 0 } = parameters;
  const { progress } = context;
  if (rate * 2 > viewers)
    throw new Error(
      `--rate ${rate} needs --viewers ${rate * 2} or more: a user says less than a line a second.`,
    );
  const { sides, bots, redis } = await startSides(parameters, context);

  const leg = async (side: Side, tag: string, legSeconds: number, legSeed: number): Promise<Leg> => {
    bots.onLive = (text) => progress.live(`${side.name}: ${text}`);
    const before = readCpu(side.server.pid);
    const result = await bots.call('flood', {
      crowd: side.name,
      tag,
      seconds: legSeconds,
      messagesPerSecond: rate,
      seed: legSeed,
      stalledMs: STALLED_MS,
    });
    const { cpuSeconds, waitingSeconds } = cpuUseSince(before);
    const waitingShare = waitingSeconds / (cpuSeconds + waitingSeconds);
    return {
      side: side.name,
      cpuSeconds,
      waitingShare,
      cpuMicros: (cpuSeconds / result.deliveries) * 1e6,
      result,
    };
  };

  for (const side of sides) await leg(side, `~W${side.name}~`, WARM_UP_SECONDS, seed);
  progress.step('Warmed up');

  const neighbours = new Neighbours([bots.child.pid, redis.pid, ...sides.map(({ server }) => server.pid)]);
  const pairs: (readonly [Leg, Leg])[] = [];
  for (const [first, second] of abba(pairsOf(parameters), sides[0], sides[1])) {
    const n = pairs.length + 1;
    // Both legs of a pair say the same.
    const legs = [
      await leg(first, `~A${n}~`, seconds, seed + n),
      await leg(second, `~B${n}~`, seconds, seed + n),
    ] as const;
    pairs.push(legs);
    progress.step(
      `Pair ${n}: ${legs.map((each) => `${each.side} ${each.cpuMicros.toFixed(2)} µs a delivery`).join(', ')}`,
    );
  }
  const othersShare = neighbours.share();
  const legs = pairs.flat();
  const kept = legs.filter(({ waitingShare }) => waitingShare >= WAITING_LIMIT).length;
  const problems = legs.map((each, n) => floodProblems(`leg ${n + 1} (${each.side})`, each.result, seconds));
  for (const { name } of sides) {
    const lost = await bots.call('lost', { crowd: name });
    if (Object.keys(lost).length > 0)
      problems.push({ violations: [`${name} lost sockets: ${JSON.stringify(lost)}`], warnings: [] });
  }
  return {
    figures: { ...figuresOf(pairs), othersShare: significant(othersShare, 2) },
    violations: problems.flatMap((each) => each.violations),
    warnings: [
      ...problems.flatMap((each) => each.warnings),
      ...neighbourWarnings(othersShare),
      ...(kept > 0
        ? [`In ${kept} legs the server had to wait for its CPU. Late frames carry more, which flatters ours.`]
        : []),
      ...(context.pinning ? [] : ['Servers and bots shared their CPUs: taskset or a second CPU is missing.']),
    ],
    goals: rate === 50 ? [{ figure: 'cpuPerDeliveryRatio', direction: 'at least', value: 3 }] : [],
    tables: {
      legs: legs.map(({ side, cpuSeconds, cpuMicros, waitingShare, result }) => ({
        side,
        'µs/delivery': significant(cpuMicros),
        'server CPU s': significant(cpuSeconds),
        deliveries: result.deliveries,
        frames: result.frames,
        'p50 ms': significant(percentile(result.latenciesMs, 0.5), 3),
        'p99 ms': significant(percentile(result.latenciesMs, 0.99), 3),
        'bots busy': significant(result.busyShare, 2),
        'server waited': significant(waitingShare, 2),
      })),
    },
  };
}

export const chatFlood: Scenario = {
  name: 'chat-flood',
  summary: 'server CPU per delivered chat message, ours against plain Socket.IO, in ABBA order',
  defaults: {
    viewers: { full: 1000, quick: 1000 },
    rate: { full: 50, quick: 50 },
    seconds: { full: 10, quick: 4 },
    seed: { full: 1, quick: 1 },
  },
  maxSeconds: (parameters) => 90 + (parameters.seconds ?? 0) * 3 * pairsOf(parameters),
  socketsInOneProcess: ({ viewers = 0 }) => viewers * 2,
  run,
};
