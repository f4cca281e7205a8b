import type { SaleGuard } from '../../shared/plays/flash-sale/contract.ts';
import type { Bots } from '../bots/bots.ts';
import type { GrabResult, LastStockResult } from '../bots/methods.ts';
import { cpuSecondsSince, readCpu } from '../kit/cpu.ts';
import { Neighbours } from '../kit/neighbours.ts';
import { sum } from '../kit/stats.ts';
import { sleep } from '../kit/wait.ts';
import type { Caller } from '../target/caller.ts';
import type { RedisUnderTest } from '../target/redis.ts';
import { type CommandCounts, CommandMonitor, commandsProcessed } from '../target/redis-counters.ts';
import type { ServerUnderTest } from '../target/server-under-test.ts';
import { scheduleSale } from './sale-stage.ts';

export type Stage = {
  redis: RedisUnderTest;
  nodes: ServerUnderTest[];
  /** The host's socket, one a node. */
  hosts: Caller[];
  bots: Bots[];
};

export type RoundPlan = {
  round: number;
  productId: string;
  units: number;
  grabsPerUser: number;
  seed: number;
  /** Counts Redis commands by their sender, which costs Redis time: the other round is for timing. */
  monitored: boolean;
  pausesMs: readonly [number, number];
};

export type Round = {
  saleId: string;
  result: GrabResult;
  lastStock: LastStockResult;
  /** All commands that Redis executed, scripts' included, by its own count. */
  commandsProcessed: number;
  /** Only when monitored. */
  counts: CommandCounts | null;
  serverCpuSeconds: number;
  /** Share of the machine that other programs used. */
  othersShare: number;
  redisCpuSeconds: number;
};

export const CROWD = 'buyers';
/** Time to take the readings before it. */
const OPENS_IN_MS = 1500;
/** Readings are taken this long before the opening, so that its own work is counted too. */
const READ_BEFORE_MS = 300;
const OPEN_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 30_000;
const ANSWER_TIMEOUT_PER_GRAB_MS = 4000;
/** As sales are by default. A token costs a node its CPU, but no Redis command of its own. */
const GUARD: SaleGuard = 'token';
/** Until every sampled socket must have been told the same, last stock. */
const SETTLE_TIMEOUT_MS = 5000;

const mergeCounts = (all: readonly Record<string, number>[]): Record<string, number> => {
  const merged: Record<string, number> = {};
  for (const counts of all) {
    for (const [key, value] of Object.entries(counts)) merged[key] = (merged[key] ?? 0) + value;
  }
  return merged;
};

/** Adds up what several generator processes saw. */
function mergeResults(results: readonly GrabResult[]): GrabResult {
  const total = (pick: (result: GrabResult) => number) => sum(results.map(pick));
  return {
    told: total((each) => each.told),
    sent: total((each) => each.sent),
    answered: total((each) => each.answered),
    answers: mergeCounts(results.map((each) => each.answers)),
    retries: mergeCounts(results.map((each) => each.retries)),
    strayAcks: total((each) => each.strayAcks),
    badReceipts: total((each) => each.badReceipts),
    holds: results.flatMap((each) => each.holds),
    latenciesMs: results.flatMap((each) => each.latenciesMs),
    durationMs: Math.max(...results.map((each) => each.durationMs)),
    busyShare: Math.max(...results.map((each) => each.busyShare)),
  };
}

/** What sampled sockets were told last, once they agree or time is up: the last value always arrives. */
export async function settledStock(bots: readonly Bots[]): Promise<LastStockResult> {
  const deadlineMs = performance.now() + SETTLE_TIMEOUT_MS;
  for (;;) {
    await sleep(250);
    const each = await Promise.all(bots.map((bot) => bot.call('lastStock', { crowd: CROWD })));
    const sampled = sum(each.map((stock) => stock.sampled));
    const last = mergeCounts(each.map((stock) => stock.last));
    const agreed = Object.values(last).some((sockets) => sockets === sampled);
    if (agreed || performance.now() > deadlineMs) return { sampled, last };
  }
}

export type Opening = Omit<RoundPlan, 'monitored'>;

/** Plans a sale; all of a crowd grab as soon as each is told that it opened. */
export async function openRound(
  host: Caller,
  bots: readonly Bots[],
  plan: Opening,
): Promise<{ saleId: string; opensAtMs: number; grabbing: Promise<GrabResult> }> {
  const terms = { stock: plan.units, opensInMs: OPENS_IN_MS, limitPerBuyer: 1, guard: GUARD };
  const { saleId, opensAtMs } = await scheduleSale(host, { productId: plan.productId, ...terms });
  const [minPauseMs, maxPauseMs] = plan.pausesMs;
  const grabbing = Promise.all(
    bots.map((each, n) =>
      each.call('grab', {
        ...{ crowd: CROWD, saleId, guarded: GUARD !== 'none', round: plan.round },
        ...{ grabsPerUser: plan.grabsPerUser, minPauseMs, maxPauseMs, seed: plan.seed + n },
        openTimeoutMs: OPENS_IN_MS + OPEN_TIMEOUT_MS,
        answerTimeoutMs: ANSWER_TIMEOUT_MS + plan.grabsPerUser * ANSWER_TIMEOUT_PER_GRAB_MS,
      }),
    ),
  ).then(mergeResults);
  // A failing bot must not be an unhandled rejection while the driver still waits for the opening.
  grabbing.catch(() => {});
  return { saleId, opensAtMs, grabbing };
}

/** One sale from its opening until every grab is answered. */
export async function runRound(stage: Stage, plan: RoundPlan): Promise<Round> {
  const { redis, nodes, hosts, bots } = stage;
  const [host] = hosts;
  if (!host) throw new Error('A round needs a host.');
  const { saleId, opensAtMs, grabbing } = await openRound(host, bots, plan);
  // Redis' clock is this machine's clock: the kit started it here.
  await sleep(Math.max(0, opensAtMs - READ_BEFORE_MS - Date.now()));

  const monitor = plan.monitored
    ? await CommandMonitor.start(redis.socketPath, ['info', 'echo', 'monitor'])
    : null;
  const cpuBefore = [...nodes, redis].map(({ pid }) => readCpu(pid));
  const neighbours = new Neighbours([
    ...bots.map(({ child }) => child.pid),
    ...nodes.map(({ pid }) => pid),
    redis.pid,
  ]);
  const processedBefore = await commandsProcessed(redis.client);
  const result = await grabbing;
  const processedAfter = await commandsProcessed(redis.client);
  const cpuSeconds = cpuBefore.map(cpuSecondsSince);
  const othersShare = neighbours.share();
  const counts = monitor ? await monitor.stop(redis.client) : null;

  const lastStock = await settledStock(bots);
  return {
    saleId,
    result,
    lastStock,
    othersShare,
    // The second INFO counts itself only after it has answered; the first is the kit's own.
    commandsProcessed: processedAfter - processedBefore - 1,
    counts,
    serverCpuSeconds: sum(cpuSeconds.slice(0, nodes.length)),
    redisCpuSeconds: cpuSeconds[nodes.length] ?? Number.NaN,
  };
}
