import { createKeys } from '../../../server/redis/keys.ts';
import { Bots } from '../../bots/bots.ts';
import { pairedRatio, ratioFigures } from '../../kit/interval.ts';
import { Neighbours, neighbourWarnings } from '../../kit/neighbours.ts';
import { BUSY_LIMIT, withhold } from '../../kit/rate.ts';
import type { Outcome } from '../../kit/report.ts';
import { distribution } from '../../kit/series.ts';
import { median, percentile, significant } from '../../kit/stats.ts';
import { signToken } from '../../kit/tokens.ts';
import { startPeer } from '../../peers/peer.ts';
import { Caller } from '../../target/caller.ts';
import { createRoom, freshSecrets, startNode } from '../../target/livestall.ts';
import { startRedis } from '../../target/redis.ts';
import type { ServerUnderTest } from '../../target/server-under-test.ts';
import { KEY_PREFIX } from '../../target/stored-sale.ts';
import type { RunContext, Scenario } from '../scenario.ts';
import { joinTarget } from './join-target.ts';
import { type Leg, type LegSide, rushLeg, rushViolations } from './rush-leg.ts';
import { seedRoom } from './seeded-room.ts';

const ROOM = 'load-join';
const WARM_UP_VIEWERS = 500;
const ORDER: readonly LegSide[] = ['ours', 'announcing', 'quiet', 'connect'];

export type JoinStormPlan = { viewers: number; pairs: number; seed: number };

async function setStage({ seed }: JoinStormPlan, { lifetimes, pinning, progress }: RunContext) {
  const redis = await startRedis(lifetimes, pinning?.others);
  const secrets = freshSecrets();
  const { tokenSecret } = secrets;
  const cpus = pinning?.servers;
  // How many a node lets in is a setting; what each of them costs is what is measured.
  const env = { LIVESTALL_HANDSHAKES_PER_SECOND: '1000000' };
  const ours = await startNode('node-1', { redis, secrets, cpus, env }, lifetimes);
  await createRoom(ours, secrets, ROOM);
  const room = await seedRoom(ours, secrets, ROOM, seed);
  lifetimes.add('host', () => room.host.close());
  const peer = (label: string, args: string[], more: { seed?: typeof room.seed } = {}) =>
    startPeer('plain-socketio', { ...{ redis, tokenSecret, cpus, label, args }, ...more }, lifetimes);
  const announcing = await peer('announcing', ['--announce-joins'], { seed: room.seed });
  const quiet = await peer('quiet', []);
  const servers: Record<LegSide, ServerUnderTest> = { ours, connect: ours, announcing, quiet };
  const talkers = new Map<ServerUnderTest, Caller>();
  for (const server of [ours, announcing, quiet]) {
    const claims = { userId: 'talker', name: 'Talker', roomId: ROOM, role: 'viewer' } as const;
    const talker = await Caller.connect(server.url, signToken(tokenSecret, claims));
    lifetimes.add('talker', () => talker.close());
    await talker.call('room:join', { roomId: ROOM });
    talkers.set(server, talker);
  }
  const bots = new Bots({ what: 'bots', cpus: pinning?.others });
  lifetimes.add('bots', () => bots.child.stop());
  bots.onLive = progress.live;
  const keys = createKeys(KEY_PREFIX).room(ROOM);
  const headSeq = async (): Promise<number> => Number(await redis.client.hget(keys.head, 'seq'));
  return { redis, tokenSecret, room, servers, talkers, bots, headSeq };
}

export async function runJoinStorm(plan: JoinStormPlan, context: RunContext): Promise<Outcome> {
  const { viewers, pairs: pairCount } = plan;
  const { progress } = context;
  const stage = await setStage(plan, context);
  const { redis, room, servers, talkers, bots } = stage;
  let legsRun = 0;
  const leg = (side: LegSide, count: number): Promise<Leg> => {
    legsRun += 1;
    const server = servers[side];
    const talker = talkers.get(server);
    if (!talker) throw new Error(`Nobody speaks at ${side}.`);
    const { tokenSecret } = stage;
    return rushLeg(
      { side, server, talker, tokenSecret, roomId: ROOM, viewers: count, shape: shapeAt(side), n: legsRun },
      stage,
    );
  };
  // Ours keeps 200 messages: each leg so far has said one more.
  let saidAtOurs = 0;
  const shapeAt = (side: LegSide) => {
    if (side !== 'ours') return room.shape;
    saidAtOurs += 1;
    return { ...room.shape, messages: room.shape.messages + saidAtOurs - 1 };
  };

  for (const side of ORDER) await leg(side, Math.min(viewers, WARM_UP_VIEWERS));
  progress.step(`Warmed up; ${viewers} viewers a leg`);
  const neighbours = new Neighbours([
    ...[bots.child.pid, redis.pid],
    ...[...talkers.keys()].map(({ pid }) => pid),
  ]);
  const pairs: Leg[][] = [];
  for (let n = 0; n < pairCount; n += 1) {
    const legs: Leg[] = [];
    for (const side of n % 2 === 0 ? ORDER : ORDER.toReversed()) legs.push(await leg(side, viewers));
    pairs.push(legs);
    const told = legs.map(({ side, cpuMicros }) => `${side} ${cpuMicros.toFixed(0)}`);
    progress.step(`Pair ${n + 1}: ${told.join(', ')} µs of CPU a viewer`);
  }
  const othersShare = neighbours.share();
  const violations = pairs.flatMap((legs, n) =>
    legs.flatMap((each) => rushViolations(each, `pair ${n + 1}`)),
  );
  return { ...report(plan, pairs, othersShare, context), violations };
}

function report(
  { viewers }: JoinStormPlan,
  pairs: readonly Leg[][],
  othersShare: number,
  { pinning }: RunContext,
): Omit<Outcome, 'violations'> {
  const legs = pairs.flat();
  const of = (side: LegSide) => legs.filter((leg) => leg.side === side);
  const middle = (side: LegSide, pick: (leg: Leg) => number) => median(of(side).map(pick));
  const cpu = (leg: Leg) => leg.cpuMicros;
  const announcing = pairedRatio(pairs, 'announcing', 'ours', cpu);
  const quiet = pairedRatio(pairs, 'quiet', 'ours', cpu);
  const perSecond = ({ rush }: Leg) => (rush.joined / rush.durationMs) * 1000;
  const oursMs = of('ours').flatMap(({ rush }) => rush.toSnapshotMs);
  const plain: Record<string, number> = {
    joinsPerSecond: middle('ours', perSecond),
    baselineJoinsPerSecond: middle('announcing', perSecond),
    quietJoinsPerSecond: middle('quiet', perSecond),
    toSnapshotP50Ms: percentile(oursMs, 0.5),
    toSnapshotP99Ms: percentile(oursMs, 0.99),
    cpuMicrosPerJoin: middle('ours', cpu),
    connectCpuMicros: middle('connect', cpu),
    joinOnlyCpuMicros: middle('ours', cpu) - middle('connect', cpu),
    baselineCpuMicrosPerJoin: middle('announcing', cpu),
    quietCpuMicrosPerJoin: middle('quiet', cpu),
    snapshotBytes: middle('ours', ({ check }) => check?.snapshotBytes ?? Number.NaN),
    baselineSnapshotBytes: middle('quiet', ({ check }) => check?.snapshotBytes ?? Number.NaN),
    redisCommandsPerJoin: middle('ours', ({ redisCommands }) => redisCommands),
    baselineRedisCommandsPerJoin: middle('announcing', ({ redisCommands }) => redisCommands),
    redisCpuMicrosPerJoin: middle('ours', ({ redisCpuMicros }) => redisCpuMicros),
    baselineRedisCpuMicrosPerJoin: middle('announcing', ({ redisCpuMicros }) => redisCpuMicros),
    generatorBusyShare: Math.max(...of('ours').map(({ rush }) => rush.busyShare)),
    othersShare,
  };
  const busy = legs.filter(({ rush }) => rush.busyShare >= BUSY_LIMIT);
  const oursBusy = busy.some(({ side }) => side === 'ours');
  const rounded = Object.fromEntries(
    Object.entries(plain).map(([name, value]) => [name, significant(value)]),
  );
  // A generator at its limit makes joins slow and late, but none of them dearer for the server.
  const told = withhold(
    rounded,
    ['joinsPerSecond', 'toSnapshotP50Ms', 'toSnapshotP99Ms'],
    oursBusy ? ['the generator was the bottleneck'] : [],
  );
  return {
    figures: {
      ...ratioFigures('cpuPerJoinRatio', announcing),
      ...ratioFigures('cpuPerJoinRatioQuiet', quiet),
      ...told.figures,
    },
    withheld: told.withheld,
    pairs: { cpuPerJoinRatio: announcing.ratios, cpuPerJoinRatioQuiet: quiet.ratios },
    warnings: [
      ...neighbourWarnings(othersShare),
      ...(busy.length > 0
        ? [`In ${busy.length} legs the generator was the bottleneck: their rates and times are its own.`]
        : []),
      ...(pinning ? [] : ['Servers and bots shared their CPUs: taskset or a second CPU is missing.']),
    ],
    goals: viewers >= 1000 ? [{ figure: 'cpuPerJoinRatio', direction: 'at least', value: 6 }] : [],
    tables: { legs: legs.map(row) },
    distributions: (['ours', 'announcing', 'quiet'] as const).map((side) =>
      distribution(
        `${side}: to snapshot`,
        'ms',
        of(side).flatMap(({ rush }) => rush.toSnapshotMs),
        'to snapshot',
      ),
    ),
  };
}

function row({ side, cpuMicros, redisCpuMicros, redisCommands, rush }: Leg) {
  return {
    side,
    'µs/viewer': significant(cpuMicros),
    'Redis µs': significant(redisCpuMicros, 3),
    'Redis commands': significant(redisCommands, 3),
    s: significant(rush.durationMs / 1000, 3),
    'p50 ms': rush.toSnapshotMs.length === 0 ? '' : significant(percentile(rush.toSnapshotMs, 0.5), 3),
    'p99 ms': rush.toSnapshotMs.length === 0 ? '' : significant(percentile(rush.toSnapshotMs, 0.99), 3),
    'bots busy': significant(rush.busyShare, 2),
  };
}

export const joinStorm: Scenario = {
  name: 'join-storm',
  summary:
    'server CPU until a viewer has the room, when thousands come at once: ours against plain Socket.IO',
  defaults: {
    viewers: { full: 3000, quick: 500 },
    pairs: { full: 5, quick: 3 },
    seed: { full: 1, quick: 1 },
  },
  // The baseline tells everybody of everybody: that grows with the square.
  maxSeconds: ({ viewers = 0, pairs = 0 }) => 90 + pairs * (viewers / 100 + (viewers / 250) ** 2),
  targets: true,
  socketsInOneProcess: ({ viewers = 0 }) => viewers + 20,
  run: ({ viewers = 0, pairs = 0, seed = 0 }, context) =>
    context.target
      ? joinTarget({ viewers, legs: pairs, seed }, context, context.target)
      : runJoinStorm({ viewers, pairs, seed }, context),
};
