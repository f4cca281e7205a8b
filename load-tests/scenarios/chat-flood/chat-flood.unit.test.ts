import { describe, expect, it } from 'vitest';
import type { FloodResult } from '../../bots/methods.ts';
import { floodOutcome, goalsOf } from './flood-figures.ts';
import { floorLeg, shapeOf } from './floor-side.ts';
import type { Leg } from './legs.ts';
import type { SideName } from './sides.ts';

const result: FloodResult = {
  ...{ sent: 100, acked: 100, refusals: {}, deliveries: 1000, expectedDeliveries: 1000, socketsOff: 0 },
  ...{ leastPerSocket: 100, mostPerSocket: 100, repeated: 0, omitted: 0, socketsInOtherOrder: 0 },
  ...{ frames: 200, bytes: 250_000, latenciesMs: [10, 20], arrivalsMs: [10, 20], sampledSockets: 1 },
  ...{ ackLatenciesMs: [1], forbidden: 0, latestSendMs: 1, sendingMs: 2000, busyShare: 0.5 },
};
const leg = (side: SideName, cpuMicros: number): Leg => ({
  ...{ side, cpuMicros, cpuSeconds: 1, waitingShare: 0, redisMicros: 1 },
  result,
});

describe('the floor', () => {
  const flood = { tag: '~floor1~', seconds: 5, messagesPerSecond: 50, seed: 1, stalledMs: 1 };

  it('[LK22] has the frames and the bytes of ours', () => {
    const shape = shapeOf(result, 10, 2);
    expect(shape).toEqual({ ticksPerSecond: 10, bytesPerMessage: 250 });
    expect(floorLeg(shape, flood)).toEqual({
      ...{ messages: 250, ticks: 50, tickMs: 100, bytesPerMessage: 250, tag: '~floor1~' },
    });
  });

  it('[LK22] has a message in every frame, and room for the tag', () => {
    const talkative = { ticksPerSecond: 100, bytesPerMessage: 3 };
    expect(floorLeg(talkative, flood)).toMatchObject({ ticks: 250, tickMs: 20, bytesPerMessage: 8 });
    expect(floorLeg({ ticksPerSecond: 0.01, bytesPerMessage: 100 }, flood)).toMatchObject({ ticks: 1 });
  });
});

describe('figures', () => {
  const rounds = [
    [leg('baseline', 20), leg('ours', 5), leg('floor', 4), leg('nchan', 12)],
    [leg('nchan', 12), leg('floor', 5), leg('ours', 5), leg('baseline', 30)],
  ];

  it('[LK24] compare each with ours in the same round, whichever came first', () => {
    const { figures, pairs, withheld } = floodOutcome(rounds, {});
    expect(pairs).toEqual({ cpuPerDeliveryRatio: [4, 6], cFloorRatio: [1.25, 1], 'peers.nchan': [2, 2] });
    expect(figures).toMatchObject({
      ...{ cpuPerDeliveryRatio: 5, cpuPerDeliveryRatioMin: 4, cpuPerDeliveryRatioMax: 6, cFloorRatio: 1.125 },
      ...{ oursDeliveries: 2000, oursDeliveriesPerFrame: 5, generatorBusyShare: 0.5 },
    });
    expect(withheld).toEqual([]);
  });

  it('[LK24] count our Redis against peers, which have none', () => {
    expect(floodOutcome(rounds, {}).figures['peers.nchan']).toBe(12 / (5 + 1));
  });

  it('[LK24] are withheld where a leg that they are made of cannot be trusted, and only there', () => {
    const { figures, withheld } = floodOutcome(rounds, { nchan: ['leg 4 (nchan): too slow'] });
    expect(figures).not.toHaveProperty(['peers.nchan']);
    expect(figures).not.toHaveProperty('nchanCpuMicrosPerDelivery');
    expect(figures).toMatchObject({ cpuPerDeliveryRatio: 5, nchanDeliveries: 2000 });
    expect(withheld[0]).toEqual({ figure: 'peers.nchan', why: 'leg 4 (nchan): too slow' });
    expect(floodOutcome(rounds, { ours: ['why'] }).figures).not.toHaveProperty('cFloorRatio');
  });

  it('have the goals of their rate', () => {
    const sides: SideName[] = ['baseline', 'ours', 'floor', 'faye'];
    expect(goalsOf(200, sides).map(({ figure, value }) => [figure, value])).toEqual([
      ['cpuPerDeliveryRatio', 15],
      ['cFloorRatio', 1.6],
      ['peers.faye', 1],
    ]);
    expect(goalsOf(33, ['baseline', 'ours'])).toEqual([]);
  });
});
