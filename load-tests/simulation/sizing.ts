import { TickPace } from '../../server/kernel/tick-pace.ts';
import type { Coefficients } from './coefficients.ts';
import type { PaceSettings } from './node-model.ts';

export type Load = { messagesPerSecond: number; shownPerSecond: number };

/** A node runs on one core; above this share of it, answers wait for each other. */
export const NODE_CPU_SHARE = 0.5;
/** A round number below the usual limit of open files. */
const VIEWERS_A_NODE_MAX = 20_000;
const STEP = 500;

/** Share of a core that a node with so many viewers takes, of a room on so many nodes. */
export function nodeCpuShare(
  members: number,
  nodes: number,
  load: Load,
  pace: PaceSettings,
  costs: Coefficients,
): number {
  const tickMs = new TickPace({
    ...{ leastMs: pace.tickMs, mostMs: pace.tickMaxMs, packetsPerSecond: pace.framePacketsPerSecond },
    monotonicMs: () => 0,
  }).tickMs(members);
  const framesPerSecond = Math.min(1000 / tickMs, load.shownPerSecond, load.messagesPerSecond);
  const micros =
    members * framesPerSecond * costs.packetMicros +
    load.messagesPerSecond * costs.eventMicros +
    (load.messagesPerSecond / nodes) * costs.sayMicros +
    costs.idleNodeMicrosPerSecond +
    members * costs.idleMicrosPerViewerSecond;
  return micros / 1e6;
}

/** The fewest nodes of one core each that keep below `NODE_CPU_SHARE`. */
export function nodesFor(viewers: number, load: Load, pace: PaceSettings, costs: Coefficients): number {
  const least = Math.ceil(viewers / VIEWERS_A_NODE_MAX);
  const most = Math.ceil(viewers / STEP);
  for (let nodes = least; nodes < most; nodes += 1) {
    if (nodeCpuShare(Math.ceil(viewers / nodes), nodes, load, pace, costs) <= NODE_CPU_SHARE) return nodes;
  }
  return most;
}
