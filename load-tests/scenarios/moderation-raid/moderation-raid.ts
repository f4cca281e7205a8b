import { checkRoom } from '../../../server/ledger/check-room.ts';
import { createKeys } from '../../../server/redis/keys.ts';
import { RAID_MARKER } from '../../bots/raid/marker.ts';
import { cpuSecondsSince, readCpu } from '../../kit/cpu.ts';
import { Neighbours, neighbourWarnings } from '../../kit/neighbours.ts';
import type { Outcome } from '../../kit/report.ts';
import { abba, interval, median, percentile, significant, sum } from '../../kit/stats.ts';
import { sleep } from '../../kit/wait.ts';
import { KEY_PREFIX } from '../../target/stored-sale.ts';
import type { Parameters, RunContext, Scenario } from '../scenario.ts';
import { banMany } from './ban.ts';
import { type RaidLeg, raidLegProblems, stoppedIn } from './raid-checks.ts';
import { RAIDERS, type RaidPlan, type RaidStage, ROOM, setRaidStage, VIEWERS } from './raid-stage.ts';

const STALLED_MS = 15_000;
/** After people came or went, before anything is measured. */
const SETTLE_MS = 700;
const HELD_MAX = 500;

type Pair = { calm: RaidLeg; raid: RaidLeg };
const seen = ({ flood }: RaidLeg, share: number): number => percentile(flood.latenciesMs, share);
const acked = ({ flood }: RaidLeg, share: number): number => percentile(flood.ackLatenciesMs, share);

async function runLeg(
  { node, raiders, viewers }: RaidStage,
  plan: RaidPlan,
  leg: { name: string; isRaid: boolean; n: number; seconds: number },
): Promise<RaidLeg> {
  const { name, isRaid, n, seconds } = leg;
  const seed = plan.seed + n;
  const before = readCpu(node.pid);
  const messagesPerSecond = plan.raidPerSecond;
  const raiding = isRaid
    ? raiders.call('raid', { crowd: RAIDERS, seconds, messagesPerSecond, seed, raid: n })
    : undefined;
  raiding?.catch(() => {});
  const flood = await viewers.call('flood', {
    ...{ crowd: VIEWERS, tag: `~L${n}${isRaid ? 'R' : 'C'}~`, seconds, seed, stalledMs: STALLED_MS },
    ...{ messagesPerSecond: plan.honestPerSecond, talkers: plan.viewers, forbidden: RAID_MARKER },
  });
  const raid = (await raiding) ?? null;
  return { name, raid, flood, cpuSeconds: cpuSecondsSince(before), seconds };
}

/** A new wave of raiders, silent in one leg and raging in the other: what differs is what they say. */
async function runPair(
  stage: RaidStage,
  plan: RaidPlan,
  n: number,
  order: readonly ('calm' | 'raid')[],
): Promise<Pair> {
  const people = { prefix: raidersOf(n), users: plan.raiders, address: '10.2', addresses: plan.addresses };
  await stage.gather(stage.raiders, RAIDERS, people);
  await sleep(SETTLE_MS);
  const pair: Partial<Pair> = {};
  for (const kind of order) {
    const leg = { name: `pair ${n}, ${kind}`, isRaid: kind === 'raid', n, seconds: plan.seconds };
    pair[kind] = await runLeg(stage, plan, leg);
  }
  return pair as Pair;
}

const raidersOf = (pair: number): string => `raider-${pair}-`;

/** What Redis has in the end: nothing of the raid among what is shown, no more held than may be, a sound ledger. */
async function remains({ redis }: RaidStage): Promise<string[]> {
  const keys = createKeys(KEY_PREFIX);
  const room = keys.room(ROOM);
  const shown = await redis.client.lrange(room.chat, 0, -1);
  const held = await redis.client.zcard(room.held);
  const { violations } = await checkRoom(redis.client, keys, ROOM);
  return [
    ...(shown.some((json) => json.includes(RAID_MARKER)) ? ['the chat has messages of raiders'] : []),
    ...(held > HELD_MAX ? [`${held} messages are held`] : []),
    ...violations.map(({ message }) => `ledger: ${message}`),
  ];
}

function figuresOf(pairs: readonly Pair[], alone: RaidLeg): Outcome['figures'] {
  const ratio = (of: (leg: RaidLeg) => number) =>
    interval(pairs.map(({ calm, raid }) => of(raid) / of(calm)));
  const p99 = ratio((leg) => seen(leg, 0.99));
  const each = (kind: keyof Pair, of: (leg: RaidLeg) => number) =>
    median(pairs.map((pair) => of(pair[kind])));
  const busy = (leg: RaidLeg): number => leg.cpuSeconds / leg.seconds;
  const frames = ({ flood, seconds }: RaidLeg): number =>
    flood.frames / (flood.expectedDeliveries / flood.sent) / seconds;
  const stopped = ({ raid }: RaidLeg): number => (raid ? stoppedIn(raid) : 0);
  const times = (leg: RaidLeg, code: string): number =>
    (leg.raid?.slurs[code] ?? 0) + (leg.raid?.links[code] ?? 0);
  return {
    honestP99Ratio: p99.median,
    honestP99RatioMin: p99.min,
    honestP99RatioMax: p99.max,
    honestAckP99Ratio: ratio((leg) => acked(leg, 0.99)).median,
    honestP50Ratio: ratio((leg) => seen(leg, 0.5)).median,
    calmSeenP99Ms: each('calm', (leg) => seen(leg, 0.99)),
    raidSeenP99Ms: each('raid', (leg) => seen(leg, 0.99)),
    calmAckP99Ms: each('calm', (leg) => acked(leg, 0.99)),
    raidAckP99Ms: each('raid', (leg) => acked(leg, 0.99)),
    aloneSeenP99Ms: seen(alone, 0.99),
    stoppedPerSecond: each('raid', (leg) => stopped(leg) / leg.seconds),
    wordsBlocked: sum(pairs.map(({ raid }) => times(raid, 'WORD_BLOCKED'))),
    linksHeld: sum(pairs.map(({ raid }) => times(raid, 'OK'))),
    refusedUnread: sum(pairs.map(({ raid }) => times(raid, 'RATE_LIMITED'))),
    raiderAckP99Ms: each('raid', ({ raid }) => percentile(raid?.latenciesMs ?? [], 0.99)),
    nodeCpuMicrosPerStopped: median(
      pairs.map(({ calm, raid }) => ((raid.cpuSeconds - calm.cpuSeconds) / stopped(raid)) * 1e6),
    ),
    calmFramesASecond: each('calm', frames),
    raidFramesASecond: each('raid', frames),
    nodeBusyShareCalm: each('calm', busy),
    nodeBusyShareRaid: each('raid', busy),
    viewersBusyShare: Math.max(...pairs.map(({ raid }) => raid.flood.busyShare)),
    raidersBusyShare: Math.max(...pairs.map(({ raid }) => raid.raid?.busyShare ?? 0)),
  };
}

export async function runRaid(plan: RaidPlan, context: RunContext): Promise<Outcome> {
  const { progress } = context;
  const stage = await setRaidStage(context);
  const { node, raiders, redis, viewers } = stage;
  const people = { prefix: 'viewer-', users: plan.viewers, address: '10.1', addresses: plan.viewers };
  await stage.gather(viewers, VIEWERS, people);
  progress.step(`${plan.viewers} viewers joined`);
  await runLeg(stage, plan, { name: 'warm-up', isRaid: false, n: 100, seconds: Math.min(2, plan.seconds) });
  const neighbours = new Neighbours([redis.pid, node.pid, viewers.child.pid, raiders.child.pid]);
  const alone = await runLeg(stage, plan, { name: 'alone', isRaid: false, n: 99, seconds: plan.seconds });

  const pairs: Pair[] = [];
  for (const order of abba(plan.pairs, 'calm' as const, 'raid' as const)) {
    const n = pairs.length + 1;
    const pair = await runPair(stage, plan, n, order);
    pairs.push(pair);
    const ms = (leg: RaidLeg): string => `${seen(leg, 0.99).toFixed(0)} ms`;
    progress.step(`Pair ${n}: p99 calm ${ms(pair.calm)}, in the raid ${ms(pair.raid)}`);
    if (n === plan.pairs) break;
    await raiders.call('disconnect', { crowd: RAIDERS });
  }
  const ban = await banMany(stage, plan, raidersOf(plan.pairs));
  progress.step(`${plan.banned} banned, all gone after ${ban.allGoneMs.toFixed(0)} ms`);
  const othersShare = neighbours.share();

  const legs = [alone, ...pairs.flatMap(({ calm, raid }) => [calm, raid])];
  const problems = legs.map(raidLegProblems);
  const lost = await viewers.call('lost', { crowd: VIEWERS });
  const errors = node.child.problem();
  const figures = {
    ...figuresOf(pairs, alone),
    ...{ banAckMs: ban.ackMs, banHalfGoneMs: ban.halfGoneMs, banAllGoneMs: ban.allGoneMs, othersShare },
  };
  return {
    figures: Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, significant(value)])),
    violations: [
      ...problems.flatMap(({ violations }) => violations),
      ...ban.violations,
      ...(await remains(stage)),
      ...(Object.keys(lost).length > 0 ? [`viewers lost their sockets: ${JSON.stringify(lost)}`] : []),
      ...(errors ? [errors] : []),
    ],
    warnings: [
      ...problems.flatMap(({ warnings }) => warnings),
      ...neighbourWarnings(othersShare),
      ...(context.pinning ? [] : ['Server and bots shared their CPUs: taskset or a second CPU is missing.']),
    ],
    goals: plan.viewers >= 1000 ? [{ figure: 'honestP99Ratio', direction: 'at most', value: 1.5 }] : [],
    tables: {
      legs: legs.map((leg) => ({
        leg: leg.name,
        'seen p50 ms': significant(seen(leg, 0.5), 3),
        'seen p99 ms': significant(seen(leg, 0.99), 3),
        'ack p99 ms': significant(acked(leg, 0.99), 3),
        'node CPU s': significant(leg.cpuSeconds, 3),
        'viewers busy': significant(leg.flood.busyShare, 2),
        'raiders busy': significant(leg.raid?.busyShare ?? 0, 2),
        slurs: JSON.stringify(leg.raid?.slurs ?? {}),
        links: JSON.stringify(leg.raid?.links ?? {}),
      })),
    },
  };
}

const RAIDERS_PER_VIEWER = 2;
const RAIDERS_PER_ADDRESS = 10;
const pairsOf = ({ quick }: Parameters): number => (quick ? 3 : 5);

export const moderationRaid: Scenario = {
  name: 'moderation-raid',
  summary:
    'raiders, two a viewer, post slurs and links from many addresses: nobody sees any, and honest chat stays fast',
  defaults: {
    viewers: { full: 1000, quick: 300 },
    rate: { full: 20, quick: 20 },
    seconds: { full: 8, quick: 3 },
    seed: { full: 1, quick: 1 },
  },
  maxSeconds: (parameters) => 120 + (parameters.seconds ?? 0) * 4 * pairsOf(parameters),
  socketsInOneProcess: ({ viewers = 0 }) => viewers * (1 + RAIDERS_PER_VIEWER),
  run: (parameters, context) => {
    const { viewers = 0, rate = 0, seconds = 0, seed = 0 } = parameters;
    if (rate * 2 > viewers) throw new Error(`--rate ${rate} needs --viewers ${rate * 2} or more.`);
    const raiders = viewers * RAIDERS_PER_VIEWER;
    return runRaid(
      {
        ...{ viewers, raiders, seconds, seed, honestPerSecond: rate, pairs: pairsOf(parameters) },
        // As fast as each of them may.
        raidPerSecond: raiders,
        addresses: Math.ceil(raiders / RAIDERS_PER_ADDRESS),
        banned: Math.min(100, raiders),
      },
      context,
    );
  },
};
