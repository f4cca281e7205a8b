import { Neighbours, neighbourWarnings } from '../kit/neighbours.ts';
import type { Outcome } from '../kit/report.ts';
import { significant } from '../kit/stats.ts';
import { floodOutcome, goalsOf, type Round } from './chat-flood/flood-figures.ts';
import { shapeOf } from './chat-flood/floor-side.ts';
import { type Leg, legTable, performLeg } from './chat-flood/legs.ts';
import { type Side, type SideName, setStage } from './chat-flood/sides.ts';
import { floodTarget } from './chat-flood-target.ts';
import { floodProblems } from './flood-checks.ts';
import { latencyCharts } from './flood-latency.ts';
import type { Parameters, RunContext, Scenario } from './scenario.ts';

const WARM_UP_SECONDS = 2;
const STALLED_MS = 5000;
/** At 200 messages a second for 2,000 viewers some need many seconds for each second of talk. */
const MAX_DRAIN_MS = 300_000;
/** A user says less than one line a second. */
const USERS_PER_LINE_PER_SECOND = 1.25;

/** Share of the time it was ready to run that a server may be kept waiting. */
const WAITING_LIMIT = 0.2;
/** CPU of a server that has everything against it, for the time limit only. */
const SLOWEST_MICROS_PER_DELIVERY = 60;
const SLOW_SIDES = { usually: 1, withPeers: 4 };
const SETTING_UP_SECONDS = 120;
const INSTALLING_SECONDS = 600;

/** All sides once, then all the other way round: every two of them are in ABBA order. */
const orders = (sides: readonly Side[], rounds: number): (readonly Side[])[] =>
  Array.from({ length: rounds }, (_, round) => (round % 2 === 0 ? sides : sides.toReversed()));

async function run(parameters: Parameters, context: RunContext): Promise<Outcome> {
  const { viewers = 0, rate = 0, seconds = 0, seed = 0, pairs = 0, peers = false } = parameters;
  const { progress } = context;
  const talkers = Math.ceil(rate * USERS_PER_LINE_PER_SECOND);
  if (talkers > viewers)
    throw new Error(
      `--rate ${rate} needs --viewers ${talkers} or more: a user says less than a line a second.`,
    );
  if (context.target) return floodTarget(parameters, context, context.target);
  const stage = await setStage(viewers, peers, context);
  const { sides, ours, floor, redis } = stage;

  const leg = async (side: Side, tag: string, legSeconds: number, legSeed: number): Promise<Leg> => {
    progress.live(side.name);
    const done = await performLeg(side, redis.pid, {
      ...{ tag, seconds: legSeconds, messagesPerSecond: rate, seed: legSeed },
      ...{ stalledMs: STALLED_MS, maxDrainMs: MAX_DRAIN_MS },
    });
    if (floor && side === ours) floor.shape = shapeOf(done.result, viewers, legSeconds);
    return done;
  };

  // Ours comes before the floor, which does the same.
  for (const side of sides) await leg(side, `~W${side.name}~`, WARM_UP_SECONDS, seed);
  progress.step('Warmed up');

  const neighbours = new Neighbours([...stage.botPids, redis.pid, ...sides.flatMap(({ pids }) => pids)]);
  const rounds: Round[] = [];
  for (const order of orders(sides, pairs)) {
    const n = rounds.length + 1;
    const legs: Leg[] = [];
    // All legs of a round say the same.
    for (const side of order) legs.push(await leg(side, `~${side.name}${n}~`, seconds, seed + n));
    rounds.push(legs);
    const told = legs.map(({ side, cpuMicros }) => `${side} ${cpuMicros.toFixed(2)}`);
    progress.step(`Pair ${n}: ${told.join(', ')} µs a delivery`);
  }
  const othersShare = neighbours.share();

  const legs = rounds.flat();
  const violations: string[] = [];
  const warnings = [...stage.warnings];
  const untrusted: Partial<Record<SideName, string[]>> = {};
  for (const [n, each] of legs.entries()) {
    const problems = floodProblems(`leg ${n + 1} (${each.side})`, each.result, seconds);
    warnings.push(...problems.warnings);
    untrusted[each.side] = [...(untrusted[each.side] ?? []), ...problems.untrusted];
    // What others lose is for the reader to know; ours must lose nothing.
    (each.side === 'ours' ? violations : warnings).push(...problems.violations);
  }
  for (const side of sides) {
    const gone = await side.lost();
    if (Object.keys(gone).length > 0)
      (side === ours ? violations : warnings).push(`${side.name} lost sockets: ${JSON.stringify(gone)}`);
  }
  const kept = legs.filter(({ waitingShare }) => waitingShare >= WAITING_LIMIT).length;
  if (kept > 0)
    warnings.push(
      `In ${kept} legs the server had to wait for its CPU. Late frames carry more, which flatters ours.`,
    );
  if (!context.pinning)
    warnings.push('Servers and bots shared their CPUs: taskset or a second CPU is missing.');
  const trusted = legs.filter(({ side }) => (untrusted[side] ?? []).length === 0);
  const outcome = floodOutcome(rounds, untrusted);
  return {
    ...outcome,
    figures: { ...outcome.figures, othersShare: significant(othersShare, 2) },
    violations,
    warnings: [...warnings, ...neighbourWarnings(othersShare)],
    goals: goalsOf(
      rate,
      sides.map(({ name }) => name),
    ),
    series: latencyCharts(trusted, seconds).series,
    tables: { legs: legTable(legs) },
  };
}

export const chatFlood: Scenario = {
  name: 'chat-flood',
  summary:
    'server CPU a delivered chat message: ours, plain Socket.IO, a floor in C; with --peers others too',
  defaults: {
    viewers: { full: 2000, quick: 1000 },
    rate: { full: 50, quick: 50 },
    seconds: { full: 10, quick: 3 },
    pairs: { full: 5, quick: 3 },
    seed: { full: 1, quick: 1 },
  },
  options: ['peers'],
  maxSeconds: ({ viewers = 0, rate = 0, seconds = 0, pairs = 0, peers = false }) => {
    const talking = WARM_UP_SECONDS + seconds * pairs;
    const slow = (viewers * rate * SLOWEST_MICROS_PER_DELIVERY) / 1e6;
    const [count, slowCount] = peers ? [7, SLOW_SIDES.withPeers] : [3, SLOW_SIDES.usually];
    const setUp = SETTING_UP_SECONDS + (peers ? INSTALLING_SECONDS : 0);
    return Math.ceil(setUp + talking * (2 * count + slow * slowCount));
  },
  targets: true,
  socketsInOneProcess: ({ viewers = 0, peers = false }, target) => viewers * (target ? 1 : peers ? 5 : 2),
  run,
};
