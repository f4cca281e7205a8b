import { type Random, seeded } from '../kit/random.ts';
import { percentile, sum } from '../kit/stats.ts';
import type { Coefficients } from './coefficients.ts';
import { EventQueue, Station } from './event-queue.ts';
import { NodeModel, type PaceSettings } from './node-model.ts';

export type RoomPlan = PaceSettings & {
  viewers: number;
  nodes: number;
  /** Said in the room, over all nodes; and shown to a viewer at most. */
  messagesPerSecond: number;
  shownPerSecond: number;
  seconds: number;
  /** Of the viewers, how many grab when a sale opens; how long people take to; and how much there is. */
  grabShare: number;
  reactionMs: readonly [least: number, most: number];
  units: number;
  grabBatchMs: number;
  grabBatchMax: number;
  /** All viewers knock within this time; so many a second are let in by a node, twice as many at once. */
  arriveWithinMs: number;
  handshakesPerSecond: number;
  seed: number;
};

export type ChatOutcome = {
  said: number;
  /** Messages times nodes times timed viewers: what must have been timed, and what was. */
  dueTimings: number;
  timings: number;
  p50Ms: number;
  p99Ms: number;
  nodeCpuShare: number;
  redisCpuShare: number;
  packetsPerViewerPerSecond: number;
  bytesPerSecond: number;
};
export type GrabOutcome = {
  grabs: number;
  answered: number;
  granted: number;
  soldOut: number;
  redisCalls: number;
  p50Ms: number;
  p99Ms: number;
  redisCpuMs: number;
};
export type JoinOutcome = { joined: number; knocks: number; to99Ms: number; bytes: number };

/** Timed in each frame of each node. */
const PLACES = Array.from({ length: 20 }, (_, n) => (n + 0.5) / 20);
const WARM_UP_MS = 2000;
/** Who is not let in comes back after this and up to twice as long. */
const COME_BACK_MS = 1000;

type World = { queue: EventQueue; random: Random; redis: Station; nodes: NodeModel[] };

function world(plan: RoomPlan, costs: Coefficients, members: boolean): World {
  const queue = new EventQueue();
  const nodes = Array.from({ length: plan.nodes }, (_, n) => {
    const node = new NodeModel(queue, costs, plan, PLACES);
    // Dealt in turn, as a balancer does.
    if (members) node.members = Math.floor((plan.viewers + plan.nodes - 1 - n) / plan.nodes);
    return node;
  });
  return { queue, nodes, random: seeded(plan.seed), redis: new Station(queue) };
}

/** An exponential pause: arrivals that know nothing of each other. */
const pauseMs = (random: Random, perSecond: number): number =>
  (-Math.log(1 - random.next()) * 1000) / perSecond;

/** Lets people talk until `untilMs`: node → Redis → all nodes. */
function talk(world: World, plan: RoomPlan, costs: Coefficients, untilMs: number): { said: number } {
  const { nodes, queue, random, redis } = world;
  const tally = { said: 0 };
  // What is shown in the end is what costs packets: the others are counted, not sent.
  const shown = Math.min(1, plan.shownPerSecond / plan.messagesPerSecond);
  const next = (): void => {
    queue.after(pauseMs(random, plan.messagesPerSecond), () => {
      if (queue.nowMs > untilMs) return;
      const saidAtMs = queue.nowMs;
      const speaker = nodes[random.between(0, nodes.length - 1)] as NodeModel;
      const isShown = random.next() < shown;
      speaker.loop.take(costs.sayMicros, () =>
        redis.take(costs.redisSayMicros, () =>
          queue.after(costs.redisHopMs, () => {
            for (const node of nodes) {
              if (isShown) node.hear(saidAtMs);
              else node.loop.take(costs.eventMicros);
            }
          }),
        ),
      );
      if (isShown) tally.said += 1;
      next();
    });
  };
  next();
  return tally;
}

/** Steady chat. */
export function simulateChat(plan: RoomPlan, costs: Coefficients): ChatOutcome {
  const all = world(plan, costs, true);
  const { nodes, queue, redis } = all;
  const endMs = WARM_UP_MS + plan.seconds * 1000;
  const tally = talk(all, plan, costs, endMs);
  queue.run();
  const { said } = tally;
  const deliveryMs = nodes.flatMap((node) => node.deliveryMs);
  const ranMs = Math.max(queue.nowMs, endMs);
  const packets = sum(nodes.map((node) => node.packets));
  const perSecond = packets / plan.viewers / (ranMs / 1000);
  const idleMicros =
    costs.idleNodeMicrosPerSecond + (plan.viewers / plan.nodes) * costs.idleMicrosPerViewerSecond;
  return {
    said,
    dueTimings: said * nodes.length * PLACES.length,
    timings: deliveryMs.length,
    p50Ms: percentile(deliveryMs, 0.5),
    p99Ms: percentile(deliveryMs, 0.99),
    nodeCpuShare: Math.max(...nodes.map(({ loop }) => loop.busyMs)) / ranMs + idleMicros / 1e6,
    redisCpuShare: redis.busyMs / ranMs,
    packetsPerViewerPerSecond: perSecond,
    bytesPerSecond:
      plan.viewers * (perSecond * costs.packetOverheadBytes + (said / (ranMs / 1000)) * costs.messageBytes),
  };
}

/** A sale opens while people talk: all are told, a share of them grabs, each once. */
export function simulateGrabs(plan: RoomPlan, costs: Coefficients): GrabOutcome {
  const all = world(plan, costs, true);
  const { nodes, queue, random, redis } = all;
  const [leastMs, mostMs] = plan.reactionMs;
  const grabbers = Math.round(plan.viewers * plan.grabShare);
  const answerMs: number[] = [];
  let left = plan.units;
  let [granted, redisCalls] = [0, 0];
  talk(all, plan, costs, WARM_UP_MS + mostMs);
  const opensAtMs = WARM_UP_MS;
  for (const [n, node] of nodes.entries()) {
    const share = Math.floor((grabbers + nodes.length - 1 - n) / nodes.length);
    let batch: number[] = [];
    let knowsSoldOut = false;
    const answer = (atMs: readonly number[]): void => {
      for (const grabbedAtMs of atMs) answerMs.push(queue.nowMs - grabbedAtMs);
    };
    const send = (): void => {
      const taken = batch;
      batch = [];
      if (taken.length === 0) return;
      redisCalls += 1;
      const granting = Math.min(left, taken.length);
      // Decided in Redis, in the order in which calls come; what is left is known there alone.
      redis.take(
        costs.redisCallMicros +
          granting * costs.redisGrabMicros +
          (taken.length - granting) * costs.redisSoldOutGrabMicros,
        () => {
          queue.after(costs.redisHopMs, () => {
            if (left === 0) knowsSoldOut = true;
            answer(taken);
          });
        },
      );
      left -= granting;
      granted += granting;
    };
    const grab = (): void => {
      const grabbedAtMs = queue.nowMs;
      if (knowsSoldOut) {
        node.loop.take(costs.soldOutGrabMicros, () => answer([grabbedAtMs]));
        return;
      }
      node.loop.take(costs.grabMicros, () => {
        if (batch.length === 0) queue.after(plan.grabBatchMs, send);
        batch.push(grabbedAtMs);
        if (batch.length >= plan.grabBatchMax) send();
      });
    };
    queue.at(opensAtMs, () => {
      const places = Array.from({ length: share }, () => random.next());
      node.tellAll(
        (toldAtMs) => queue.at(toldAtMs + leastMs + random.next() * (mostMs - leastMs), grab),
        places,
      );
    });
  }
  const before = redis.busyMs;
  queue.run();
  return {
    ...{
      grabs: grabbers,
      answered: answerMs.length,
      granted,
      soldOut: answerMs.length - granted,
      redisCalls,
    },
    p50Ms: percentile(answerMs, 0.5),
    p99Ms: percentile(answerMs, 0.99),
    redisCpuMs: redis.busyMs - before,
  };
}

/** Everybody comes at once; who is not let in yet comes back a little later. */
export function simulateJoins(plan: RoomPlan, costs: Coefficients): JoinOutcome {
  const { nodes, queue, random, redis } = world(plan, costs, false);
  const burst = plan.handshakesPerSecond * 2;
  const joinedAtMs: number[] = [];
  let knocks = 0;
  const doors = nodes.map(() => ({ tokens: burst, atMs: 0 }));
  const letIn = (door: { tokens: number; atMs: number }): boolean => {
    const passed = ((queue.nowMs - door.atMs) / 1000) * plan.handshakesPerSecond;
    door.tokens = Math.min(burst, door.tokens + passed);
    door.atMs = queue.nowMs;
    if (door.tokens < 1) return false;
    door.tokens -= 1;
    return true;
  };
  const knock = (): void => {
    knocks += 1;
    const at = random.between(0, nodes.length - 1);
    const node = nodes[at] as NodeModel;
    if (!letIn(doors[at] as { tokens: number; atMs: number })) {
      queue.after(COME_BACK_MS * (1 + random.next()), knock);
      return;
    }
    node.loop.take(costs.joinMicros, () =>
      redis.take(costs.redisJoinMicros, () =>
        queue.after(costs.redisHopMs, () => {
          node.members += 1;
          joinedAtMs.push(queue.nowMs);
        }),
      ),
    );
  };
  for (let n = 0; n < plan.viewers; n += 1) queue.at(random.next() * plan.arriveWithinMs, knock);
  queue.run();
  return {
    joined: joinedAtMs.length,
    knocks,
    to99Ms: percentile(joinedAtMs, 0.99),
    bytes: joinedAtMs.length * costs.snapshotBytes,
  };
}
