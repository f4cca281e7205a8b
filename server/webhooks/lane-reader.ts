import type { Log } from '../kernel/log.ts';
import type { RandomSource } from '../kernel/random.ts';
import type { DeliveryLog } from './delivery-log.ts';
import { type Endpoint, wantsType } from './endpoint.ts';
import { type Item, LaneQueue } from './lane-queue.ts';
import type { LaneStore } from './lane-store.ts';
import { messageOf } from './message.ts';
import type { Attempt, Sender } from './sender.ts';
import type { Signer } from './signing.ts';
import type { Slots } from './slots.ts';

export type LaneDeps = {
  store: LaneStore;
  sender: Sender;
  signer: Signer;
  attempts: DeliveryLog;
  slots: Slots;
  random: RandomSource;
  log: Log;
  /** Redis' time, as this node knows it. */
  nowMs: () => number;
  /** The endpoint as it is now; undefined when it no longer delivers for this room. */
  endpoint: () => Endpoint | undefined;
  /** Before a message becomes a dead letter. */
  beforeDead: () => Promise<void>;
  /** The endpoint answered 410. */
  onGone: () => Promise<void>;
  onAttempt: (attempt: Attempt) => void;
  onDead: (count: number) => void;
  /** Other rooms wait for a place. */
  crowded: () => boolean;
};

const READ_AT_ONCE = 256;
/** Facts read and not dealt with. */
const WINDOW_MAX = 2 * READ_AT_ONCE;
/** With fewer that may go, it is time to read on. */
export const READY_LOW = 160;
/** While something is under way, the ledger is looked at this often for more. */
const REREAD_MS = 200;

/** Reads a lane's part of the ledger into its queue. */
export class LaneReader {
  readonly #deps: Pick<LaneDeps, 'store' | 'endpoint'>;
  readonly #roomId: string;
  readonly #queue: LaneQueue;
  #readTo: number;
  #atEnd = false;
  #readMs = 0;

  constructor(roomId: string, cursor: number, queue: LaneQueue, deps: Pick<LaneDeps, 'store' | 'endpoint'>) {
    this.#deps = deps;
    this.#roomId = roomId;
    this.#queue = queue;
    this.#readTo = cursor;
  }

  get atEnd(): boolean {
    return this.#atEnd;
  }

  /** Reads on where there is place; returns messages that have to wait behind a failed one. */
  async fill(): Promise<Item[]> {
    if (this.#atEnd && performance.now() - this.#readMs < REREAD_MS) return [];
    if (this.#queue.windowSize > WINDOW_MAX - READ_AT_ONCE || this.#queue.readyCount >= READY_LOW) return [];
    const parked: Item[] = [];
    await this.each((item) => {
      const waiting = this.#queue.add(item);
      if (waiting) parked.push(waiting);
      return true;
    });
    this.#readMs = performance.now();
    return parked;
  }

  /** Adds the next message alone; false when there is none. */
  async fillOne(): Promise<boolean> {
    let found = false;
    while (!found && !this.#atEnd) {
      await this.each((item) => {
        this.#queue.add(item);
        found = true;
        return false;
      });
    }
    return found;
  }

  /**
   * One batch of the ledger, message by message, until `take` says false. What the endpoint does not
   * want is passed over.
   */
  async each(take: (item: Item) => boolean): Promise<void> {
    const endpoint = this.#deps.endpoint();
    if (!endpoint) {
      this.#atEnd = true;
      return;
    }
    const entries = await this.#deps.store.facts(this.#roomId, this.#readTo + 1, READ_AT_ONCE);
    this.#atEnd = entries.length < READ_AT_ONCE;
    for (const entry of entries) {
      this.#readTo = entry.n;
      const message = messageOf(this.#roomId, entry);
      if (!message || !wantsType(endpoint, message.type)) this.#queue.skip(entry.n, entry.atMs);
      else if (!take(LaneQueue.item(entry.n, message))) {
        this.#atEnd = false;
        return;
      }
    }
  }

  /** Gives an item its message; false when its fact is not in the ledger any more. */
  async complete(item: Item): Promise<boolean> {
    if (item.message) return true;
    const entry = await this.#deps.store.fact(this.#roomId, item.n);
    item.message = entry && messageOf(this.#roomId, entry);
    return item.message !== undefined;
  }
}
