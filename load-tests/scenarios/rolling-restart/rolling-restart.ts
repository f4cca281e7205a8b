import { randomUUID } from 'node:crypto';
import { checkRoom } from '../../../server/ledger/check-room.ts';
import { createKeys } from '../../../server/redis/keys.ts';
import { Bots } from '../../bots/bots.ts';
import type { ShopResult } from '../../bots/storms/methods.ts';
import { Neighbours } from '../../kit/neighbours.ts';
import type { Outcome } from '../../kit/report.ts';
import { signToken } from '../../kit/tokens.ts';
import { sleep } from '../../kit/wait.ts';
import { Caller } from '../../target/caller.ts';
import { createProduct, createRoom, freshSecrets } from '../../target/livestall.ts';
import { startRedis } from '../../target/redis.ts';
import { KEY_PREFIX, readStoredSale, type SnapshotSale, type Stock } from '../../target/stored-sale.ts';
import { StormHost } from '../order-storm/storm-host.ts';
import { lastForAll, missedEvents, readLog } from '../reconnect-storm/missed-events.ts';
import type { RunContext, Scenario } from '../scenario.ts';
import { Balancer } from './balancer.ts';
import { RollingNodes } from './rolling-nodes.ts';
import { rollingReport } from './rolling-report.ts';
import { acknowledgedGrabs, saleViolations } from './shop-checks.ts';

const ROOM = 'load-rolling';
const PRODUCT = 'shirt';
const GATHER_AT_ONCE = 64;
/** Too few for all who tap. */
const UNITS_SHARE = 0.1;
const OPENS_IN_MS = 500;
/** Longer than any run: sales and holds are still there when they are counted. */
const SALE_MS = 20 * 60_000;
/** Not more than a snapshot shows, or what nodes show could not be compared. */
const SALES_MAX = 16;
const NO_SALE: Stock = { total: 0, available: 0, held: 0, sold: 0 };
const ANSWER_TIMEOUT_MS = 25_000;
const SEEN_TIMEOUT_MS = 15_000;

export type RollingPlan = {
  viewers: number;
  nodes: number;
  messagesPerSecond: number;
  /** A sale opens so often, from before the first restart to after the last one. */
  saleEveryMs: number;
  /** Before the first restart, after each of them. */
  pauseMs: number;
  /** How long a node takes to move its sockets away; null: as long as it does by itself. */
  drainMs: number | null;
  seed: number;
};

type Stage = Awaited<ReturnType<typeof setStage>>;

async function setStage(plan: RollingPlan, { lifetimes, progress }: RunContext) {
  const redis = await startRedis(lifetimes);
  const secrets = freshSecrets();
  const { tokenSecret } = secrets;
  const { drainMs } = plan;
  const env = drainMs === null ? {} : { LIVESTALL_DRAIN_MS: String(drainMs) };
  const nodes = new RollingNodes(redis, secrets, env, lifetimes);
  await nodes.start(plan.nodes);
  const [first] = nodes.all;
  if (!first) throw new Error('No node was started.');
  await createRoom(first, secrets, ROOM);
  await createProduct(first, secrets, ROOM, PRODUCT);
  const bots = new Bots({ what: 'bots' });
  lifetimes.add('bots', () => bots.child.stop());
  bots.onLive = progress.live;
  const { joined, troubles } = await bots.call('fleetGather', {
    ...{ side: 'ours', urls: nodes.all.map(({ url }) => url), tokenSecret, roomId: ROOM },
    ...{ userPrefix: 'viewer-', users: plan.viewers, concurrency: GATHER_AT_ONCE },
    seed: plan.seed * 1_000_000,
  });
  if (joined < plan.viewers) {
    const why = [JSON.stringify(troubles), ...nodes.problems()].join('\n');
    throw new Error(`Only ${joined} of ${plan.viewers} viewers could join: ${why}`);
  }
  progress.step(`${joined} viewers joined on ${plan.nodes} nodes`);
  const balancer = new Balancer(
    () => nodes.all,
    (urls) => void bots.call('fleetServe', { urls: [...urls] }).catch(() => {}),
  );
  lifetimes.add('balancer', () => balancer.close());
  const host = new StormHost({ nodes: balancer, tokenSecret, roomId: ROOM });
  lifetimes.add('host', () => host.close());
  return { redis, secrets, nodes, bots, balancer, host };
}

type Sold = {
  saleIds: string[];
  /** What the host was answered that a host must not be. */
  errors: Record<string, number>;
};

/** Sales open all the while, until `isOver`. */
async function openSales(plan: RollingPlan, { host }: Stage, isOver: () => boolean): Promise<Sold> {
  const saleIds: string[] = [];
  const errors: Record<string, number> = {};
  const startedAtMs = performance.now();
  for (let n = 1; !isOver() && n <= SALES_MAX; n += 1) {
    try {
      const { sale } = await host.call<{ sale: { saleId: string } }>('flash-sale:schedule', {
        ...{ opId: randomUUID(), productId: PRODUCT, priceMinor: 5900, opensInMs: OPENS_IN_MS },
        ...{ durationMs: SALE_MS, holdMs: SALE_MS, limitPerBuyer: 1, guard: 'token' },
        stock: unitsOf(plan),
      });
      saleIds.push(sale.saleId);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      errors[why] = (errors[why] ?? 0) + 1;
    }
    while (!isOver() && performance.now() < startedAtMs + n * plan.saleEveryMs) await sleep(50);
  }
  return { saleIds, errors };
}

const unitsOf = ({ viewers }: RollingPlan): number => Math.max(2, Math.floor(viewers * UNITS_SHARE));

/** Every node once, one after the other. */
async function restartAll(plan: RollingPlan, { nodes }: Stage, { progress }: RunContext): Promise<void> {
  await sleep(plan.pauseMs);
  for (let slot = 0; slot < plan.nodes; slot += 1) {
    const { stopMs, startMs } = await nodes.restart(slot);
    const [stopped, started] = [stopMs, startMs].map((ms) => (ms / 1000).toFixed(1));
    progress.step(
      `Node ${slot + 1} of ${plan.nodes}: stopped in ${stopped} s, a new one is up after ${started} s`,
    );
    await sleep(plan.pauseMs);
  }
}

export async function runRollingRestart(plan: RollingPlan, context: RunContext): Promise<Outcome> {
  const { progress } = context;
  progress.step(`Seed ${plan.seed}`);
  const stage = await setStage(plan, context);
  const { bots, redis } = stage;
  const keys = createKeys(KEY_PREFIX);
  const room = keys.room(ROOM);
  await bots.call('fleetShop', { chatPerSecond: plan.messagesPerSecond, seed: plan.seed });
  const neighbours = new Neighbours([bots.child.pid, redis.pid]);
  const cpuBefore = stage.nodes.cpuSeconds;
  let isOver = false;
  const selling = openSales(plan, stage, () => isOver);
  await restartAll(plan, stage, context).finally(() => {
    isOver = true;
  });
  const { saleIds, errors } = await selling;
  // The last sale may still have to open.
  await sleep(OPENS_IN_MS + plan.pauseMs);
  const told = await bots.call('fleetShopped', { timeoutMs: ANSWER_TIMEOUT_MS });
  const othersShare = neighbours.share(stage.nodes.cpuSeconds - cpuBefore);
  progress.step(`${told.grabs.length.toLocaleString('en')} grabs of ${saleIds.length} sales; checking`);

  const seq = lastForAll(await readLog(redis.client, room));
  const seen = await bots.call('fleetSeen', { seq, timeoutMs: SEEN_TIMEOUT_MS });
  const missed = missedEvents(await readLog(redis.client, room), seen, seq);
  const verdict = await checkRoom(redis.client, keys, ROOM, { acknowledged: acknowledgedGrabs(told.grabs) });
  const violations = [
    ...verdict.violations.map(({ invariant, message }) => `invariant ${invariant}: ${message}`),
    ...(verdict.found > verdict.violations.length ? [`${verdict.found} violations in all`] : []),
    ...(await checkSales(plan, stage, saleIds, told)),
    ...missed.violations,
    ...Object.entries(told.badReceipts).map(([why, times]) => `${times} receipts do not hold: ${why}`),
    ...stage.nodes.problems(),
  ];
  await bots.call('fleetLeave', null);
  const run = { told, missed, saleIds, errors, othersShare, violations };
  const { restarts } = stage.nodes;
  return { ...rollingReport({ ...run, restarts, viewers: plan.viewers }), violations };
}

/** What every node shows of each sale, what Redis has, and what viewers were told. */
async function checkSales(
  plan: RollingPlan,
  { redis, nodes, secrets }: Stage,
  saleIds: readonly string[],
  told: ShopResult,
): Promise<string[]> {
  const rooms: SnapshotSale[][] = [];
  for (const { url } of nodes.all) {
    const claims = { userId: 'host', name: 'Host', roomId: ROOM, role: 'host' } as const;
    const caller = await Caller.connect(url, signToken(secrets.tokenSecret, claims));
    const joined = await caller.call<{ snapshot: { 'flash-sale': { sales: SnapshotSale[] } } }>('room:join', {
      roomId: ROOM,
    });
    caller.close();
    rooms.push(joined.snapshot['flash-sale'].sales);
  }
  const problems: string[] = [];
  for (const saleId of saleIds) {
    const stored = await readStoredSale(redis.client, ROOM, saleId);
    const shown = rooms.map((sales): Stock => sales.find((sale) => sale.saleId === saleId) ?? NO_SALE);
    const aftermath = { saleId, units: unitsOf(plan), users: plan.viewers, shown, stored };
    problems.push(...saleViolations(aftermath, told));
  }
  return problems;
}

export const rollingRestart: Scenario = {
  name: 'rolling-restart',
  summary:
    'three nodes are replaced one by one under chat and stampedes: nobody misses anything or sees an error',
  defaults: {
    viewers: { full: 1500, quick: 300 },
    rate: { full: 20, quick: 20 },
    seed: { full: 1, quick: 1 },
  },
  targets: 'restarts nodes',
  maxSeconds: ({ viewers = 0 }) => 240 + viewers / 20,
  socketsInOneProcess: ({ viewers = 0 }) => viewers + 100,
  run: ({ viewers = 0, rate = 0, seed = 0, quick }, context) =>
    runRollingRestart(
      {
        ...{ viewers, nodes: 3, messagesPerSecond: rate, seed },
        ...{ saleEveryMs: quick ? 3000 : 6000, pauseMs: quick ? 1000 : 3000 },
        drainMs: quick ? 5000 : null,
      },
      context,
    ),
};
