import { checkRoom } from '../../../server/ledger/check-room.ts';
import { createKeys } from '../../../server/redis/keys.ts';
import { Bots } from '../../bots/bots.ts';
import { Neighbours } from '../../kit/neighbours.ts';
import { seeded } from '../../kit/random.ts';
import type { Outcome } from '../../kit/report.ts';
import { signToken } from '../../kit/tokens.ts';
import { sleep } from '../../kit/wait.ts';
import { Caller } from '../../target/caller.ts';
import { createProduct, createRoom } from '../../target/livestall.ts';
import { startRedis } from '../../target/redis.ts';
import { readFacts, type StoredFact } from '../../target/stored-facts.ts';
import { KEY_PREFIX, readOrders, readStoredSale, type SnapshotSale } from '../../target/stored-sale.ts';
import type { RunContext, Scenario } from '../scenario.ts';
import { acknowledgedOf, historyViolations, LedgerIndex } from './storm-checks.ts';
import { StormHooks } from './storm-hooks.ts';
import { hostStep, openSales, StormHost } from './storm-host.ts';
import { StormNodes } from './storm-nodes.ts';
import { stormReport } from './storm-report.ts';
import { windUp } from './wind-up.ts';

const ROOM = 'load-storm';
const PRODUCT = 'shirt';
const SALES = 6;
/** Too few for all who want some, so that most sales are sold out most of the time. */
const UNITS_PER_INTENTION = 0.12;
const HOST_EVERY_MS = 1000;

export type StormPlan = {
  buyers: number;
  nodes: number;
  seed: number;
  /** Buyers have new intentions for so long, then see them to their end for so long. */
  actForMs: number;
  settleForMs: number;
  killEveryMs: number;
  killsMax: number;
  /** A buyer's pause between two intentions. */
  pausesMs: [number, number];
};

async function setStage(plan: StormPlan, { lifetimes, progress }: RunContext) {
  const redis = await startRedis(lifetimes);
  const nodes = new StormNodes(redis, lifetimes);
  await nodes.start(plan.nodes);
  const [first] = nodes.all;
  if (!first) throw new Error('No node was started.');
  await createRoom(first, nodes.secrets, ROOM);
  await createProduct(first, nodes.secrets, ROOM, PRODUCT);
  const hooks = await StormHooks.open(redis.client, ROOM, lifetimes);
  const { tokenSecret } = nodes.secrets;
  const bots = new Bots({ what: 'bots' });
  lifetimes.add('bots', () => bots.child.stop());
  bots.onLive = progress.live;
  const { joined } = await bots.call('stormGather', {
    urls: nodes.urls,
    tokenSecret,
    roomId: ROOM,
    apiKeys: [...nodes.apiKeys],
    firstUser: 0,
    users: plan.buyers,
    seed: plan.seed * 1_000_000,
  });
  if (joined < plan.buyers) throw new Error(`Only ${joined} of ${plan.buyers} buyers could join.`);
  progress.step(`${joined} buyers joined on ${plan.nodes} nodes`);
  const host = new StormHost({ nodes, tokenSecret, roomId: ROOM });
  lifetimes.add('host', () => host.close());
  return { redis, nodes, bots, host, hooks };
}

/** Everything at once. @returns what the bots were told. */
async function rage(
  plan: StormPlan,
  { nodes, bots, host }: Awaited<ReturnType<typeof setStage>>,
  { progress }: RunContext,
) {
  const [least, most] = plan.pausesMs;
  const intentions = plan.buyers * (plan.actForMs / ((least + most) / 2));
  const unitsEach = Math.max(10, Math.round((intentions * UNITS_PER_INTENTION) / SALES));
  const durationMs = Math.max(10_000, plan.actForMs + 2000);
  const sales = await openSales(host, { productId: PRODUCT, sales: SALES, unitsEach, durationMs });
  let raging = true;
  const random = seeded(plan.seed);
  const result = bots
    .call('stormRage', {
      sales,
      pausesMs: plan.pausesMs,
      actForMs: plan.actForMs,
      settleForMs: plan.settleForMs,
    })
    .finally(() => {
      raging = false;
    });
  result.catch(() => {});
  const killing = (async () => {
    for (let nextAtMs = performance.now() + plan.killEveryMs; raging; ) {
      await sleep(100);
      if (performance.now() < nextAtMs || !raging || nodes.kills >= plan.killsMax) continue;
      await nodes.killOne(random);
      nextAtMs = performance.now() + plan.killEveryMs;
      await bots.call('stormServe', { urls: nodes.urls });
      progress.step(`Kill ${nodes.kills}: a node was killed and started again`);
    }
  })();
  const hosting = (async () => {
    for (let step = 0; raging; step += 1) {
      await sleep(HOST_EVERY_MS);
      const sale = sales[step % sales.length];
      if (raging && sale) await hostStep(host, sale, step, Math.max(1, Math.round(unitsEach / 10)));
    }
  })();
  const [told] = await Promise.all([result, killing, hosting]);
  return { told, sales };
}

/** What every node shows, as a page would be told, against what Redis has. */
async function shownProblems(
  { redis, nodes }: Awaited<ReturnType<typeof setStage>>,
  saleIds: readonly string[],
): Promise<string[]> {
  const problems: string[] = [];
  const stored = await Promise.all(saleIds.map((id) => readStoredSale(redis.client, ROOM, id)));
  for (const [n, { url }] of nodes.all.entries()) {
    const claims = { userId: 'host', name: 'Host', roomId: ROOM, role: 'host' } as const;
    const caller = await Caller.connect(url, signToken(nodes.secrets.tokenSecret, claims));
    const { snapshot } = await caller.call<{ snapshot: { 'flash-sale': { sales: SnapshotSale[] } } }>(
      'room:join',
      { roomId: ROOM },
    );
    caller.close();
    for (const [i, saleId] of saleIds.entries()) {
      const shown = snapshot['flash-sale'].sales.find((sale) => sale.saleId === saleId);
      for (const [name, value] of Object.entries(stored[i]?.sale ?? {})) {
        const seen = shown?.[name as keyof SnapshotSale];
        if (seen !== value) problems.push(`node ${n + 1} shows ${name} ${seen} of ${saleId}, it is ${value}`);
      }
    }
  }
  return problems;
}

export async function runStorm(plan: StormPlan, context: RunContext): Promise<Outcome> {
  const { progress } = context;
  progress.step(`Seed ${plan.seed}`);
  const stage = await setStage(plan, context);
  const { redis, nodes, bots, host, hooks } = stage;
  const neighbours = new Neighbours([bots.child.pid, redis.pid, hooks.pid]);
  const startedAtMs = performance.now();
  const cpuBefore = nodes.cpuSeconds;
  const { told, sales } = await rage(plan, stage, context);
  const ragedMs = performance.now() - startedAtMs;
  const nodesCpuSeconds = nodes.cpuSeconds - cpuBefore;
  const othersShare = neighbours.share(nodesCpuSeconds);
  progress.step(`${told.operations.length.toLocaleString('en')} operations; ending what is still held`);
  const ends = await windUp(redis.client, host, sales, { nodes, roomId: ROOM, apiKeys: nodes.apiKeys });
  const operations = [...told.operations, ...ends];

  progress.step('Checking');
  const allKeys = createKeys(KEY_PREFIX);
  const keys = allKeys.room(ROOM);
  const ledger = new LedgerIndex();
  const facts: StoredFact[] = [];
  for await (const fact of readFacts(redis.client, keys)) {
    ledger.add(fact);
    facts.push(fact);
  }
  const delivered = await hooks.settle(facts);
  const orders = await readOrders(redis.client, keys);
  const states: Record<string, number> = {};
  for (const { state } of orders) states[state] = (states[state] ?? 0) + 1;
  const verdict = await checkRoom(redis.client, allKeys, ROOM, { acknowledged: acknowledgedOf(operations) });
  const violations = [
    ...verdict.violations.map(({ invariant, message }) => `invariant ${invariant}: ${message}`),
    ...(verdict.found > verdict.violations.length ? [`${verdict.found} violations in all`] : []),
    ...historyViolations({ ...told, operations }, ledger),
    ...(await shownProblems(
      stage,
      sales.map(({ saleId }) => saleId),
    )),
    ...delivered.violations.map((each) => `invariant 9: ${each}`),
    ...nodes.problems(),
  ];
  return {
    ...stormReport({ ...told, operations }, ledger, states, {
      ragedMs,
      othersShare,
      nodes,
      nodesCpuSeconds,
      delivered,
    }),
    violations,
  };
}

export const orderStorm: Scenario = {
  name: 'order-storm',
  summary: 'buyers hold, pay, give up and pay late while nodes are killed: no invariant breaks',
  defaults: {
    viewers: { full: 5000, quick: 200 },
    seconds: { full: 45, quick: 10 },
    seed: { full: 1, quick: 1 },
  },
  maxSeconds: ({ seconds = 0 }) => 150 + seconds * 2,
  socketsInOneProcess: ({ viewers = 0 }) => viewers * 2,
  run: ({ viewers = 0, seconds = 0, seed = 0, quick }, context) =>
    runStorm(
      {
        buyers: viewers,
        nodes: quick ? 2 : 3,
        seed,
        actForMs: seconds * 1000,
        // Longer than the shortest hold there can be, so that many run out.
        settleForMs: quick ? 3000 : 36_000,
        killEveryMs: 5000,
        killsMax: Number.POSITIVE_INFINITY,
        pausesMs: quick ? [100, 1000] : [3000, 12_000],
      },
      context,
    ),
};
