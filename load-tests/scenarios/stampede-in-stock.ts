import { Bots } from '../bots/bots.ts';
import type { DecrementsResult, SeenStock } from '../bots/sale/methods.ts';
import { cpuUseSince, readCpu } from '../kit/cpu.ts';
import { pairedRatio, ratioFigures } from '../kit/interval.ts';
import { rateProblem } from '../kit/rate.ts';
import { abba, median, percentile, significant } from '../kit/stats.ts';
import { startPeer } from '../peers/peer.ts';
import type { Caller } from '../target/caller.ts';
import { createProduct, createRoom, freshSecrets, startNode } from '../target/livestall.ts';
import { startRedis } from '../target/redis.ts';
import type { ServerUnderTest } from '../target/server-under-test.ts';
import { readStoredSale } from '../target/stored-sale.ts';
import { closeSale, connectHost, joinCrowd, scheduleSale, settledStock } from './sale-stage.ts';
import type { RunContext } from './scenario.ts';
import { tickerViolations } from './stock-ticker/ticker-checks.ts';

/**
 * A stampede on a sale that has units for all who want one: they take them within half a second, and all viewers are told
 * of the stock. One node of ours and one plain Socket.IO server, each with its own Redis, in turn (ABBA).
 */
export type InStockPlan = { viewers: number; grabs: number; pairs: number };

const ROOM = 'load-in-stock';
const PRODUCT = 'shirt';
const SECONDS = 0.5;
/** Legs before the first that counts: the code of a grab of ours is longer, and soon done. */
const WARM_UPS: Readonly<Record<SideName, number>> = { ours: 6, baseline: 2 };
const ANSWER_TIMEOUT_MS = 60_000;
const SETTLE_TIMEOUT_MS = 60_000;

type SideName = 'ours' | 'baseline';
type Side = {
  name: SideName;
  server: ServerUnderTest;
  redisPid: number;
  /** A sale with as many units as will be asked for, open; returns its id. */
  open(leg: number): Promise<string>;
  /** What does not hold afterwards. */
  check(saleId: string, result: DecrementsResult, seen: SeenStock): Promise<string[]>;
};
type Leg = {
  side: SideName;
  result: DecrementsResult;
  /** CPU of the server and of its Redis, µs a decision, from the first grab until the last viewer was told. */
  nodeMicros: number;
  redisMicros: number;
  /** Share of the time it was ready to run that the server was kept waiting. */
  waitingShare: number;
  framesPerSocket: number;
};

const LEGS_BEFORE = WARM_UPS.ours + WARM_UPS.baseline;

const planSaleId = (leg: number): string => `sale-${leg}`;

async function startBaseline(
  { grabs, pairs }: InStockPlan,
  tokenSecret: string,
  context: RunContext,
): Promise<Side> {
  const { lifetimes, pinning } = context;
  const redis = await startRedis(lifetimes, pinning?.others);
  const sales = Array.from({ length: LEGS_BEFORE + 2 * pairs }, (_, leg) => {
    return { saleId: planSaleId(leg), available: grabs, limitPerBuyer: 1 };
  });
  const seed = { roomId: ROOM, room: {}, products: [], sales, messages: [] };
  const server = await startPeer(
    'plain-socketio',
    { redis, tokenSecret, cpus: pinning?.servers, seed },
    lifetimes,
  );
  return {
    ...{ name: 'baseline', server, redisPid: redis.pid },
    open: async (leg) => planSaleId(leg),
    check: async (_saleId, { answers, answered, sent }, { sampled, known }) => {
      const told = known.filter(({ available }) => available === 0).length;
      return answers.OK === sent && answered === sent && told === sampled
        ? []
        : [`${JSON.stringify(answers)} of ${sent}; ${told} of ${sampled} were told the last stock`];
    },
  };
}

async function startOurs(
  { grabs }: InStockPlan,
  secrets: ReturnType<typeof freshSecrets>,
  context: RunContext,
): Promise<Side> {
  const { lifetimes, pinning } = context;
  const redis = await startRedis(lifetimes, pinning?.others);
  const server = await startNode('node-in-stock', { redis, secrets, cpus: pinning?.servers }, lifetimes);
  await createRoom(server, secrets, ROOM);
  await createProduct(server, secrets, ROOM, PRODUCT);
  let host: Caller | undefined;
  return {
    ...{ name: 'ours', server, redisPid: redis.pid },
    async open() {
      host ??= await connectHost(server, secrets.tokenSecret, ROOM, lifetimes);
      const terms = { stock: grabs, opensInMs: 0, limitPerBuyer: 1, guard: 'none' } as const;
      return (await scheduleSale(host, { productId: PRODUCT, ...terms })).saleId;
    },
    async check(saleId, result, seen) {
      const stored = await readStoredSale(redis.client, ROOM, saleId);
      if (host) await closeSale(host, saleId);
      return tickerViolations({ result, seen, stored });
    },
  };
}

/** Ours against the plain server. Figures, violations, warnings, one ratio a pair. */
export async function measureInStock(plan: InStockPlan, context: RunContext) {
  const { lifetimes, pinning, progress } = context;
  const { viewers, grabs, pairs } = plan;
  const secrets = freshSecrets();
  const sides = [
    await startOurs(plan, secrets, context),
    await startBaseline(plan, secrets.tokenSecret, context),
  ] as const;
  const bots = new Bots({ what: 'bots in stock', cpus: pinning?.others });
  lifetimes.add('bots in stock', () => bots.child.stop());
  const { tokenSecret } = secrets;
  for (const { name, server } of sides) {
    bots.onLive = (text) => progress.live(`${name}: ${text}`);
    await joinCrowd(bots, { crowd: name, url: server.url, tokenSecret, roomId: ROOM, users: viewers });
  }
  progress.step(`In stock: ${viewers} viewers on each of two servers`);
  const violations: string[] = [];
  let played = 0;

  const play = async (side: Side): Promise<Leg> => {
    const saleId = await side.open(played);
    played += 1;
    const [server, redis] = [readCpu(side.server.pid), readCpu(side.redisPid)];
    const result = await bots.call('decrements', {
      ...{ crowd: side.name, side: side.name, saleId, perSecond: grabs / SECONDS, seconds: SECONDS },
      answerTimeoutMs: ANSWER_TIMEOUT_MS,
    });
    const seen = await settledStock(bots, side.name, { available: 0, timeoutMs: SETTLE_TIMEOUT_MS });
    const spent = cpuUseSince(server);
    const redisMicros = (cpuUseSince(redis).cpuSeconds / result.answered) * 1e6;
    violations.push(
      ...(await side.check(saleId, result, seen)).map((text) => `in stock, ${side.name}: ${text}`),
    );
    return {
      ...{ side: side.name, result, redisMicros },
      nodeMicros: (spent.cpuSeconds / result.answered) * 1e6,
      waitingShare: spent.waitingSeconds / (spent.cpuSeconds + spent.waitingSeconds),
      framesPerSocket: seen.frames / viewers,
    };
  };

  for (const side of sides) for (let n = 0; n < WARM_UPS[side.name]; n += 1) await play(side);
  const measured: (readonly [Leg, Leg])[] = [];
  for (const [first, second] of abba(pairs, ...sides)) {
    const legs = [await play(first), await play(second)] as const;
    measured.push(legs);
    progress.step(
      `In stock, pair ${measured.length}: ${legs.map((leg) => `${leg.side} ${leg.nodeMicros.toFixed(0)} µs a decision`).join(', ')}`,
    );
  }
  const lost = await Promise.all(sides.map(({ name }) => bots.call('lost', { crowd: name })));
  for (const each of lost)
    if (Object.keys(each).length > 0)
      violations.push(`in stock: connections were lost: ${JSON.stringify(each)}`);
  return report(measured, violations);
}

function report(pairs: readonly (readonly [Leg, Leg])[], violations: string[]) {
  const node = pairedRatio(pairs, 'baseline', 'ours', (leg) => leg.nodeMicros);
  const redis = pairedRatio(pairs, 'baseline', 'ours', (leg) => leg.redisMicros);
  const legs = pairs.flat();
  const figures: Record<string, number> = {
    ...ratioFigures('nodeCpuRatio', node),
    redisCpuRatioToPlainServer: significant(redis.median),
  };
  for (const side of ['ours', 'baseline'] as const) {
    const own = legs.filter((leg) => leg.side === side);
    const latenciesMs = own.flatMap(({ result }) => result.latenciesMs);
    Object.assign(figures, {
      [`${side}NodeCpuMicrosPerDecision`]: significant(median(own.map((leg) => leg.nodeMicros))),
      [`${side}RedisCpuMicrosPerDecision`]: significant(median(own.map((leg) => leg.redisMicros))),
      [`${side}PacketsPerViewerAndLeg`]: significant(median(own.map((leg) => leg.framesPerSocket))),
      [`${side}DecisionP99Ms`]: significant(percentile(latenciesMs, 0.99)),
    });
  }
  const problems = legs.flatMap(({ result, side }) => {
    const problem = rateProblem(result);
    return problem === null ? [] : [`in stock, ${side}: ${problem}`];
  });
  return {
    figures,
    violations,
    warnings: [...new Set(problems)],
    pairs: { nodeCpuRatio: node.ratios },
    rows: legs.map((leg) => ({
      side: leg.side,
      'node µs/decision': significant(leg.nodeMicros),
      'Redis µs/decision': significant(leg.redisMicros),
      'packets a viewer': significant(leg.framesPerSocket, 3),
      'p99 ms': significant(percentile(leg.result.latenciesMs, 0.99), 3),
      'server waited': significant(leg.waitingShare, 2),
      'bots busy': significant(leg.result.busyShare, 2),
    })),
  };
}
