import { monotonicMs, sleep } from '../../kit/wait.ts';
import { countIn } from '../../wire/packets.ts';
import type { RawClient } from '../../wire/raw-client.ts';
import { BusyMeter } from '../busy.ts';
import type { Act, Crowd } from '../crowd.ts';
import { DeliverySample } from '../delivery-sample.ts';
import type { AudienceResult } from '../methods.ts';

/** Every n-th socket reads its messages; the others only count them. */
const SAMPLE_EVERY = 200;

type Seat = { client: RawClient; deliveries: number; sample: DeliverySample | undefined };

/** Sockets that only watch, over several crowds of this process: counts what reaches them, and hardly reads it. */
export class Audience implements Act {
  readonly #needle: Buffer;
  readonly #seats = new Map<RawClient, Seat>();
  readonly #crowds: readonly Crowd[];
  readonly #meter = new BusyMeter();
  #deliveries = 0;
  #frames = 0;
  #bytes = 0;

  /** @param tag marks the messages that count, e.g. `~A1~`. */
  constructor(crowds: readonly Crowd[], tag: string) {
    this.#needle = Buffer.from(tag);
    this.#crowds = crowds;
    for (const crowd of crowds) {
      for (const client of crowd.clients) {
        const sample = this.#seats.size % SAMPLE_EVERY === 0 ? new DeliverySample(this.#needle) : undefined;
        this.#seats.set(client, { client, deliveries: 0, sample });
      }
      crowd.perform(this);
    }
  }

  event(client: RawClient, buffer: Buffer, start: number, end: number): void {
    const seat = this.#seats.get(client);
    if (!seat) return;
    const found = countIn(buffer, start, end, this.#needle);
    seat.deliveries += found;
    this.#deliveries += found;
    this.#frames += 1;
    this.#bytes += end - start;
    seat.sample?.read(buffer, start, end, monotonicMs());
  }

  ack(): void {}

  /** Waits for what is still under way, and ends. */
  async leave(sent: number, stalledMs: number): Promise<AudienceResult> {
    const busyShare = this.#meter.share();
    let movedAtMs = performance.now();
    for (let before = -1; this.#deliveries < sent * this.#seats.size; before = this.#deliveries) {
      if (this.#deliveries !== before) movedAtMs = performance.now();
      if (performance.now() - movedAtMs > stalledMs) break;
      await sleep(10);
    }
    for (const crowd of this.#crowds) crowd.rest();
    const seats = [...this.#seats.values()];
    return {
      watchers: seats.length,
      deliveries: this.#deliveries,
      frames: this.#frames,
      bytes: this.#bytes,
      socketsOff: seats.filter(({ deliveries }) => deliveries !== sent).length,
      latenciesMs: seats.flatMap(({ sample }) => sample?.latenciesMs ?? []),
      busyShare,
    };
  }
}
