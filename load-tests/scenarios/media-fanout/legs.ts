import type { RtpBotMethods } from '../../bots/media/rtp-bot.ts';
import { cpuSecondsSince, readCpu } from '../../kit/cpu.ts';
import type { RpcChild } from '../../kit/rpc.ts';
import { sum } from '../../kit/stats.ts';
import type { MediaTargetMethods } from '../../target/media-target.ts';

export type Bot = RpcChild<RtpBotMethods>;
export type Target = RpcChild<MediaTargetMethods>;

/** One publisher of one relay, and those who receive it. */
export type Stage = {
  target: Target;
  port: number;
  workerPids: readonly number[];
  receivers: number;
  /** Of the receivers whose packets are counted. */
  counted: readonly number[];
};

export type Leg = {
  /** What the publisher sent, and what went out to receivers. */
  published: number;
  sent: number;
  cpuSeconds: number;
  workerCpuSeconds: number;
  seconds: number;
  /** Share of the packets that should have gone out and did not, or did not arrive where they were counted. */
  lossShare: number;
  /** How late the generator was at most. */
  latestMs: number;
};

/** Receivers whose packets are counted one by one; the others' end in the kernel. */
export const COUNTED = 4;

/** Sends for so long, and measures. */
export async function measure(
  { bot, stage }: { bot: Bot; stage: Stage },
  leg: { kilobitsPerSecond: number; seconds: number },
): Promise<Leg> {
  const { target, port, workerPids, receivers, counted } = stage;
  await bot.call('received', null);
  const sentBefore = await target.call('sent', null);
  const cpus = [...workerPids, target.pid].map(readCpu);
  const { packets, seconds, latestMs } = await bot.call('send', { port, ...leg });
  const used = cpus.map(cpuSecondsSince);
  const sent = (await target.call('sent', null)) - sentBefore;
  const received = (await bot.call('received', null)).filter(({ ssrc }) => counted.includes(ssrc));
  const arrived = sum(received.map((each) => each.packets));
  return {
    ...{ published: packets, sent, seconds, latestMs },
    cpuSeconds: sum(used),
    workerCpuSeconds: sum(used.slice(0, -1)),
    lossShare: Math.max(
      1 - sent / (packets * receivers),
      counted.length === 0 ? 0 : 1 - arrived / (packets * counted.length),
    ),
  };
}
