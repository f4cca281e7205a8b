import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Bots } from '../../bots/bots.ts';
import type { RoomShape, RushCheckResult, RushResult, Side } from '../../bots/storms/methods.ts';
import { cpuSecondsSince, readCpu } from '../../kit/cpu.ts';
import { sleep } from '../../kit/wait.ts';
import type { Caller } from '../../target/caller.ts';
import type { RedisUnderTest } from '../../target/redis.ts';
import type { ServerUnderTest } from '../../target/server-under-test.ts';

/** `connect`: ours, and nobody joins. */
export type LegSide = 'ours' | 'announcing' | 'quiet' | 'connect';

export type LegPlan = {
  side: LegSide;
  server: ServerUnderTest;
  roomId: string;
  tokenSecret: string;
  /** Somebody in the room who speaks when all are there. */
  talker: Caller;
  viewers: number;
  shape: RoomShape;
  /** Different for each leg of a run. */
  n: number;
};

export type Leg = {
  side: LegSide;
  viewers: number;
  /** Of the server, from the first connect to the last snapshot, each viewer's share. */
  cpuMicros: number;
  redisCpuMicros: number;
  /** All that Redis executed meanwhile, those inside scripts included, a viewer. */
  redisCommands: number;
  rush: RushResult;
  /** None where nobody joined. */
  check: RushCheckResult | null;
};

/** Connections on their way in, and how long all have to hear what is said afterwards. */
export const RUSH = { concurrency: 64, heardTimeoutMs: 15_000 } as const;
const CALM_TIMEOUT_MS = 30_000;
const CALM_STEP_MS = 250;
const CALM_SHARE = 0.1;
/** Leaves commands of the kit itself out of what a leg cost. */
const OWN_COMMANDS = new Set(['info', 'hget']);

/** Calls by command; what scripts call is counted as well. */
async function commandCalls(redis: Redis): Promise<number> {
  const text = await redis.info('commandstats');
  let total = 0;
  for (const [, command = '', calls] of text.matchAll(/^cmdstat_([^:|]+)[^:]*:calls=(\d+)/gm)) {
    if (!OWN_COMMANDS.has(command)) total += Number(calls);
  }
  return total;
}

/** What the server still has to do for those who left is not the next leg's. */
export async function calm({ pid }: ServerUnderTest): Promise<void> {
  const deadlineMs = performance.now() + CALM_TIMEOUT_MS;
  for (let share = 1; share > CALM_SHARE && performance.now() < deadlineMs; ) {
    const before = readCpu(pid);
    await sleep(CALM_STEP_MS);
    share = (cpuSecondsSince(before) * 1000) / CALM_STEP_MS;
  }
}

/** Everybody comes at once, hears one message, and goes. */
export async function rushLeg(
  plan: LegPlan,
  { bots, redis, headSeq }: { bots: Bots; redis: RedisUnderTest; headSeq: () => Promise<number> },
): Promise<Leg> {
  const { side, server, roomId, tokenSecret, viewers, n } = plan;
  const join = side !== 'connect';
  const kind: Side = side === 'ours' || side === 'connect' ? 'ours' : 'baseline';
  const marker = `~rush ${n}~`;
  await calm(server);
  const leastSeq = await headSeq();
  const callsBefore = await commandCalls(redis.client);
  const before = [server, redis].map(({ pid }) => readCpu(pid));
  const rush = await bots.call('rush', {
    ...{ side: kind, url: server.url, tokenSecret, roomId, userPrefix: 'viewer-', users: viewers },
    ...{ concurrency: RUSH.concurrency, join, marker },
  });
  const [serverCpu = Number.NaN, redisCpu = Number.NaN] = before.map(cpuSecondsSince);
  const calls = (await commandCalls(redis.client)) - callsBefore;
  let check: RushCheckResult | null = null;
  if (join) {
    await plan.talker.call('chat:say', { opId: randomUUID(), text: marker });
    const heardSeq = kind === 'ours' ? await headSeq() : 0;
    check = await bots.call('rushCheck', {
      ...{ shape: plan.shape, leastSeq: kind === 'ours' ? leastSeq : 0, heardSeq },
      timeoutMs: RUSH.heardTimeoutMs,
    });
  }
  await bots.call('rushLeave', null);
  return {
    side,
    viewers,
    cpuMicros: (serverCpu / viewers) * 1e6,
    redisCpuMicros: (redisCpu / viewers) * 1e6,
    redisCommands: calls / viewers,
    rush,
    check,
  };
}

/** Everybody got the right snapshot, and the message after it. */
export function rushViolations(
  { side, viewers, rush, check }: Pick<Leg, 'side' | 'viewers' | 'rush' | 'check'>,
  leg: string,
): string[] {
  const { connected, joined, failures } = rush;
  const here = side === 'connect' ? connected : joined;
  const problems: string[] = [];
  if (here !== viewers) problems.push(`${here} of ${viewers} got in: ${JSON.stringify(failures)}`);
  if (check) {
    const { heard, inStep, badSnapshots, examples, lost } = check;
    if (badSnapshots > 0) problems.push(`${badSnapshots} wrong snapshots, e.g. ${examples.join('; ')}`);
    if (heard !== joined) problems.push(`${heard} of ${joined} heard the message that came after`);
    if (inStep !== joined) problems.push(`${joined - inStep} of ${joined} had a gap after their snapshot`);
    if (Object.keys(lost).length > 0) problems.push(`connections were lost: ${JSON.stringify(lost)}`);
  }
  return problems.map((problem) => `${leg} (${side}): ${problem}`);
}
