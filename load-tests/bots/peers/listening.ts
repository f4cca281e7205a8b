import { sleep } from '../../kit/wait.ts';
import { countIn } from '../../wire/packets.ts';
import { BusyMeter } from '../busy.ts';
import type { FloodAct, FloodCrowd, Talker } from '../flood-crowd.ts';
import type { HeardResult } from './methods.ts';

/** Counts a tag on every socket of a crowd that says nothing itself. */
export class Listening implements FloodAct {
  readonly #crowd: FloodCrowd;
  readonly #needle: Buffer;
  readonly #counts: Uint32Array;
  readonly #meter = new BusyMeter();
  #deliveries = 0;
  #frames = 0;
  #bytes = 0;

  constructor(crowd: FloodCrowd, tag: string) {
    this.#crowd = crowd;
    this.#needle = Buffer.from(tag);
    this.#counts = new Uint32Array(crowd.capacity);
    crowd.perform(this);
  }

  event(client: Talker, buffer: Buffer, start: number, end: number): void {
    const found = countIn(buffer, start, end, this.#needle);
    this.#frames += 1;
    this.#bytes += end - start;
    this.#deliveries += found;
    this.#counts[client.index] = (this.#counts[client.index] ?? 0) + found;
  }

  ack(): void {}

  /** Waits until so many came, or nothing more for so long. */
  async heard(deliveries: number, stalledMs: number): Promise<HeardResult> {
    let movedAtMs = performance.now();
    let before = this.#deliveries;
    while (this.#deliveries < deliveries && performance.now() - movedAtMs < stalledMs) {
      await sleep(10);
      if (this.#deliveries !== before) movedAtMs = performance.now();
      before = this.#deliveries;
    }
    const busyShare = this.#meter.share();
    this.#crowd.rest();
    const counts = this.#crowd.clients.map((client) => this.#counts[client.index] ?? 0);
    return {
      deliveries: this.#deliveries,
      leastPerSocket: counts.reduce((least, each) => Math.min(least, each), Number.MAX_SAFE_INTEGER),
      mostPerSocket: counts.reduce((most, each) => Math.max(most, each), 0),
      frames: this.#frames,
      bytes: this.#bytes,
      busyShare,
    };
  }
}
