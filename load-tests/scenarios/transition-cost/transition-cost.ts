import type { Redis } from 'ioredis';
import { cpuSecondsSince, readCpu } from '../../kit/cpu.ts';
import { Neighbours, neighbourWarnings } from '../../kit/neighbours.ts';
import type { Outcome } from '../../kit/report.ts';
import { abba, interval, median, significant, sum } from '../../kit/stats.ts';
import { type RedisUnderTest, startRedis } from '../../target/redis.ts';
import {
  type Commands,
  loadReplay,
  type Recorded,
  recordCommands,
  replay,
  replayArgv,
} from '../../target/replay-writes.ts';
import type { Parameters, RunContext, Scenario } from '../scenario.ts';
import { Bench, type Transition, transitions } from './transitions.ts';

/** `reading`: as bare, but with the same reads as well, whose answers it ignores. */
type Side = 'ours' | 'bare' | 'reading';
/** Per call: CPU of the whole Redis process, and the time that Redis itself counted for EVALSHA. */
type Leg = { side: Side; cpuMicros: number; evalshaMicros: number };
type Measured = {
  transition: Transition;
  recorded: readonly Recorded[];
  /** The first and the last leg change places from pair to pair; the middle one stays. */
  pairs: (readonly [Leg, Leg, Leg])[];
};

/** Calls of one script in a leg. */
const callsOf = ({ quick }: Parameters): number => (quick ? 100 : 400);
const pairsOf = ({ quick }: Parameters): number => (quick ? 5 : 7);
const GOAL = 1.3;

/** Time that Redis itself counted for EVALSHA since `CONFIG RESETSTAT`, in µs. */
async function evalshaMicros(redis: Redis, calls: number): Promise<number> {
  const stats = await redis.info('commandstats');
  const [, counted, micros] = /cmdstat_evalsha:calls=(\d+),usec=(\d+)/.exec(stats) ?? [];
  if (Number(counted) !== calls) throw new Error(`${calls} EVALSHA were sent, Redis counted ${counted}.`);
  return Number(micros) / calls;
}

/** Room ids of one length: what is written is as long in each. */
class Rooms {
  #made = 0;

  next(): string {
    this.#made += 1;
    return `cost-${String(this.#made).padStart(5, '0')}`;
  }
}

class CostRun {
  readonly #redis: RedisUnderTest;
  readonly #bench: Bench;
  readonly #rooms = new Rooms();
  readonly #calls: number;

  constructor(redis: RedisUnderTest, calls: number) {
    this.#redis = redis;
    this.#bench = new Bench(redis.client);
    this.#calls = calls;
  }

  async #ready(transition: Transition): Promise<string> {
    const roomId = this.#rooms.next();
    await this.#bench.openSales(roomId);
    await transition.prepare(this.#bench, roomId, this.#calls);
    return roomId;
  }

  /** What each of the calls writes, with the room's id in it. */
  async record(transition: Transition): Promise<Recorded[]> {
    const roomId = await this.#ready(transition);
    const recorded = await recordCommands(
      this.#redis.client,
      this.#redis.socketPath,
      Array.from({ length: this.#calls }, (_, i) => () => transition.act(this.#bench, roomId, i)),
    );
    const marked = (commands: Commands) => inRoom(commands, roomId, ROOM_MARK);
    return recorded.map(({ writes, all }) => ({ writes: marked(writes), all: marked(all) }));
  }

  /** One leg: a fresh room, and every call once, one after the other. Preparing is not counted. */
  async leg(side: Side, { transition, recorded }: Pick<Measured, 'transition' | 'recorded'>): Promise<Leg> {
    const { client, pid } = this.#redis;
    const roomId = await this.#ready(transition);
    const argvs = recorded.map(({ writes, all }) =>
      replayArgv(inRoom(side === 'reading' ? all : writes, ROOM_MARK, roomId)),
    );
    const head = this.#bench.head(roomId);
    await client.config('RESETSTAT');
    const before = readCpu(pid);
    for (const [i, argv] of argvs.entries()) {
      if (side === 'ours') await transition.act(this.#bench, roomId, i);
      else await replay(client, head, argv);
    }
    const cpuMicros = (cpuSecondsSince(before) / this.#calls) * 1e6;
    const leg = { side, cpuMicros, evalshaMicros: await evalshaMicros(client, this.#calls) };
    // What earlier legs left must not make later ones slower.
    await client.flushall();
    return leg;
  }

  /** The announcement that goes before each transition: µs of EVALSHA. */
  async announceMicros(): Promise<number> {
    const { client } = this.#redis;
    const roomId = this.#rooms.next();
    await this.#bench.due.announce(roomId, 0);
    await client.config('RESETSTAT');
    await Promise.all(Array.from({ length: this.#calls }, () => this.#bench.due.announce(roomId, 0)));
    return evalshaMicros(client, this.#calls);
  }
}

const ROOM_MARK = '<room>';

/** The same commands on another room. */
const inRoom = (commands: Commands, from: string, to: string): Commands =>
  commands.map((words) => words.map((word) => word.replaceAll(from, to)));

const legOf = (legs: readonly [Leg, Leg, Leg], side: Side): Leg =>
  legs.find((leg) => leg.side === side) ?? legs[0];

/** Ratio of ours to another side, of all transitions together, one of each, for each pair. */
const overall = (measured: readonly Measured[], to: Side, pick: (leg: Leg) => number): number[] =>
  (measured[0]?.pairs ?? []).map((_, n) => {
    const total = (side: Side) =>
      sum(measured.map(({ pairs }) => (pairs[n] ? pick(legOf(pairs[n], side)) : Number.NaN)));
    return total('ours') / total(to);
  });

function rowOf({ transition, recorded, pairs }: Measured): Record<string, number | string> {
  const of = (side: Side, what: 'cpuMicros' | 'evalshaMicros') =>
    median(pairs.map((pair) => legOf(pair, side)[what]));
  const ratio = (what: 'cpuMicros' | 'evalshaMicros') =>
    interval(pairs.map((pair) => legOf(pair, 'ours')[what] / legOf(pair, 'bare')[what]));
  const cpu = ratio('cpuMicros');
  return {
    script: transition.name,
    ratio: significant(cpu.median, 3),
    min: significant(cpu.min, 3),
    max: significant(cpu.max, 3),
    'ours µs': significant(of('ours', 'cpuMicros'), 3),
    'bare µs': significant(of('bare', 'cpuMicros'), 3),
    'in EVALSHA: ratio': significant(ratio('evalshaMicros').median, 3),
    ours: significant(of('ours', 'evalshaMicros'), 3),
    bare: significant(of('bare', 'evalshaMicros'), 3),
    writes: recorded[0]?.writes.length ?? 0,
    reads: (recorded[0]?.all.length ?? 0) - (recorded[0]?.writes.length ?? 0),
  };
}

async function run(parameters: Parameters, { lifetimes, progress, pinning }: RunContext): Promise<Outcome> {
  const redis = await startRedis(lifetimes, pinning?.servers);
  await loadReplay(redis.client);
  // Rewriting the AOF is a fork in the middle of some leg.
  await redis.client.config('SET', 'auto-aof-rewrite-percentage', '0');
  const cost = new CostRun(redis, callsOf(parameters));
  const measured: Measured[] = [];
  for (const transition of transitions) {
    // Also the warm-up: Redis compiles a script when it first sees it.
    const recorded = await cost.record(transition);
    measured.push({ transition, recorded, pairs: [] });
    progress.step(`${transition.name}: ${recorded[0]?.writes.length} writes a call`);
  }
  const neighbours = new Neighbours([redis.pid]);
  for (const [first, second] of abba<Side, Side>(pairsOf(parameters), 'ours', 'bare')) {
    for (const each of measured) {
      each.pairs.push([
        await cost.leg(first, each),
        await cost.leg('reading', each),
        await cost.leg(second, each),
      ]);
      progress.live(`pair ${each.pairs.length}: ${each.transition.name}`);
    }
  }
  const othersShare = neighbours.share();
  const ratios = interval(overall(measured, 'bare', (leg) => leg.cpuMicros));
  const figures = {
    transitionCostRatio: ratios.median,
    transitionCostRatioMin: ratios.min,
    transitionCostRatioMax: ratios.max,
    evalshaTimeRatio: median(overall(measured, 'bare', (leg) => leg.evalshaMicros)),
    toSameReadsAndWritesRatio: median(overall(measured, 'reading', (leg) => leg.cpuMicros)),
    ...Object.fromEntries(
      measured.map((each) => [`${each.transition.name}CostRatio`, Number(rowOf(each).ratio)]),
    ),
    announceMicros: await cost.announceMicros(),
    othersShare,
  };
  return {
    figures: Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, significant(value)])),
    violations: [],
    warnings: [
      ...neighbourWarnings(othersShare),
      ...(pinning ? [] : ['Redis and the driver shared their CPUs: taskset or a second CPU is missing.']),
    ],
    goals: [{ figure: 'transitionCostRatio', direction: 'at most', value: GOAL }],
    tables: { scripts: measured.map(rowOf) },
  };
}

export const transitionCost: Scenario = {
  name: 'transition-cost',
  summary: "Redis' time for each step of an order, against a bare EVALSHA that makes the same writes, ABBA",
  defaults: {},
  maxSeconds: () => 180,
  socketsInOneProcess: () => 0,
  run,
};
