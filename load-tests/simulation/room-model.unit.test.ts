import { describe, expect, it } from 'vitest';
import { readCoefficients } from './coefficients.ts';
import { type RoomPlan, simulateChat, simulateGrabs, simulateJoins } from './room-model.ts';
import { FIT_MARGIN, lostInSimulation, validate } from './scenario.ts';
import { NODE_CPU_SHARE, nodeCpuShare, nodesFor } from './sizing.ts';

const { coefficients, validation } = readCoefficients();
const plan: RoomPlan = {
  ...{ tickMs: 50, tickMaxMs: 1000, framePacketsPerSecond: 20_000 },
  ...{ viewers: 3000, nodes: 3, messagesPerSecond: 40, shownPerSecond: 20, seconds: 5 },
  ...{ grabShare: 0.3, reactionMs: [200, 1500], units: 100, grabBatchMs: 2, grabBatchMax: 64 },
  ...{ arriveWithinMs: 1000, handshakesPerSecond: 400, seed: 3 },
};
const all = (some: RoomPlan) => ({
  plan: some,
  chat: simulateChat(some, coefficients),
  grabs: simulateGrabs(some, coefficients),
  joins: simulateJoins(some, coefficients),
});

describe('the simulated room', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(all(plan)).toEqual(all(plan));
    expect(all({ ...plan, seed: 4 }).chat).not.toEqual(all(plan).chat);
  });

  it.each([1, 2, 3])('loses no message, grab or viewer (seed %i)', (seed) => {
    const room = all({ ...plan, seed });
    expect(lostInSimulation(room)).toEqual([]);
    expect(room.chat.said).toBeGreaterThan(50);
    expect(room.grabs.granted).toBe(100);
    expect(room.grabs.soldOut).toBe(900 - 100);
    expect(room.grabs.redisCalls).toBeLessThan(room.grabs.grabs);
  });

  it('says when something was lost', () => {
    const room = all(plan);
    expect(lostInSimulation({ ...room, joins: { ...room.joins, joined: 2999 } })).toEqual([
      'simulated, 3000 viewers: 2999 of 3000 joined',
    ]);
  });

  it('has no message wait much longer than a tick where there is nothing else to do', () => {
    const free = { ...coefficients, packetMicros: 1e-6, sayMicros: 1e-6, eventMicros: 1e-6 };
    const calm = simulateChat({ ...plan, nodes: 1, viewers: 100 }, free);
    expect(calm.p50Ms).toBeGreaterThan(10);
    expect(calm.p99Ms).toBeLessThan(52);
  });

  it('has frames carry more where writing one takes longer than a tick, and messages wait for one or two', () => {
    const late = simulateChat({ ...plan, tickMaxMs: 50 }, { ...coefficients, packetMicros: 100 });
    expect(late.nodeCpuShare).toBeGreaterThan(0.95);
    expect(late.packetsPerViewerPerSecond).toBeLessThan(11);
    expect(late.p99Ms).toBeGreaterThan(150);
    expect(late.p99Ms).toBeLessThan(500);
  });

  it('has answers wait longer and longer where a node is asked for more than it can do', () => {
    const slow = { ...coefficients, sayMicros: 120_000 };
    const [short, long] = [5, 10].map((seconds) => simulateChat({ ...plan, seconds }, slow).p99Ms);
    expect(short).toBeGreaterThan(1500);
    expect(long).toBeGreaterThan((short as number) * 1.5);
  });

  it('lets in no more than the nodes do, who knock again', () => {
    const { knocks, to99Ms } = simulateJoins({ ...plan, viewers: 12_000 }, coefficients);
    // 3 nodes with 800 at once and 400 a second after that.
    expect(to99Ms).toBeGreaterThan(((0.99 * 12_000 - 2400) / 1200) * 1000);
    expect(to99Ms).toBeLessThan(20_000);
    expect(knocks).toBeGreaterThan(12_000);
  });
});

it('as many nodes as it takes, and not one more', () => {
  const load = { messagesPerSecond: 100, shownPerSecond: 20 };
  for (const viewers of [1000, 10_000, 100_000, 1_000_000]) {
    const nodes = nodesFor(viewers, load, plan, coefficients);
    const share = (n: number) => nodeCpuShare(Math.ceil(viewers / n), n, load, plan, coefficients);
    expect(share(nodes)).toBeLessThanOrEqual(NODE_CPU_SHARE);
    if (nodes > Math.ceil(viewers / 20_000)) expect(share(nodes - 1)).toBeGreaterThan(NODE_CPU_SHARE);
  }
});

it.each(validation)(
  'reproduces what was measured with $viewers viewers, within the margin that is stated',
  (point) => {
    const { cpuRatio, p99Ratio } = validate(point, coefficients, 1);
    expect(Math.abs(p99Ratio - 1)).toBeLessThan(FIT_MARGIN);
    expect(Math.abs(cpuRatio - 1)).toBeLessThan(FIT_MARGIN);
  },
);
