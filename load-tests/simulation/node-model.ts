import { TickPace } from '../../server/kernel/tick-pace.ts';
import type { Coefficients } from './coefficients.ts';
import { type EventQueue, Station } from './event-queue.ts';

/** Members that are written to before others have a turn, see `Audience` of the server. */
const SLICE = 1000;

export type PaceSettings = { tickMs: number; tickMaxMs: number; framePacketsPerSecond: number };

/**
 * One node with its share of one room's viewers: an event loop that does one thing after the other, and the room's tick
 * as the server paces it (its own TickPace, on the simulation's clock).
 */
export class NodeModel {
  readonly loop: Station;
  readonly #queue: EventQueue;
  readonly #costs: Coefficients;
  readonly #pace: TickPace;
  /** Viewers whose frames are timed, as positions in the order of writing, from 0 to 1. */
  readonly #places: readonly number[];
  members = 0;
  packets = 0;
  frames = 0;
  /** When each message of the next frame was said. */
  #pending: number[] = [];
  #lastFlushMs = Number.NEGATIVE_INFINITY;
  /** A frame is due, or being written. */
  #flushing = false;
  /** From saying to being written to a viewer's socket. */
  readonly deliveryMs: number[] = [];

  constructor(queue: EventQueue, costs: Coefficients, pace: PaceSettings, places: readonly number[]) {
    this.#queue = queue;
    this.#costs = costs;
    this.#places = places;
    this.loop = new Station(queue);
    this.#pace = new TickPace({
      leastMs: pace.tickMs,
      mostMs: pace.tickMaxMs,
      packetsPerSecond: pace.framePacketsPerSecond,
      monotonicMs: () => queue.nowMs,
    });
  }

  /** An event of the room arrives from Redis; it leaves with the next frame. */
  hear(saidAtMs: number): void {
    this.loop.take(this.#costs.eventMicros, () => {
      this.#pending.push(saidAtMs);
      if (!this.#flushing) this.#schedule();
    });
  }

  /** Something urgent, such as an opening, goes to all at once: `told` gets when each place has it. */
  tellAll(told: (atMs: number) => void, places: readonly number[]): void {
    this.#write(places, told, () => undefined);
  }

  #flush(): void {
    const said = this.#pending;
    this.#pending = [];
    this.#lastFlushMs = this.#queue.nowMs;
    this.#write(
      this.#places,
      (atMs) => {
        for (const saidAtMs of said) this.deliveryMs.push(atMs - saidAtMs);
      },
      () => {
        this.#flushing = false;
        // What came while this was being written.
        if (this.#pending.length > 0) this.#schedule();
      },
    );
  }

  /** In slices, so that answers get a turn in between; no frame overtakes the one before. */
  #write(places: readonly number[], told: (atMs: number) => void, done: () => void): void {
    const { members } = this;
    this.frames += 1;
    this.packets += members;
    this.#pace.sent(members);
    // Places of each slice, in the order of writing.
    const slices = Math.max(1, Math.ceil(members / SLICE));
    const placesOf: number[][] = Array.from({ length: slices }, () => []);
    for (const place of places) {
      const at = Math.floor(place * members);
      placesOf[Math.min(slices - 1, Math.floor(at / SLICE))]?.push(at % SLICE);
    }
    const { packetMicros } = this.#costs;
    const slice = (n: number): void => {
      const size = Math.min(SLICE, members - n * SLICE);
      this.loop.take(Math.max(0, size) * packetMicros, (startedAtMs) => {
        for (const at of placesOf[n] ?? []) told(startedAtMs + (at * packetMicros) / 1000);
        if (n + 1 < slices) slice(n + 1);
        else done();
      });
    };
    slice(0);
  }

  #schedule(): void {
    this.#flushing = true;
    const dueMs = this.#lastFlushMs + this.#pace.tickMs(this.members);
    this.#queue.at(Math.max(this.#queue.nowMs, dueMs), () => this.#flush());
  }
}
