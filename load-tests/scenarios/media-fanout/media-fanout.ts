import { startRtpBot } from '../../bots/media/rtp-bot.ts';
import { Neighbours, neighbourWarnings } from '../../kit/neighbours.ts';
import type { Outcome } from '../../kit/report.ts';
import { interval, significant, sum } from '../../kit/stats.ts';
import type { Parameters, RunContext, Scenario } from '../scenario.ts';
import { freshPairs, KILOBITS_PER_SECOND, type Kind, openStage } from './fresh-pairs.ts';
import { joinStorm } from './join-storm.ts';
import { consumersPerCore } from './ramp.ts';

const TREE_COST_GOAL = 1.1;
const OVERHEAD_GOAL = 1.03;
const KEY_FRAMES_GOAL = 1;
/** A generator that is later than a frame is the bottleneck. */
const LATE_MS = 100;
const JOIN_SECONDS = 5;

export type FanoutPlan = {
  viewers: number;
  /** Of each leg. */
  seconds: number;
  pairs: number;
  /** Pairs of bare mediasoup against itself: what a difference is worth. */
  controlPairs: number;
  storm: { joins: number; seconds: number };
  /** Receivers that are added at once to find how many a core bears, and where that ends. */
  ramp: { step: number; most: number; seconds: number };
};

export async function runFanout(plan: FanoutPlan, context: RunContext): Promise<Outcome> {
  const { viewers, seconds } = plan;
  const { progress, lifetimes, pinning } = context;
  const bot = await startRtpBot(lifetimes, pinning?.others);
  const neighbours = new Neighbours([bot.pid]);
  const pairs = (count: number, a: Kind, b: Kind) =>
    freshPairs([a, b], { bot, context, viewers, seconds, pairs: count });
  const tree = await pairs(plan.pairs, { kind: 'ours', workers: 1 }, { kind: 'ours', workers: 2 });
  progress.step('one worker against two');
  const overhead = await pairs(plan.pairs, { kind: 'bare', workers: 1 }, { kind: 'ours', workers: 1 });
  progress.step('ours against bare mediasoup');
  const control = await pairs(plan.controlPairs, { kind: 'bare', workers: 1 }, { kind: 'bare', workers: 1 });
  progress.step('bare mediasoup against itself');
  const relaySeconds = [tree, overhead, control].flat().flatMap(({ legs }) => legs);
  const othersShare = neighbours.share(sum(relaySeconds.map((leg) => leg.cpuSeconds)));
  const one = await openStage({ kind: 'ours', workers: 1, receivers: viewers }, { bot, context });
  const storm = await joinStorm({ bot, stage: one }, plan.storm);
  progress.step('key frames while many join');
  const ramp = await consumersPerCore(
    { bot, stage: one },
    { ...plan.ramp, kilobitsPerSecond: KILOBITS_PER_SECOND },
  );
  progress.step('as many receivers as one core bears');

  const treeRatio = interval(tree.map(({ ratio }) => ratio));
  const overheadRatio = interval(overhead.map(({ ratio }) => ratio));
  const controlRatio = interval(control.map(({ ratio }) => ratio));
  const legs = [...tree, ...overhead, ...control].flatMap((pair) => pair.legs);
  const lossShare = Math.max(...legs.map((leg) => leg.lossShare));
  const latestMs = Math.max(...legs.map((leg) => leg.latestMs));
  const figures: Record<string, number> = {
    treeCostRatio: treeRatio.median,
    treeCostRatioMin: treeRatio.min,
    treeCostRatioMax: treeRatio.max,
    overheadRatio: overheadRatio.median,
    overheadRatioMin: overheadRatio.min,
    overheadRatioMax: overheadRatio.max,
    controlRatioMin: controlRatio.min,
    controlRatioMax: controlRatio.max,
    microsPerPacket: interval(overhead.map(({ micros }) => micros[1])).median,
    consumersPerCore: ramp.receivers,
    consumersPerCoreIsAtLeast: ramp.reachedMost ? 1 : 0,
    bytesPerConsumer: one.bytesPerReceiver,
    keyFrameRequestsPerSecond: storm.requestsPerSecond,
    keyFrameRequestGapMs: storm.leastGapMs,
    lossShare,
    othersShare,
  };
  return {
    figures: Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, significant(value)])),
    violations: storm.violations,
    warnings: [
      ...neighbourWarnings(othersShare),
      ...(latestMs > LATE_MS ? [`The generator was up to ${Math.round(latestMs)} ms late.`] : []),
      ...(lossShare > 0.001 ? [`Up to ${(lossShare * 100).toFixed(2)} % of the packets were lost.`] : []),
      ...ramp.warnings,
    ],
    goals: [
      { figure: 'treeCostRatio', direction: 'at most', value: TREE_COST_GOAL },
      { figure: 'overheadRatio', direction: 'at most', value: OVERHEAD_GOAL },
      { figure: 'keyFrameRequestsPerSecond', direction: 'at most', value: KEY_FRAMES_GOAL },
    ],
    tables: { ramp: ramp.steps },
  };
}

function run({ viewers = 200, seconds = 4, quick }: Parameters, context: RunContext): Promise<Outcome> {
  const plan = quick
    ? {
        pairs: 3,
        controlPairs: 1,
        storm: { joins: 50, seconds: JOIN_SECONDS },
        ramp: { step: 100, most: 400, seconds: 2 },
      }
    : {
        pairs: 7,
        controlPairs: 5,
        storm: { joins: 200, seconds: JOIN_SECONDS },
        ramp: { step: 50, most: 2000, seconds: 2 },
      };
  return runFanout({ ...plan, viewers, seconds }, context);
}

/**
 * One publisher and many receivers over plain transports, SRTP on: CPU a packet of two workers against one, of ours
 * against mediasoup used bare; how many receivers one core bears before packets are lost; key frames that the
 * publisher is asked for while many join. Receivers of WebRTC cost ICE and bandwidth estimation besides.
 */
export const mediaFanout: Scenario = {
  name: 'media-fanout',
  summary: 'one publisher to many receivers by the media relay, against bare mediasoup, ABBA',
  defaults: { viewers: { full: 200, quick: 60 }, seconds: { full: 4, quick: 1 } },
  maxSeconds: ({ seconds = 4 }) => 420 + seconds * 60,
  socketsInOneProcess: ({ viewers = 200 }) => Math.max(viewers, 2000) + 100,
  run,
};
