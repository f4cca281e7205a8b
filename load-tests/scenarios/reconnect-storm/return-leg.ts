import { createKeys } from '../../../server/redis/keys.ts';
import type { Bots } from '../../bots/bots.ts';
import type { FloodResult } from '../../bots/methods.ts';
import type { ReturnedResult, Side } from '../../bots/storms/methods.ts';
import { cpuSecondsOf, cpuSecondsSince, readCpu } from '../../kit/cpu.ts';
import type { Lifetimes } from '../../kit/lifetimes.ts';
import { percentile } from '../../kit/stats.ts';
import { monotonicMs, sleep } from '../../kit/wait.ts';
import { startPeer } from '../../peers/peer.ts';
import type { RoomSeed } from '../../peers/room-seed.ts';
import { type Secrets, startNode } from '../../target/livestall.ts';
import type { RedisUnderTest } from '../../target/redis.ts';
import type { ServerUnderTest } from '../../target/server-under-test.ts';
import { KEY_PREFIX } from '../../target/stored-sale.ts';
import { floodProblems } from '../flood-checks.ts';
import { lastForAll, type Missed, missedEvents, readLog } from './missed-events.ts';

export type ReturnPlan = {
  viewers: number;
  messagesPerSecond: number;
  /** Chat goes on for so long; the node is killed early in it. */
  chatSeconds: number;
  seed: number;
};

export type ReturnStage = {
  roomId: string;
  redis: RedisUnderTest;
  secrets: Secrets;
  bots: Bots;
  /** The room for the baseline. */
  seed: RoomSeed;
  cpus: string | undefined;
  lifetimes: Lifetimes;
};

export type ReturnLeg = {
  side: Side;
  viewers: number;
  returned: ReturnedResult;
  timeTo99Ms: number;
  /** Of the node that is left, from the kill until the last one is back. */
  cpuSeconds: number;
  /** Of both nodes, all their lives. */
  serversCpuSeconds: number;
  /** Of ours; the baseline has nothing to resume. */
  missed: Missed | null;
  violations: string[];
  warnings: string[];
};

const GATHER_AT_ONCE = 64;
const CHAT_BEFORE_KILL_MS = 1500;
const RETURN_TIMEOUT_MS = 60_000;
const SEEN_TIMEOUT_MS = 15_000;
const STALLED_MS = 5000;
/** A user may say a line a second; what a late timer makes up for must not be more. */
const SECONDS_BETWEEN_LINES = 5;

let started = 0;

/** Two fresh nodes of a side: one to kill and one that is left. */
async function startPair(side: Side, stage: ReturnStage): Promise<[ServerUnderTest, ServerUnderTest]> {
  const { redis, secrets, cpus, lifetimes, seed } = stage;
  const one = (first: boolean): Promise<ServerUnderTest> => {
    started += 1;
    const label = `${side}-${started}`;
    if (side === 'ours') return startNode(label, { redis, secrets, cpus }, lifetimes);
    const { tokenSecret } = secrets;
    // History is kept, or whoever comes back would have missed everything by design.
    const options = { redis, tokenSecret, cpus, label, args: ['--history'], ...(first ? { seed } : {}) };
    return startPeer('plain-socketio', options, lifetimes);
  };
  const first = await one(true);
  return [first, await one(false)];
}

/** A full node is killed under chat, and all its viewers come to the other one. */
export async function returnLeg(side: Side, plan: ReturnPlan, stage: ReturnStage): Promise<ReturnLeg> {
  const { viewers, messagesPerSecond, chatSeconds, seed } = plan;
  const { bots, secrets, roomId } = stage;
  const { tokenSecret } = secrets;
  const [doomed, left] = await startPair(side, stage);
  const crowd = `talkers-${started}`;
  const talkers = messagesPerSecond * SECONDS_BETWEEN_LINES;
  const talking = await bots.call('connect', {
    ...{ crowd, urls: [left.url], tokenSecret, roomId, userPrefix: 'speaker-', firstUser: 0 },
    ...{ users: talkers, concurrency: GATHER_AT_ONCE },
  });
  if (talking.connected < talkers) throw new Error(`Only ${talking.connected} of ${talkers} can speak.`);
  const { joined, troubles } = await bots.call('fleetGather', {
    ...{ side, urls: [doomed.url], tokenSecret, roomId, userPrefix: 'viewer-', users: viewers },
    ...{ concurrency: GATHER_AT_ONCE, seed: seed * 1_000_000 },
  });
  if (joined < viewers) {
    const why = [JSON.stringify(troubles), doomed.child.problem()].join('\n').trim();
    throw new Error(`Only ${joined} of ${viewers} viewers joined ${side}: ${why}`);
  }

  const flood = bots.call('flood', {
    ...{ crowd, tag: `~R${started}~`, seconds: chatSeconds, messagesPerSecond, seed, talkers },
    stalledMs: STALLED_MS,
  });
  flood.catch(() => {});
  await sleep(CHAT_BEFORE_KILL_MS);
  await bots.call('fleetServe', { urls: [left.url] });
  const cpuBefore = readCpu(left.pid);
  const doomedCpuSeconds = cpuSecondsOf(doomed.pid);
  const sinceMs = monotonicMs();
  await doomed.child.kill();
  const returned = await bots.call('fleetReturned', { sinceMs, timeoutMs: RETURN_TIMEOUT_MS });
  const cpuSeconds = cpuSecondsSince(cpuBefore);
  const talk = await flood;
  const missed = side === 'ours' ? await whatWasMissed(stage) : null;
  await bots.call('fleetLeave', null);
  await bots.call('disconnect', { crowd });
  const serversCpuSeconds = doomedCpuSeconds + cpuSecondsOf(left.pid);
  await left.child.stop();

  const late = viewers - returned.afterMs.length;
  const times = [...returned.afterMs, ...Array<number>(late).fill(Number.POSITIVE_INFINITY)];
  const { violations, warnings } = problems(side, talk, chatSeconds, [doomed, left]);
  if (late > 0) {
    const why = JSON.stringify(returned.troubles);
    violations.push(`${late} of ${viewers} viewers of ${side} did not come back: ${why}`);
  }
  return {
    ...{ side, viewers, returned, cpuSeconds, serversCpuSeconds, missed, warnings },
    timeTo99Ms: percentile(times, 0.99),
    violations: [...violations, ...(missed?.violations ?? [])],
  };
}

async function whatWasMissed({ redis, roomId, bots }: ReturnStage): Promise<Missed> {
  const keys = createKeys(KEY_PREFIX).room(roomId);
  const seq = lastForAll(await readLog(redis.client, keys));
  const seen = await bots.call('fleetSeen', { seq, timeoutMs: SEEN_TIMEOUT_MS });
  return missedEvents(await readLog(redis.client, keys), seen, seq);
}

/** Chat must have gone on for those who were on the other node all the time. */
function problems(side: Side, talk: FloodResult, seconds: number, servers: readonly ServerUnderTest[]) {
  const found = floodProblems(`chat during the storm (${side})`, talk, seconds);
  for (const { child } of servers) {
    const problem = child.problem();
    if (problem !== null) found.violations.push(problem);
  }
  return found;
}
