import type { RawFact } from '../../ledger/check/replay.ts';
import { factPages, streamEnds } from '../../ledger/fact-stream.ts';
import type { RedisClient } from '../../redis/client.ts';
import { guarded } from '../../redis/errors.ts';
import type { RoomKeys } from '../../redis/keys.ts';

/** Takes facts in order. */
export type FactSink = {
  add(fact: RawFact): void;
  /** Nothing that comes from here on concerns it. */
  readonly isDone?: boolean;
};

const NO_END = Number.MAX_SAFE_INTEGER;

/**
 * Follows a room's ledger from one fact on, a page at a time, and goes on where it was when it is asked again. Where a
 * crash of Redis took facts back that were read already, it begins anew.
 */
export class LedgerTail<S extends FactSink> {
  readonly #redis: RedisClient;
  readonly #room: RoomKeys;
  readonly #fromN: number;
  readonly #open: () => S;
  #sink: S;
  #last: RawFact | undefined;
  #isPartial = false;
  #reading: Promise<void> | undefined;
  /** Begins when that one has ended. */
  #next: Promise<void> | undefined;

  constructor(redis: RedisClient, room: RoomKeys, fromN: number, open: () => S) {
    this.#redis = redis;
    this.#room = room;
    this.#fromN = Math.max(1, fromN);
    this.#open = open;
    this.#sink = open();
  }

  get sink(): S {
    return this.#sink;
  }

  /** Facts were trimmed before they were read, or can't be read. */
  get isPartial(): boolean {
    return this.#isPartial;
  }

  /**
   * Reads to the end of the ledger as it is now. A reading that is under way may have seen an older end: who asks
   * meanwhile waits for the next one, all for the same.
   */
  catchUp(): Promise<void> {
    if (!this.#reading) return this.#begin();
    this.#next ??= this.#reading
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        // Somebody may have been quicker to ask.
        return this.#reading ?? this.#begin();
      });
    return this.#next;
  }

  #begin(): Promise<void> {
    this.#reading = this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    if (this.#sink.isDone) return;
    if (await this.#readOn()) return;
    this.#last = undefined;
    this.#isPartial = false;
    this.#sink = this.#open();
    await this.#readOn();
  }

  /** False: what was read is no longer what the ledger says. */
  async #readOn(): Promise<boolean> {
    const before = this.#last;
    let isFirst = true;
    // The last one is read again, to tell whether it is still the same.
    for await (const page of factPages(this.#redis, this.#room.ledger, before?.n ?? this.#fromN, NO_END)) {
      for (const fact of page) {
        if (isFirst && before && fact.n === before.n) {
          if (fact.at !== before.at || fact.kind !== before.kind || fact.data !== before.data) return false;
        } else {
          const expected = this.#last ? this.#last.n + 1 : this.#fromN;
          if (fact.n > expected) this.#isPartial = true;
          this.#last = fact;
          this.#take(fact);
        }
        isFirst = false;
        if (this.#sink.isDone) return true;
      }
    }
    return isFirst ? this.#noneLeft(before) : true;
  }

  /** What can't be read is missing in the figures, and must not keep all that follows out. */
  #take(fact: RawFact): void {
    try {
      this.#sink.add(fact);
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
      this.#isPartial = true;
    }
  }

  /** Neither the last fact nor a later one is there: all were trimmed, or taken back. */
  async #noneLeft(before: RawFact | undefined): Promise<boolean> {
    const written = Number((await guarded(() => this.#redis.hget(this.#room.head, 'fact'))) ?? 0);
    if (before) return written >= before.n;
    if (written >= this.#fromN) this.#isPartial = true;
    return true;
  }
}

/** Number of the first fact of a time or later, by bisection: facts come in the order of their time. */
export async function firstFactSince(redis: RedisClient, room: RoomKeys, atMs: number): Promise<number> {
  const ends = await streamEnds(redis, room);
  let [low, high] = [ends.firstN, ends.lastN + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [fact] = (await pageOfOne(redis, room.ledger, middle)) ?? [];
    if (fact && fact.at < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function pageOfOne(redis: RedisClient, ledger: string, n: number): Promise<RawFact[] | undefined> {
  for await (const page of factPages(redis, ledger, n, n)) return page;
  return undefined;
}
