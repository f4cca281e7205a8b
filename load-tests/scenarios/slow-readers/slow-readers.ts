import { withhold } from '../../kit/rate.ts';
import type { Outcome } from '../../kit/report.ts';
import { abba, interval, median, percentile, significant, sum } from '../../kit/stats.ts';
import { floodProblems } from '../flood-checks.ts';
import type { RunContext, Scenario } from '../scenario.ts';
import { LIMITS, type SlowLeg, type SlowPlan, type SlowStage, setSlowStage } from './slow-stage.ts';

const STALLED_SHARE = 0.05;
const FIRST_MESSAGES = 950;
const FIRST_RATE = 150;
/** Until the buffers of those who stall are full, at most. */
const FILLING_SECONDS = 7;
const MB_PER_READER = LIMITS.bytesBuffered / 2 ** 20;
/** Those that stay slow ask on and on; without a limit each would make the server hold some 2 MB more a second. */
const ASK_EVERY_MS = 400;
const UNTIL_CLOSED_MS = 12_000;

/**
 * What may be held back for one reader: the limit, the last answer above it (a thousand missed events of this size are
 * as much again), and what keeps count of them.
 */
export const HELD_MB_MAX = 2.25 * MB_PER_READER;

async function oneLeg(
  stage: SlowStage,
  plan: SlowPlan,
  leg: { tag: string; stalled: boolean; seed: number },
): Promise<SlowLeg> {
  if (!leg.stalled) return stage.flood({ ...leg, seconds: plan.seconds });
  const beforeMb = stage.rssMb();
  const beforeHeldMb = await stage.heldMb();
  await stage.stall();
  const flooded = await stage.flood({ ...leg, seconds: plan.seconds });
  const heldMb = (await stage.heldMb()) - beforeHeldMb;
  const readOn = await stage.readOn();
  return { ...flooded, beforeMb, heldMb, readOn };
}

const stalledLegs = (pairs: readonly SlowPair[]): SlowLeg[] => pairs.map(({ stalled }) => stalled);
type SlowPair = { healthy: SlowLeg; stalled: SlowLeg };

const p99 = ({ result }: SlowLeg): number => percentile(result.latenciesMs, 0.99);

function figuresOf(pairs: readonly SlowPair[], ended: Ended): Outcome['figures'] {
  const ratio = (of: (leg: SlowLeg) => number) =>
    interval(pairs.map(({ healthy, stalled }) => of(stalled) / of(healthy)));
  const worst = ratio(p99);
  const legs = stalledLegs(pairs);
  const readOns = legs.flatMap(({ readOn }) => readOn ?? []);
  const growthMb = Math.max(ended.growthMb, ...legs.map(({ mostMb, beforeMb }) => mostMb - beforeMb));
  const readers = readOns[0]?.readers ?? 0;
  const figures = {
    healthyP99Ratio: worst.median,
    healthyP99RatioMin: worst.min,
    healthyP99RatioMax: worst.max,
    healthyP50Ratio: ratio(({ result }) => percentile(result.latenciesMs, 0.5)).median,
    healthyP99Ms: median(pairs.map(({ healthy }) => p99(healthy))),
    withStalledP99Ms: median(pairs.map(({ stalled }) => p99(stalled))),
    cpuRatio: ratio(({ cpuSeconds }) => cpuSeconds).median,
    stalledReaders: readers,
    rssGrowthMb: growthMb,
    heldMbPerStalled: Math.max(...legs.map(({ heldMb = 0 }) => heldMb)) / readers,
    /** In the second half of a leg: near 0 where the limit holds. */
    rssLateGrowthMb: median(legs.map(({ endMb, middleMb }) => endMb - middleMb)),
    resumedShare: sum(readOns.map(({ same }) => same)) / sum(readOns.map((each) => each.readers)),
    gapsPerStalled: sum(readOns.map(({ gaps }) => gaps)) / sum(readOns.map((each) => each.readers)),
    backInStepMs: median(readOns.map(({ durationMs }) => durationMs)),
    disconnectedShare: ended.closed / readers,
    disconnectedAfterMs: ended.afterMs,
    generatorBusyShare: Math.max(
      ...pairs.flatMap((pair) => Object.values(pair)).map((leg) => leg.result.busyShare),
    ),
  };
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, significant(value)]));
}

type Ended = { closed: number; afterMs: number; growthMb: number };

/** Those that stay slow: all are to be closed, as slow readers and for nothing else. */
async function stayingSlow(stage: SlowStage, plan: SlowPlan): Promise<Ended> {
  await stage.newSlow();
  const before = await stage.slowReadersClosed();
  const beforeMb = stage.rssMb();
  await stage.stall();
  const startedAtMs = performance.now();
  const ended: Ended = { closed: 0, afterMs: Number.NaN, growthMb: 0 };
  // Who is slow is looked at when there is something to send.
  const seconds = Math.ceil((plan.slowReaderMs + UNTIL_CLOSED_MS) / 1000);
  const talk = new AbortController();
  const talking = stage.talk(seconds, talk.signal);
  while (ended.closed < plan.stalled && performance.now() - startedAtMs < seconds * 1000) {
    await stage.askForMuch();
    await stage.pause(ASK_EVERY_MS);
    ended.closed = (await stage.slowReadersClosed()) - before;
    ended.afterMs = performance.now() - startedAtMs;
    ended.growthMb = Math.max(ended.growthMb, stage.rssMb() - beforeMb);
  }
  talk.abort();
  await talking;
  return ended;
}

function readOnProblems(pairs: readonly SlowPair[]): { violations: string[]; warnings: string[] } {
  const violations: string[] = [];
  const warnings: string[] = [];
  for (const [n, { readOn }] of stalledLegs(pairs).entries()) {
    if (!readOn) continue;
    const { gaps, gone, readers, same, surprises } = readOn;
    const name = `pair ${n + 1}`;
    if (same < readers)
      violations.push(
        `${name}: ${same} of ${readers} stalled readers came back to the room's state, ${gone} were gone`,
      );
    if (Object.keys(surprises).length > 0)
      violations.push(`${name}: stalled readers were refused: ${JSON.stringify(surprises)}`);
    if (gaps < readers)
      warnings.push(
        `${name}: only ${gaps} gaps at ${readers} readers: not all were stalled for long enough to be skipped.`,
      );
  }
  return { violations, warnings };
}

export async function runSlowReaders(plan: SlowPlan, context: RunContext): Promise<Outcome> {
  const { progress } = context;
  const stage = await setSlowStage(plan, context);
  const readers = plan.stalled;
  // Fills the log and the history with messages of the size that is said later on.
  const first = { rate: Math.min(Math.floor(plan.viewers * 0.9), FIRST_RATE), talkers: plan.viewers };
  await stage.flood({
    tag: '~W~',
    seed: plan.seed,
    seconds: Math.ceil(plan.firstMessages / first.rate),
    ...first,
  });
  await stage.newSlow();
  // What reading on costs for the first time, the heap keeps: it is not of those who stall later.
  await oneLeg(stage, { ...plan, seconds: 1 }, { tag: '~V~', stalled: true, seed: plan.seed });
  progress.step('Warmed up');

  const neighbours = stage.neighbours();
  const pairs: SlowPair[] = [];
  for (const order of abba(plan.pairs, 'healthy' as const, 'stalled' as const)) {
    const n = pairs.length + 1;
    await stage.newSlow();
    const pair: Partial<SlowPair> = {};
    for (const kind of order) {
      progress.live(`pair ${n}: ${kind}`);
      const stalled = kind === 'stalled';
      pair[kind] = await oneLeg(stage, plan, {
        tag: `~${stalled ? 'S' : 'H'}${n}~`,
        stalled,
        seed: plan.seed + n,
      });
    }
    pairs.push(pair as SlowPair);
    const { healthy, stalled } = pair as SlowPair;
    progress.step(
      `Pair ${n}: p99 ${p99(healthy).toFixed(0)} ms, with ${readers} stalled ${p99(stalled).toFixed(0)} ms, ` +
        `RSS +${(stalled.mostMb - stalled.beforeMb).toFixed(0)} MB, ${stalled.readOn?.same} of ${readers} came back`,
    );
  }
  const othersShare = neighbours.share();
  const ended = await stayingSlow(stage, plan);
  progress.step(`${ended.closed} of ${readers} that stayed slow were disconnected`);

  const figures: Outcome['figures'] = {
    ...figuresOf(pairs, ended),
    othersShare: significant(othersShare, 2),
  };
  const legs = pairs.flatMap(({ healthy, stalled }) => [healthy, stalled]);
  const floods = legs.map(({ tag, result }) => floodProblems(tag, result, plan.seconds));
  const told = withhold(
    figures,
    Object.keys(figures).filter((name) => /^healthy|P99Ms$|^cpuRatio$/.test(name)),
    floods.flatMap(({ untrusted }) => untrusted),
  );
  const problems = [
    ...floods,
    readOnProblems(pairs),
    { violations: [], warnings: stage.warnings(othersShare) },
  ];
  const heldMb = figures.heldMbPerStalled ?? Number.NaN;
  return {
    ...told,
    violations: [
      ...problems.flatMap(({ violations }) => violations),
      ...(ended.closed === readers
        ? []
        : [`${ended.closed} of ${readers} that stayed slow were disconnected for it`]),
      ...(heldMb <= HELD_MB_MAX
        ? []
        : [`The server held ${heldMb} MB for each stalled reader: more than ${HELD_MB_MAX}.`]),
    ],
    pairs: { healthyP99Ratio: pairs.map(({ healthy, stalled }) => p99(stalled) / p99(healthy)) },
    warnings: problems.flatMap(({ warnings }) => warnings),
    goals: [
      { figure: 'healthyP99Ratio', direction: 'at most', value: 1.1 },
      { figure: 'heldMbPerStalled', direction: 'at most', value: HELD_MB_MAX },
      { figure: 'resumedShare', direction: 'at least', value: 1 },
      { figure: 'disconnectedShare', direction: 'at least', value: 1 },
    ],
    tables: {
      legs: legs.map((leg) => ({
        leg: leg.tag.replaceAll('~', ''),
        'p50 ms': significant(percentile(leg.result.latenciesMs, 0.5), 3),
        'p99 ms': significant(p99(leg), 3),
        'server CPU s': significant(leg.cpuSeconds),
        'RSS before, most, end MB': [leg.beforeMb, leg.mostMb, leg.endMb]
          .map((mb) => mb.toFixed(0))
          .join(' '),
        gaps: leg.readOn?.gaps ?? '',
        resumes: leg.readOn?.resumes ?? '',
        'bots busy': significant(leg.result.busyShare, 2),
      })),
    },
  };
}

export const slowReaders: Scenario = {
  name: 'slow-readers',
  summary:
    '5 % of the viewers stop to read: what the others feel, what the server holds, whether they get back',
  defaults: {
    viewers: { full: 1000, quick: 300 },
    rate: { full: 50, quick: 50 },
    seconds: { full: 8, quick: 3 },
    pairs: { full: 5, quick: 2 },
    seed: { full: 1, quick: 1 },
  },
  maxSeconds: ({ seconds = 0, pairs = 0 }) => 120 + (seconds * 4 + 30) * pairs,
  socketsInOneProcess: ({ viewers = 0 }) => viewers + 10,
  run: ({ viewers = 0, rate = 0, seconds = 0, seed = 0, pairs = 0 }, context) => {
    if (rate * 2 > viewers)
      throw new Error(
        `--rate ${rate} needs --viewers ${rate * 2} or more: a user says less than a line a second.`,
      );
    const stalled = Math.round(viewers * STALLED_SHARE);
    return runSlowReaders(
      {
        ...{ viewers: viewers - stalled, stalled, rate, seconds, seed },
        pairs,
        firstMessages: FIRST_MESSAGES,
        slowReaderMs: (seconds + FILLING_SECONDS) * 1000,
      },
      context,
    );
  },
};
