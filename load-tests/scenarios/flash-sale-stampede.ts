import { KERNEL_ERRORS } from '../../shared/kernel/errors.ts';
import { flashSaleContract } from '../../shared/plays/flash-sale/contract.ts';
import { Bots } from '../bots/bots.ts';
import { neighbourWarnings } from '../kit/neighbours.ts';
import { BUSY_LIMIT } from '../kit/rate.ts';
import type { Outcome } from '../kit/report.ts';
import { percentile, significant } from '../kit/stats.ts';
import { createProduct, createRoom, freshSecrets, startNode } from '../target/livestall.ts';
import { startRedis } from '../target/redis.ts';
import { totalOf } from '../target/redis-counters.ts';
import { readStoredSale, type SnapshotSale } from '../target/stored-sale.ts';
import { connectHost } from './sale-stage.ts';
import type { Parameters, RunContext, Scenario } from './scenario.ts';
import { type DocumentedCodes, stampedeViolations } from './stampede-checks.ts';
import { measureInStock } from './stampede-in-stock.ts';
import { measureRedisCost } from './stampede-redis-cost.ts';
import { CROWD, type Round, type RoundPlan, runRound, type Stage } from './stampede-round.ts';
import { stampedeTarget } from './stampede-target.ts';

const ROOM = 'load-sale';
const PRODUCT = 'shirt';
const NODES = 2;
/** More than one generator process only where one would be too busy. */
const USERS_PER_BOT_PROCESS = 10_000;
const CONNECTING_AT_ONCE = 64;

export type StampedePlan = {
  users: number;
  units: number;
  grabsPerUser: number;
  seed: number;
  /** A user's pause between an answer and the next grab; the server takes 3 a second, 6 at once. */
  pausesMs: readonly [number, number];
};

const documentedCodes: DocumentedCodes = new Set([
  ...Object.keys(KERNEL_ERRORS),
  ...flashSaleContract.commands['flash-sale:token'].errors,
  ...flashSaleContract.commands['flash-sale:grab'].errors,
]);

async function setStage(plan: StampedePlan, { lifetimes, progress }: RunContext): Promise<Stage> {
  const redis = await startRedis(lifetimes);
  const secrets = freshSecrets();
  const nodes = await Promise.all(
    Array.from({ length: NODES }, (_, n) => startNode(`node-${n + 1}`, { redis, secrets }, lifetimes)),
  );
  const [first] = nodes;
  if (!first) throw new Error('No node was started.');
  await createRoom(first, secrets, ROOM);
  await createProduct(first, secrets, ROOM, PRODUCT);

  const processes = Math.ceil(plan.users / USERS_PER_BOT_PROCESS);
  const bots: Bots[] = [];
  let joined = 0;
  const startedAtMs = performance.now();
  for (let n = 0; n < processes; n += 1) {
    const bot = new Bots({ what: `bots ${n + 1}` });
    lifetimes.add(bot.child.what, () => bot.child.stop());
    bot.onLive = progress.live;
    bots.push(bot);
    const firstUser = Math.floor((plan.users * n) / processes);
    const { connected, failures } = await bot.call('connect', {
      crowd: CROWD,
      urls: nodes.map(({ url }) => url),
      tokenSecret: secrets.tokenSecret,
      roomId: ROOM,
      userPrefix: 'buyer-',
      firstUser,
      users: Math.floor((plan.users * (n + 1)) / processes) - firstUser,
      concurrency: CONNECTING_AT_ONCE,
    });
    joined += connected;
    if (Object.keys(failures).length > 0) progress.step(`Could not join: ${JSON.stringify(failures)}`);
  }
  if (joined < plan.users) throw new Error(`Only ${joined} of ${plan.users} users could join.`);
  progress.step(
    `${joined} users joined on ${NODES} nodes in ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s`,
  );

  const hosts = await Promise.all(
    nodes.map((node) => connectHost(node, secrets.tokenSecret, ROOM, lifetimes)),
  );
  return { redis, nodes, hosts, bots };
}

async function violationsOf(stage: Stage, plan: StampedePlan, round: Round): Promise<string[]> {
  const shown = await Promise.all(
    stage.hosts.map(async (host) => {
      const joined = await host.call<{ snapshot: { 'flash-sale': { sales: SnapshotSale[] } } }>('room:join', {
        roomId: ROOM,
      });
      const sale = joined.snapshot['flash-sale'].sales.find(({ saleId }) => saleId === round.saleId);
      return sale ?? { total: 0, available: 0, held: 0, sold: 0 };
    }),
  );
  const lost = await Promise.all(stage.bots.map((bot) => bot.call('lost', { crowd: CROWD })));
  return [
    ...stampedeViolations({
      ...plan,
      result: round.result,
      lastStock: round.lastStock,
      shown,
      stored: await readStoredSale(stage.redis.client, ROOM, round.saleId),
      documentedCodes,
    }),
    ...lost
      .filter((each) => totalOf(each) > 0)
      .map((each) => `connections were lost: ${JSON.stringify(each)}`),
  ];
}

/** Two stampedes on one stage: the first with Redis' commands counted one by one, the second undisturbed, for time. */
export async function runStampede(plan: StampedePlan, context: RunContext): Promise<Outcome> {
  const { progress } = context;
  const stage = await setStage(plan, context);
  const violations: string[] = [];
  const play = async (round: number, name: string, monitored: boolean): Promise<Round> => {
    const roundPlan: RoundPlan = {
      ...plan,
      round,
      productId: PRODUCT,
      monitored,
      seed: plan.seed + round * 100,
    };
    const played = await runRound(stage, roundPlan);
    const { answered, durationMs } = played.result;
    progress.step(
      `${name} round: ${answered.toLocaleString('en')} grabs in ${(durationMs / 1000).toFixed(2)} s`,
    );
    violations.push(...(await violationsOf(stage, plan, played)).map((each) => `${name} round: ${each}`));
    return played;
  };
  const counted = await play(1, 'counted', true);
  const timed = await play(2, 'timed', false);
  await Promise.all(stage.bots.map((bot) => bot.call('disconnect', { crowd: CROWD })));
  return { ...report(counted, timed), violations };
}

function report(counted: Round, timed: Round): Omit<Outcome, 'violations'> {
  const warnings = neighbourWarnings(timed.othersShare);
  const counts = counted.counts ?? { client: {}, internal: {} };
  const monitored = totalOf(counts.client) + totalOf(counts.internal);
  if (Math.abs(monitored - counted.commandsProcessed) > Math.max(20, counted.commandsProcessed * 0.01)) {
    warnings.push(`MONITOR saw ${monitored} commands, INFO counts ${counted.commandsProcessed}.`);
  }
  const { result } = timed;
  for (const { result: of } of [counted, timed]) {
    if (totalOf(of.retries) > 0) warnings.push(`Grabs had to be tried again: ${JSON.stringify(of.retries)}.`);
  }
  if (result.busyShare >= BUSY_LIMIT) {
    warnings.push(
      `The generator was the bottleneck (${Math.round(result.busyShare * 100)} % busy): rates and latencies are not the server's.`,
    );
  }
  const figures = {
    redisCommandsPerGrab: totalOf(counts.client) / counted.result.answered,
    redisInternalCommandsPerGrab: totalOf(counts.internal) / counted.result.answered,
    grabs: result.answered,
    grabsPerSecond: (result.answered / result.durationMs) * 1000,
    ackLatencyP50Ms: percentile(result.latenciesMs, 0.5),
    ackLatencyP99Ms: percentile(result.latenciesMs, 0.99),
    serverCpuMicrosPerGrab: (timed.serverCpuSeconds / result.answered) * 1e6,
    redisCpuMicrosPerGrab: (timed.redisCpuSeconds / result.answered) * 1e6,
    redisAllCommandsPerGrabTimed: timed.commandsProcessed / result.answered,
    generatorBusyShare: result.busyShare,
    othersShare: timed.othersShare,
  };
  const rows = (all: Record<string, number>, key: string) =>
    Object.entries(all)
      .sort(([, a], [, b]) => b - a)
      .map(([name, n]) => ({ [key]: name, times: n }));
  return {
    figures: Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, significant(value)])),
    warnings,
    goals: [],
    tables: {
      'answers (timed round)': rows(result.answers, 'code'),
      'commands sent by clients (counted round)': rows(counts.client, 'command'),
      'commands called in scripts (counted round)': rows(counts.internal, 'command'),
    },
  };
}

/** Above this many grabs of a user, the pauses keep within what a user may do: 3 a second. */
const BURST_OF_A_USER = 6;

export const planOf = ({ viewers = 0, grabs = 0, seed = 0 }: Parameters): StampedePlan => {
  const grabsPerUser = Math.max(1, Math.round(grabs / viewers));
  return {
    users: viewers,
    units: Math.max(1, Math.min(100, Math.floor(viewers / 10))),
    grabsPerUser,
    seed,
    pausesMs: grabsPerUser > BURST_OF_A_USER ? [350, 500] : [100, 400],
  };
};

const pairsOf = ({ pairs = 1, quick }: Parameters): number => (quick ? Math.min(pairs, 3) : pairs);

/** Sold out, then in stock: what Redis does for a decision, and what a node does against a plain server. */
async function run(parameters: Parameters, context: RunContext): Promise<Outcome> {
  const { quick, viewers = 0 } = parameters;
  const pairs = pairsOf(parameters);
  const plan = planOf(parameters);
  if (context.target) {
    return stampedeTarget({ ...plan, rounds: pairs, documentedCodes }, context, context.target);
  }
  const cost = await measureRedisCost({ pairs, grabs: quick ? 1920 : 12_800 }, context);
  const watching = Math.min(viewers, quick ? 300 : 1000);
  const inStock = await measureInStock({ pairs, viewers: watching, grabs: Math.min(watching, 500) }, context);
  const stampede = await runStampede(plan, context);
  const isFull = plan.users * plan.grabsPerUser >= 200_000;
  return {
    figures: { ...stampede.figures, ...cost.figures, ...inStock.figures },
    violations: [...stampede.violations, ...inStock.violations],
    warnings: [...stampede.warnings, ...inStock.warnings],
    goals: [
      ...(isFull ? ([{ figure: 'redisCommandsPerGrab', direction: 'at most', value: 0.01 }] as const) : []),
      { figure: 'redisCpuRatio', direction: 'at least', value: 1.5 },
      ...(quick ? [] : ([{ figure: 'nodeCpuRatio', direction: 'at least', value: 8 }] as const)),
    ],
    pairs: { ...cost.pairs, ...inStock.pairs },
    tables: {
      ...stampede.tables,
      'in stock, Redis: µs a decision': cost.rows,
      'in stock, ours and the plain server': inStock.rows,
    },
  };
}

export const flashSaleStampede: Scenario = {
  name: 'flash-sale-stampede',
  summary:
    'everybody asks for a token and grabs at once on two nodes: nothing oversold, few Redis commands; then a sale with units for all, against a plain server',
  defaults: {
    viewers: { full: 5000, quick: 1000 },
    grabs: { full: 200_000, quick: 4000 },
    pairs: { full: 5, quick: 3 },
    seed: { full: 1, quick: 1 },
  },
  maxSeconds: (parameters) => 300 + (parameters.viewers ?? 0) / 50 + planOf(parameters).grabsPerUser * 8,
  targets: true,
  socketsInOneProcess: ({ viewers = 0 }, target) =>
    target ? viewers : Math.max(2000, Math.min(viewers, USERS_PER_BOT_PROCESS), Math.ceil(viewers / NODES)),
  run,
};
