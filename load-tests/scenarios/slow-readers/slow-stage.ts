import { join } from 'node:path';
import { Bots } from '../../bots/bots.ts';
import type { FloodResult, SlowParams, SlowResult } from '../../bots/methods.ts';
import { cpuSecondsSince, readCpu } from '../../kit/cpu.ts';
import { residentMib } from '../../kit/memory.ts';
import { Neighbours, neighbourWarnings } from '../../kit/neighbours.ts';
import { sendQueues } from '../../kit/socket-queues.ts';
import { sum } from '../../kit/stats.ts';
import { sleep } from '../../kit/wait.ts';
import { createRoom, freshSecrets, startNode } from '../../target/livestall.ts';
import { memoryProbe, readMemory } from '../../target/memory-reading.ts';
import { startRedis } from '../../target/redis.ts';
import type { RunContext } from '../scenario.ts';

export type SlowPlan = {
  /** Healthy ones, who also talk. */
  viewers: number;
  stalled: number;
  rate: number;
  /** Said before anything is measured: what is missed is up to so many of them. */
  firstMessages: number;
  seconds: number;
  pairs: number;
  seed: number;
  /** Longer than a leg, so that nobody is disconnected within one. */
  slowReaderMs: number;
};

export type SlowLeg = {
  tag: string;
  result: FloodResult;
  cpuSeconds: number;
  /** Of the server: before anybody stalled, the most, half way through, and at the end. */
  beforeMb: number;
  mostMb: number;
  middleMb: number;
  endMb: number;
  /** What the server holds more in the end, after a collection. */
  heldMb?: number;
  readOn?: SlowResult;
};

/** As an installation has them. */
export const LIMITS = { packetsBuffered: 500, bytesBuffered: 1_048_576 };
const ROOM = 'load-slow';
const HEALTHY = 'healthy';
const SLOW = 'slow';
const CONNECTING_AT_ONCE = 50;
const STALLED_MS = 5000;
const SAMPLE_EVERY_MS = 100;
const QUIET_EVERY_MS = 200;
const QUIET_SHARE = 0.15;
const QUIET_MAX_MS = 8000;
const SETTLED_MS = 15_000;
/** Ten times a user may ask at once, then twice a second. */
const ROUND_MS = 200;
const ROUNDS_MAX = 20;
const ROUNDS_WHEN_FULL = 3;
const STALLED_BYTES = 512 * 1024;
const GROWTH_BYTES = 32 * 1024;
/** Messages of about 850 bytes. */
const PADDING = [...'衬衫亚麻浅蓝尺码面料领口袖子库存价格包邮发货直播主播链接优惠拍下付款']
  .join('')
  .repeat(6)
  .slice(0, 170);
const METRIC = /^livestall_slow_readers_total (\d+)/m;

type FloodPlan = { tag: string; seed: number; seconds: number; rate?: number; talkers?: number };

export type SlowStage = {
  flood(leg: FloodPlan): Promise<SlowLeg>;
  /** The healthy talk in short turns, not measured, until it is enough. */
  talk(seconds: number, enough: AbortSignal): Promise<void>;
  /**
   * New readers come in who will stall; those before go. New, since the kernel gives a socket that once read fast a buffer of
   * up to 32 MB, which would have to be filled first.
   */
  newSlow(): Promise<void>;
  /** They read again. */
  readOn(): Promise<SlowResult>;
  /** Those who stopped to read ask for much once more. */
  askForMuch(): Promise<unknown>;
  /** Until nothing more goes into the kernel for those who stopped to read, and much waits in the server. */
  stall(): Promise<void>;
  slowReadersClosed(): Promise<number>;
  rssMb(): number;
  /** Heap and buffers that are in use, right after a collection. */
  heldMb(): Promise<number>;
  pause(ms: number): Promise<void>;
  neighbours(): Neighbours;
  warnings(othersShare: number): string[];
};

/** Lets them ask until the kernel takes no more, and twice again for what the server itself holds. */
async function fillUp(
  readers: number,
  port: number,
  ask: () => Promise<unknown>,
  live: (text: string) => void,
): Promise<void> {
  let before = -1;
  let fullRounds = 0;
  for (let round = 0; round < ROUNDS_MAX && fullRounds < ROUNDS_WHEN_FULL; round += 1) {
    const startedAtMs = performance.now();
    await ask();
    await sleep(Math.max(0, ROUND_MS - (performance.now() - startedAtMs)));
    const queues = sendQueues(port).filter((bytes) => bytes >= STALLED_BYTES);
    const total = sum(queues);
    const mb = (total / 2 ** 20).toFixed(0);
    live(`stalling: ${queues.length} of ${readers} readers hold ${mb} MB in the kernel, round ${round + 1}`);
    fullRounds = queues.length >= readers && total - before < readers * GROWTH_BYTES ? fullRounds + 1 : 0;
    before = total;
  }
}

/** Until a process has little to do. */
async function quiet(pid: number): Promise<void> {
  let calm = 0;
  for (const untilMs = performance.now() + QUIET_MAX_MS; calm < 2 && performance.now() < untilMs; ) {
    const before = readCpu(pid);
    await sleep(QUIET_EVERY_MS);
    calm = cpuSecondsSince(before) * 1000 < QUIET_EVERY_MS * QUIET_SHARE ? calm + 1 : 0;
  }
}

export async function setSlowStage(plan: SlowPlan, context: RunContext): Promise<SlowStage> {
  const { lifetimes, pinning, progress } = context;
  const redis = await startRedis(lifetimes, pinning?.others);
  const secrets = freshSecrets();
  const memoryFile = join(redis.folder, 'slow-readers.memory.json');
  const env = {
    ...memoryProbe(memoryFile),
    LIVESTALL_HANDSHAKES_PER_SECOND: '1000000',
    LIVESTALL_SLOW_READER_MS: String(plan.slowReaderMs),
    LIVESTALL_BUFFERED_PACKETS_MAX: String(LIMITS.packetsBuffered),
    LIVESTALL_BUFFERED_BYTES_MAX: String(LIMITS.bytesBuffered),
  };
  const node = await startNode('node-1', { redis, secrets, env, cpus: pinning?.servers }, lifetimes);
  await createRoom(node, secrets, ROOM);
  const bots = new Bots({ what: 'bots', cpus: pinning?.others });
  lifetimes.add('bots', () => bots.child.stop());
  bots.onLive = progress.live;
  const connect = async (crowd: string, users: number): Promise<void> => {
    const { connected, failures } = await bots.call('connect', {
      ...{ crowd, urls: [node.url], tokenSecret: secrets.tokenSecret, roomId: ROOM },
      ...{ userPrefix: `${crowd}-`, firstUser: 0, users, concurrency: CONNECTING_AT_ONCE },
    });
    if (connected < users) {
      const why = node.child.problem() ?? JSON.stringify(failures);
      throw new Error(`Only ${connected} of ${users} ${crowd} joined: ${why}`);
    }
  };
  await connect(HEALTHY, plan.viewers);
  progress.step(`${plan.viewers} viewers joined`);
  let crowds = 0;
  let crowd = '';
  const slow = (action: SlowParams['action']): Promise<SlowResult> =>
    bots.call('slowReaders', { crowd, roomId: ROOM, action, timeoutMs: SETTLED_MS });
  const flood: SlowStage['flood'] = async ({ tag, seed, seconds, rate = plan.rate, talkers }) => {
    const startedAtMs = performance.now();
    const beforeMb = residentMib(node.pid);
    const before = readCpu(node.pid);
    let [mostMb, middleMb, endMb] = [0, beforeMb, beforeMb];
    const sampler = setInterval(() => {
      const mb = residentMib(node.pid);
      mostMb = Math.max(mostMb, mb);
      const spentMs = performance.now() - startedAtMs;
      if (spentMs < (seconds * 1000) / 2) middleMb = mb;
      if (spentMs < seconds * 1000) endMb = mb;
    }, SAMPLE_EVERY_MS);
    try {
      const result = await bots.call('flood', {
        ...{ crowd: HEALTHY, tag, seconds, seed, messagesPerSecond: rate, stalledMs: STALLED_MS },
        ...{ padding: PADDING, ...(talkers === undefined ? {} : { talkers }) },
      });
      return { tag, result, cpuSeconds: cpuSecondsSince(before), beforeMb, mostMb, middleMb, endMb };
    } finally {
      clearInterval(sampler);
    }
  };
  return {
    flood,
    async talk(seconds, enough) {
      const plan = { seconds: 1, seed: 0 };
      for (let turn = 0; turn < seconds && !enough.aborted; turn += 1)
        await flood({ tag: `~E${turn}~`, ...plan });
    },
    async newSlow() {
      if (crowd !== '') await bots.call('disconnect', { crowd });
      crowds += 1;
      crowd = `${SLOW}-${crowds}`;
      await connect(crowd, plan.stalled + 1);
      await slow('watch');
      await quiet(node.pid);
    },
    readOn: () => slow('readOn'),
    askForMuch: () => slow('askForMuch'),
    async stall() {
      await slow('stall');
      await fillUp(plan.stalled, Number(new URL(node.url).port), () => slow('askForMuch'), progress.live);
      await quiet(node.pid);
    },
    async slowReadersClosed() {
      const response = await fetch(`${node.url}/metrics`, { signal: AbortSignal.timeout(5000) });
      return Number(METRIC.exec(await response.text())?.[1] ?? Number.NaN);
    },
    rssMb: () => residentMib(node.pid),
    async heldMb() {
      const { heapUsedBytes, externalBytes } = await readMemory(node, memoryFile);
      return (heapUsedBytes + externalBytes) / 2 ** 20;
    },
    pause: sleep,
    neighbours: () => new Neighbours([bots.child.pid, redis.pid, node.pid]),
    warnings: (othersShare) => [
      ...neighbourWarnings(othersShare),
      ...(pinning ? [] : ['Server and bots shared their CPUs: taskset or a second CPU is missing.']),
    ],
  };
}
