import { Webhook } from 'standardwebhooks';
import { CONCURRENCY } from '../../../server/webhooks/lane-run.ts';
import { Bots } from '../../bots/bots.ts';
import type { ReceivedResult } from '../../bots/methods.ts';
import { cpuSecondsSince, readCpu } from '../../kit/cpu.ts';
import { mostResidentMib } from '../../kit/memory.ts';
import { Neighbours, neighbourWarnings } from '../../kit/neighbours.ts';
import type { Outcome } from '../../kit/report.ts';
import { abba, interval, median, significant } from '../../kit/stats.ts';
import { sleep } from '../../kit/wait.ts';
import { createRoom, freshSecrets, startNode } from '../../target/livestall.ts';
import { startRedis } from '../../target/redis.ts';
import { WebhookDesk } from '../../target/webhook-desk.ts';
import { writeHeldFacts } from '../../target/write-facts.ts';
import type { Parameters, RunContext, Scenario } from '../scenario.ts';

const ROOM = 'load-hooks';
const QUIET_ROOM = 'load-quiet';
const WARM_UP = 500;
const LEG_TIMEOUT_MS = 60_000;
/** Memory is watched for so long, idle and with facts waiting. */
const WATCH_MS = 5000;

type Side = 'ours' | 'bare';
type Leg = { side: Side; perSecond: number; cpuMicros: number; bodyBytes: number };

const deliveriesOf = ({ quick }: Parameters): number => (quick ? 2000 : 8000);
const pairsOf = ({ quick }: Parameters): number => (quick ? 3 : 5);
const waitingOf = ({ quick }: Parameters): number => (quick ? 20_000 : 100_000);

async function setStage(context: RunContext) {
  const { lifetimes, pinning } = context;
  const redis = await startRedis(lifetimes, pinning?.others);
  const secrets = freshSecrets();
  const env = { LIVESTALL_WEBHOOK_ALLOW_PRIVATE: '127.0.0.1' };
  const node = await startNode('node-1', { redis, secrets, env, cpus: pinning?.servers }, lifetimes);
  await createRoom(node, secrets, ROOM);
  await createRoom(node, secrets, QUIET_ROOM);
  const receiver = new Bots({ what: 'receiver', cpus: pinning?.others });
  lifetimes.add('receiver', () => receiver.child.stop());
  // Where the node runs, so that both sides have the same CPU and the receiver the other.
  const loop = new Bots({ what: 'post loop', cpus: pinning?.servers });
  lifetimes.add('post loop', () => loop.child.stop());
  const { url } = await receiver.call('receiverListen', { failEvery: null });
  const desk = new WebhookDesk(redis.client);
  lifetimes.add('webhook desk', () => desk.close());
  const { secret } = await desk.open(url, ROOM);
  return { redis, node, receiver, loop, desk, url, secret };
}

type Stage = Awaited<ReturnType<typeof setStage>>;

class DeliveryRun {
  readonly #stage: Stage;
  #written = 0;
  /** A message as it went out: the bare loop posts it, too. */
  #sample: ReceivedResult['samples'][number] | undefined;
  readonly violations: string[] = [];

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  async leg(side: Side, deliveries: number): Promise<Leg> {
    await this.#stage.receiver.call('receiverReset', null);
    return side === 'ours' ? this.#ours(deliveries) : this.#bare(deliveries);
  }

  async #ours(deliveries: number): Promise<Leg> {
    const { redis, node, receiver, desk } = this.#stage;
    await writeHeldFacts(redis.client, ROOM, this.#written + 1, deliveries);
    this.#written += deliveries;
    const before = readCpu(node.pid);
    await desk.announce(ROOM);
    const giveUpAtMs = performance.now() + LEG_TIMEOUT_MS;
    let seen = await receiver.call('receiverSeen', null);
    while (seen.distinct < deliveries && performance.now() < giveUpAtMs) {
      await sleep(50);
      seen = await receiver.call('receiverSeen', null);
    }
    const cpuMicros = (cpuSecondsSince(before) / deliveries) * 1e6;
    if (seen.distinct !== deliveries)
      this.violations.push(`${seen.distinct} of ${deliveries} messages arrived in ${LEG_TIMEOUT_MS} ms`);
    if (seen.requests !== seen.distinct)
      this.violations.push(`${seen.requests - seen.distinct} messages came twice, though nothing failed`);
    this.#checkSignatures(seen);
    return { side: 'ours', cpuMicros, ...rateOf(seen) };
  }

  async #bare(requests: number): Promise<Leg> {
    const { receiver, loop, url } = this.#stage;
    if (!this.#sample) throw new Error('Nothing was delivered yet that the bare loop could post.');
    const { headers, body } = this.#sample;
    const same = Object.fromEntries(
      Object.entries(headers).filter(([name]) => name.startsWith('webhook-') || name === 'user-agent'),
    );
    const params = { url, body, headers: same, requests, concurrency: CONCURRENCY };
    const { ok, cpuSeconds } = await loop.call('postLoop', params);
    if (ok !== requests) throw new Error(`Only ${ok} of ${requests} bare posts were answered with 200.`);
    const seen = await receiver.call('receiverSeen', null);
    return { side: 'bare', cpuMicros: (cpuSeconds / requests) * 1e6, ...rateOf(seen) };
  }

  #checkSignatures({ samples }: ReceivedResult): void {
    this.#sample ??= samples[0];
    const webhook = new Webhook(this.#stage.secret);
    for (const { headers, body } of samples) {
      try {
        webhook.verify(body, headers);
      } catch (error) {
        this.violations.push(`${headers['webhook-id']}: ${String(error)}`);
      }
    }
  }
}

const rateOf = ({ requests, spanMs, bytes }: ReceivedResult) => ({
  perSecond: ((requests - 1) / spanMs) * 1000,
  bodyBytes: bytes / requests,
});

/** Resident memory of the node, idle and while many facts wait for a receiver that is not there. */
async function memoryFigures(stage: Stage, waiting: number, { progress }: RunContext) {
  const { redis, node, receiver, desk, url } = stage;
  const { endpointId } = await desk.open(url, QUIET_ROOM);
  await receiver.call('receiverLeave', null);
  await sleep(1000);
  const idleMib = await mostResidentMib(node.pid, WATCH_MS);
  await writeHeldFacts(redis.client, QUIET_ROOM, 1, waiting / 10);
  await desk.announce(QUIET_ROOM);
  const tenthMib = await mostResidentMib(node.pid, WATCH_MS);
  await writeHeldFacts(redis.client, QUIET_ROOM, waiting / 10 + 1, waiting - waiting / 10);
  await desk.announce(QUIET_ROOM);
  const waitingMib = await mostResidentMib(node.pid, WATCH_MS * 2);
  progress.step(
    `Node: ${idleMib.toFixed(0)} MiB idle, ${tenthMib.toFixed(0)} with ${waiting / 10} waiting, ${waitingMib.toFixed(0)} with ${waiting}`,
  );
  await desk.remove(endpointId);
  await receiver.call('receiverListen', { failEvery: null });
  return {
    nodeIdleMib: idleMib,
    nodeWaitingMib: waitingMib,
    memoryWhileDownRatio: waitingMib / idleMib,
    memoryTenfoldRatio: waitingMib / tenthMib,
  };
}

async function run(parameters: Parameters, context: RunContext): Promise<Outcome> {
  const { progress, pinning } = context;
  const stage = await setStage(context);
  const deliveries = new DeliveryRun(stage);
  const count = deliveriesOf(parameters);
  // Before the node has delivered much: what it kept of that would hide what it takes for what waits.
  await deliveries.leg('ours', WARM_UP);
  const memory = await memoryFigures(stage, waitingOf(parameters), context);
  await deliveries.leg('ours', count);
  await deliveries.leg('bare', count);
  progress.step('Warmed up');
  const { redis, node, receiver, loop } = stage;
  const neighbours = new Neighbours([redis.pid, node.pid, receiver.child.pid, loop.child.pid]);
  const pairs: (readonly [Leg, Leg])[] = [];
  for (const [first, second] of abba<Side, Side>(pairsOf(parameters), 'ours', 'bare')) {
    const legs = [await deliveries.leg(first, count), await deliveries.leg(second, count)] as const;
    pairs.push(legs);
    progress.step(
      `Pair ${pairs.length}: ${legs.map((leg) => `${leg.side} ${leg.perSecond.toFixed(0)}/s`).join(', ')}`,
    );
  }
  const othersShare = neighbours.share();
  const legs = pairs.flat();
  const of = (side: Side) => legs.filter((leg) => leg.side === side);
  const rate = (pair: readonly [Leg, Leg], side: Side) =>
    pair.find((leg) => leg.side === side)?.perSecond ?? Number.NaN;
  const ratios = interval(pairs.map((pair) => rate(pair, 'ours') / rate(pair, 'bare')));
  const figures = {
    deliveryRateRatio: ratios.median,
    deliveryRateRatioMin: ratios.min,
    deliveryRateRatioMax: ratios.max,
    deliveriesPerSecond: median(of('ours').map((leg) => leg.perSecond)),
    barePostsPerSecond: median(of('bare').map((leg) => leg.perSecond)),
    nodeCpuMicrosPerDelivery: median(of('ours').map((leg) => leg.cpuMicros)),
    bareCpuMicrosPerPost: median(of('bare').map((leg) => leg.cpuMicros)),
    bodyBytes: median(legs.map((leg) => leg.bodyBytes)),
    ...memory,
    othersShare,
  };
  return {
    figures: Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, significant(value)])),
    violations: deliveries.violations,
    warnings: [
      ...neighbourWarnings(othersShare),
      ...(pinning ? [] : ['Node and receiver shared their CPUs: taskset or a second CPU is missing.']),
    ],
    goals: [
      { figure: 'deliveryRateRatio', direction: 'at least', value: 0.5 },
      { figure: 'memoryWhileDownRatio', direction: 'at most', value: 1.25 },
    ],
    tables: {
      legs: legs.map(({ side, perSecond, cpuMicros }) => ({
        side,
        'a second': significant(perSecond),
        'CPU µs each': significant(cpuMicros, 3),
      })),
    },
  };
}

export const webhookDelivery: Scenario = {
  name: 'webhook-delivery',
  summary:
    'webhooks a second from one node against a bare POST loop, ABBA; its memory while a receiver is down',
  defaults: {},
  maxSeconds: () => 240,
  socketsInOneProcess: () => CONCURRENCY,
  run,
};
