import { Bots } from '../../bots/bots.ts';
import type { AudienceResult, FloodResult } from '../../bots/methods.ts';
import { cpuUseSince, readCpu } from '../../kit/cpu.ts';
import { sleep } from '../../kit/wait.ts';
import { createRoom, freshSecrets, startNode } from '../../target/livestall.ts';
import { startRedis } from '../../target/redis.ts';
import type { RunContext } from '../scenario.ts';

export type ScalingLeg = {
  viewers: number;
  seconds: number;
  cpuSeconds: number;
  waitingShare: number;
  flood: FloodResult;
  audiences: AudienceResult[];
};

export type AudienceStage = {
  pids: number[];
  readonly viewers: number;
  /**
   * Until there are so many viewers, shared out over the bot processes.
   *
   * @returns CPU seconds that the node spent on their coming in.
   */
  grow(viewers: number): Promise<number>;
  /** Those who came last go. */
  shrink(): Promise<void>;
  leg(tag: string, seconds: number, seed: number): Promise<ScalingLeg>;
  /** CPU seconds while nobody says anything. */
  idle(seconds: number): Promise<number>;
  lost(): Promise<Record<string, number>>;
};

const ROOM = 'load-scaling';
const TALKERS = 'talkers';
const CONNECTING_AT_ONCE = 50;
const STALLED_MS = 5000;
/** After people came or went: presence is told in chunks of 500 a second. */
const QUIET_MS = 500;
const QUIET_SHARE = 0.06;
const QUIET_MAX_MS = 40_000;
const BOT_PROCESSES = 2;

async function quiet(pid: number): Promise<void> {
  let calm = 0;
  for (const untilMs = performance.now() + QUIET_MAX_MS; calm < 3 && performance.now() < untilMs; ) {
    const before = readCpu(pid);
    await sleep(QUIET_MS);
    calm = cpuUseSince(before).cpuSeconds * 1000 < QUIET_MS * QUIET_SHARE ? calm + 1 : 0;
  }
}

export async function setAudienceStage(
  plan: { talkers: number; rate: number; env: Record<string, string> },
  { lifetimes, pinning, progress }: RunContext,
): Promise<AudienceStage> {
  const redis = await startRedis(lifetimes, pinning?.others);
  const secrets = freshSecrets();
  const node = await startNode(
    'node-1',
    { redis, secrets, env: plan.env, cpus: pinning?.servers },
    lifetimes,
  );
  await createRoom(node, secrets, ROOM);
  const bots = Array.from({ length: BOT_PROCESSES }, (_, n) => {
    const each = new Bots({ what: `bots ${n + 1}`, cpus: pinning?.others });
    lifetimes.add(each.child.what, () => each.child.stop());
    each.onLive = progress.live;
    return each;
  });
  const [first] = bots as [Bots, ...Bots[]];
  const connect = async (each: Bots, crowd: string, prefix: string, users: number): Promise<void> => {
    const { connected, failures } = await each.call('connect', {
      ...{ crowd, urls: [node.url], tokenSecret: secrets.tokenSecret, roomId: ROOM, users },
      ...{ userPrefix: prefix, firstUser: 0, concurrency: CONNECTING_AT_ONCE },
    });
    if (connected < users) {
      const why = node.child.problem() ?? JSON.stringify(failures);
      throw new Error(`Only ${connected} of ${users} viewers joined: ${why}`);
    }
  };
  await connect(first, TALKERS, 'talker-', plan.talkers);
  const crowds: { name: string; viewers: number }[] = [];
  const viewersNow = (): number => plan.talkers + crowds.reduce((total, { viewers }) => total + viewers, 0);
  return {
    pids: [redis.pid, node.pid, ...bots.map(({ child }) => child.pid)],
    get viewers() {
      return viewersNow();
    },
    async grow(viewers) {
      const more = viewers - viewersNow();
      const name = `crowd-${crowds.length}`;
      const before = readCpu(node.pid);
      const share = Math.floor(more / bots.length);
      await Promise.all(
        bots.map((each, n) =>
          connect(each, name, `${name}-${n}-`, n === 0 ? more - share * (bots.length - 1) : share),
        ),
      );
      const { cpuSeconds } = cpuUseSince(before);
      crowds.push({ name, viewers: more });
      await quiet(node.pid);
      return cpuSeconds;
    },
    async shrink() {
      const crowd = crowds.pop()?.name ?? '';
      await Promise.all(bots.map((each) => each.call('disconnect', { crowd })));
      await quiet(node.pid);
    },
    async leg(tag, seconds, seed) {
      const names = crowds.map(({ name }) => name);
      for (const each of bots) await each.call('audience', { action: 'watch', crowds: names, tag });
      const before = readCpu(node.pid);
      const flood = await first.call('flood', {
        ...{ crowd: TALKERS, tag, seconds, seed, messagesPerSecond: plan.rate, stalledMs: STALLED_MS },
      });
      const left = bots.map((each) =>
        each.call('audience', { action: 'leave', sent: flood.sent, stalledMs: STALLED_MS }),
      );
      const audiences = (await Promise.all(left)).filter((each) => each !== null);
      const { cpuSeconds, waitingSeconds } = cpuUseSince(before);
      const waitingShare = waitingSeconds / (cpuSeconds + waitingSeconds);
      return { viewers: viewersNow(), seconds, cpuSeconds, waitingShare, flood, audiences };
    },
    async idle(seconds) {
      const before = readCpu(node.pid);
      await sleep(seconds * 1000);
      return cpuUseSince(before).cpuSeconds;
    },
    async lost() {
      const all: Record<string, number> = {};
      for (const each of bots) {
        for (const crowd of [...(each === first ? [TALKERS] : []), ...crowds.map(({ name }) => name)])
          Object.assign(all, await each.call('lost', { crowd }));
      }
      return all;
    },
  };
}
