import type { FloodResult } from '../../bots/methods.ts';
import type { PeerBots } from '../../bots/peers/peer-bots.ts';
import type { Child } from '../../kit/child.ts';
import type { CFloor, FloorLeg } from '../../peers/c-floor/c-floor.ts';
import type { Side, SideFlood } from './sides.ts';

/** How ours sent a leg: what the floor does as well. */
export type Shape = { ticksPerSecond: number; bytesPerMessage: number };

/** Frames a second that each socket of ours got, and the bytes that a message took in them. */
export function shapeOf(ours: FloodResult, viewers: number, seconds: number): Shape {
  return {
    ticksPerSecond: ours.frames / viewers / seconds,
    bytesPerMessage: ours.bytes / ours.deliveries,
  };
}

/** The leg of the floor that has as many messages, frames and bytes as ours. */
export function floorLeg(shape: Shape, flood: SideFlood): FloorLeg {
  const { tag, seconds, messagesPerSecond } = flood;
  const messages = Math.round(messagesPerSecond * seconds);
  // A frame has a message at least: some of ours have none, and tell of something else.
  const ticks = Math.min(messages, Math.max(1, Math.round(shape.ticksPerSecond * seconds)));
  const bytesPerMessage = Math.max(tag.length, Math.round(shape.bytesPerMessage));
  return { messages, ticks, tickMs: (seconds * 1000) / ticks, bytesPerMessage, tag };
}

/** The C floor with readers: nobody talks, it says by itself what ours was told to say. */
export class FloorSide implements Side {
  readonly name = 'floor';
  readonly pids: readonly number[];
  readonly #floor: CFloor;
  readonly #viewers: number;
  readonly #bots: PeerBots;
  /** Of the last leg of ours; there must have been one. */
  shape: Shape | undefined;

  constructor(floor: CFloor, viewers: number, bots: PeerBots) {
    this.#floor = floor;
    this.#viewers = viewers;
    this.#bots = bots;
    this.pids = [floor.pid];
  }

  get url(): string {
    return this.#floor.url;
  }

  get child(): Child {
    return this.#floor.child;
  }

  async flood(params: SideFlood): Promise<FloodResult> {
    if (!this.shape) throw new Error('The floor does what ours did, which has not had a leg yet.');
    const leg = floorLeg(this.shape, params);
    const expectedDeliveries = leg.messages * this.#viewers;
    await this.#bots.call('listen', { crowd: this.name, tag: leg.tag });
    const startedAtMs = performance.now();
    const done = await this.#floor.run(leg);
    const sendingMs = performance.now() - startedAtMs;
    const heard = await this.#bots.call('heard', {
      crowd: this.name,
      deliveries: expectedDeliveries,
      stalledMs: params.stalledMs,
    });
    const complete = heard.leastPerSocket === leg.messages && heard.mostPerSocket === leg.messages;
    return {
      ...{ sent: leg.messages, acked: leg.messages, refusals: {} },
      ...heard,
      expectedDeliveries,
      socketsOff: complete && done.clients === this.#viewers ? 0 : 1,
      ...{ repeated: 0, omitted: 0, socketsInOtherOrder: 0, forbidden: 0 },
      ...{ latenciesMs: [], arrivalsMs: [], sampledSockets: 0, ackLatenciesMs: [] },
      latestSendMs: done.lateMicros / 1000,
      sendingMs,
    };
  }

  lost(): Promise<Record<string, number>> {
    return this.#bots.call('lost', { crowd: this.name });
  }
}
