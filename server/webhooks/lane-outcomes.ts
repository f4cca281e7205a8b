import type { Item } from './lane-queue.ts';
import type { DeadLetter, Settlement } from './lane-store.ts';
import { messageId } from './message.ts';

type Failed = { item: Item; delayMs: number };
export type Snapshot = { done: number[]; failed: Failed[]; dead: [number, string][] };

/** What became of messages and is not stored yet. What is not stored in time is delivered again. */
export class LaneOutcomes {
  readonly #roomId: string;
  readonly #done = new Set<number>();
  readonly #failed = new Map<number, Failed>();
  readonly #dead = new Map<number, string>();

  constructor(roomId: string) {
    this.#roomId = roomId;
  }

  get size(): number {
    return this.#done.size + this.#failed.size + this.#dead.size;
  }
  get deadCount(): number {
    return this.#dead.size;
  }
  /** Something whose time of retry Redis has yet to say. */
  get unsettled(): boolean {
    return this.#failed.size + this.#dead.size > 0;
  }

  arrived(item: Item): void {
    this.#failed.delete(item.n);
    // Others the cursor will pass.
    if (item.pending) this.#done.add(item.n);
  }

  /** To be tried in so many ms, or, with 0, under way or waiting behind another. */
  wait(item: Item, delayMs: number): void {
    this.#failed.set(item.n, { item, delayMs });
  }

  died(item: Item, outcome: string, status: number | null, nowMs: number): void {
    this.#failed.delete(item.n);
    const { n, key, attempts, firstAtMs, message } = item;
    const letter: DeadLetter = {
      ...{ n, key, attempts, outcome, status },
      messageId: message?.id ?? messageId(this.#roomId, n, 0),
      type: message?.type ?? 'unknown',
      atMs: message?.atMs ?? 0,
      firstAtMs: attempts === 0 ? null : firstAtMs,
      diedAtMs: nowMs,
    };
    this.#dead.set(n, JSON.stringify(letter));
  }

  snapshot(): Snapshot {
    return { done: [...this.#done], failed: [...this.#failed.values()], dead: [...this.#dead] };
  }

  /** What of it is told to Redis. */
  static told({ done, failed, dead }: Snapshot): Pick<Settlement, 'done' | 'failed' | 'dead'> {
    return {
      ...{ done, dead },
      failed: failed.map(({ item, delayMs }) => [item.n, item.firstAtMs, item.attempts, delayMs, item.key]),
    };
  }

  /** A snapshot was stored at this time of Redis. What came after it stays. */
  stored({ done, failed, dead }: Snapshot, nowMs: number): void {
    for (const n of done) this.#done.delete(n);
    for (const one of failed) {
      const { item, delayMs } = one;
      if (this.#failed.get(item.n) === one) this.#failed.delete(item.n);
      if (item.startedMs === undefined && delayMs > 0) item.dueAtMs = nowMs + delayMs;
    }
    for (const [n] of dead) this.#dead.delete(n);
  }
}
