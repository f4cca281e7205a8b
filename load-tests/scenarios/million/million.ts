import { Neighbours, neighbourWarnings } from '../../kit/neighbours.ts';
import type { Outcome } from '../../kit/report.ts';
import { median, significant } from '../../kit/stats.ts';
import { type NullRoomSize, type NullRoomWork, startNullRoom } from '../../target/null-room.ts';
import { doublings } from '../scaling/scaling.ts';
import { fixedCost, lessFixed, logLogSlope } from '../scaling/slope.ts';
import type { RunContext, Scenario } from '../scenario.ts';

export type MillionPlan = {
  /** Rising. */
  sizes: readonly number[];
  /** Legs at each size. */
  legs: number;
  /** As many packets in each leg, whatever the size: small rooms get more frames. */
  packets: number;
};

const MESSAGES_PER_FRAME = 10;
const LEAST_FRAMES = 3;
/** Too few to cost anything: what a frame costs whoever is there, and the code is compiled. */
const ALONE_MEMBERS = 10;
const ALONE_FRAMES = 300;
/** What the kernel takes of a write to a socket, so that it can be told what of the slope a real node would feel. */
const PACKET_MICROS_OF_A_NODE = 4;

type Step = { size: NullRoomSize; works: NullRoomWork[] };

const cpuMicros = ({ cpuSeconds, packets }: NullRoomWork): number => (cpuSeconds / packets) * 1e6;

const frameCpu = ({ cpuSeconds, frames }: NullRoomWork): number => cpuSeconds / frames;

function figuresOf(steps: readonly Step[], alone: NullRoomWork): Outcome['figures'] {
  // Of a frame, not of a second: frames follow each other as fast as they are written.
  const points = steps.map(({ size, works }) => ({
    viewers: size.members,
    cpuPerSecond: median(works.map(frameCpu)),
  }));
  const fixed = fixedCost(
    { viewers: ALONE_MEMBERS, cpuPerSecond: frameCpu(alone) },
    points.at(-1) as (typeof points)[number],
  );
  const each = (step: Step | undefined) => median((step?.works ?? []).map(cpuMicros));
  const last = steps.at(-1) as Step;
  const figures = {
    /** Of the CPU time of a frame against its audience, less what a frame costs whoever is there. */
    cpuSlope: logLogSlope(lessFixed(points, fixed)),
    cpuSlopeWithFixed: logLogSlope(points),
    /** The same with what the kernel takes of each packet on a real node. */
    cpuSlopeWithKernel: logLogSlope(
      points.map(({ cpuPerSecond, viewers }) => ({
        viewers,
        cpuPerSecond: cpuPerSecond + viewers * PACKET_MICROS_OF_A_NODE * 1e-6,
      })),
    ),
    members: last.size.members,
    fixedCpuMicrosPerFrame: fixed * 1e6,
    cpuNanosPerPacketSmallest: each(steps[0]) * 1000,
    cpuNanosPerPacketLargest: each(last) * 1000,
    cpuNanosPerDeliveryLargest: (each(last) * 1000) / MESSAGES_PER_FRAME,
    frameMsLargest: median(last.works.map(({ frames, wallSeconds }) => (wallSeconds / frames) * 1000)),
    roomBytesPerMember: last.size.roomBytesPerMember,
    rssMbLargest: last.size.rssBytes / 2 ** 20,
  };
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, significant(value)]));
}

export async function runMillion(plan: MillionPlan, context: RunContext): Promise<Outcome> {
  const { lifetimes, pinning, progress } = context;
  const room = await startNullRoom(lifetimes, pinning?.servers);
  const neighbours = new Neighbours([room.pid]);
  const steps: Step[] = [];
  const violations: string[] = [];
  await room.call('grow', { members: ALONE_MEMBERS });
  const few = { frames: ALONE_FRAMES, messagesPerFrame: MESSAGES_PER_FRAME };
  await room.call('work', few);
  const alone = await room.call('work', few);
  for (const members of plan.sizes) {
    progress.live(`letting ${members.toLocaleString('en')} in`);
    const size = await room.call('grow', { members });
    if (size.members !== members) violations.push(`${size.members} of ${members} are in the room`);
    const frames = Math.max(LEAST_FRAMES, Math.round(plan.packets / members));
    const works: NullRoomWork[] = [];
    for (let n = 0; n < plan.legs; n += 1) {
      const work = await room.call('work', { frames, messagesPerFrame: MESSAGES_PER_FRAME });
      works.push(work);
      if (work.transportsOff > 0)
        violations.push(
          `${members} members: ${work.transportsOff} got another number of packets than ${frames}`,
        );
      if (work.packets !== members * frames)
        violations.push(`${members} members: ${work.packets} packets instead of ${members * frames}`);
    }
    steps.push({ size, works });
    progress.step(
      `${members.toLocaleString('en')} members without sockets: ${(median(works.map(cpuMicros)) * 1000).toFixed(0)} ns a packet`,
    );
  }
  const othersShare = neighbours.share();
  return {
    figures: { ...figuresOf(steps, alone), othersShare: significant(othersShare, 2) },
    violations,
    warnings: [
      'No kernel, no Redis, no Socket.IO: only what the room itself does for each of its members.',
      ...neighbourWarnings(othersShare),
    ],
    goals: [
      { figure: 'cpuSlope', direction: 'at least', value: 0.95 },
      { figure: 'cpuSlope', direction: 'at most', value: 1.05 },
    ],
    tables: {
      sizes: steps.map(({ size, works }) => ({
        members: size.members,
        frames: works[0]?.frames ?? 0,
        'ns/packet': significant(median(works.map(cpuMicros)) * 1000),
        'CPU ms/frame': significant(median(works.map((each) => (each.cpuSeconds / each.frames) * 1000))),
        'ms/frame': significant(median(works.map((each) => (each.wallSeconds / each.frames) * 1000))),
        'room bytes/member': Math.round(size.roomBytesPerMember),
        'fake bytes/member': Math.round(size.fakeBytesPerMember),
        'RSS MB': significant(size.rssBytes / 2 ** 20),
      })),
    },
  };
}

export const million: Scenario = {
  name: 'million',
  summary:
    'the real room code with up to a million members whose sockets only count: is its CPU a straight line?',
  defaults: { viewers: { full: 1_024_000, quick: 256_000 } },
  targets: 'opens no sockets',
  maxSeconds: () => 300,
  socketsInOneProcess: () => 0,
  run: ({ viewers = 0, quick }, context) =>
    runMillion(
      {
        sizes: doublings(viewers, quick ? 5 : 7),
        legs: quick ? 3 : 5,
        packets: quick ? 2_000_000 : 6_000_000,
      },
      context,
    ),
};
