import type { RoomEvent } from '../../../shared/kernel/ack.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { FlashSaleStore } from './flash-sale.store.ts';

/** How long a node may answer for itself before it asks again, should it have missed an event. */
const TRUST_MS = 1000;
/**
 * And for how long while that question is under way. It ends by an answer or an error in less; only a node that is late
 * with everything gets here, and its losers' questions would make it later still.
 */
const ASKING_TRUST_MS = 5000;

type Entry = {
  /** Highest epoch that an event has shown, and the last such event. */
  seenEpoch: number;
  seenSeq: number;
  soldOut: { buyers: ReadonlySet<string>; loadedAtMs: number } | undefined;
  loading: Promise<void> | undefined;
  /** When the last question to Redis began. */
  askedAtMs: number;
};

/**
 * Knows sales that are sold out, so that their losers need not be asked of Redis. Learnt from the event
 * log: an epoch is sold out once `available` was 0 in it, until units come back and the epoch rises.
 * Whoever has or had units is never answered here: they may be retrying the grab that won.
 */
export class SoldOutCache {
  readonly #store: Pick<FlashSaleStore, 'soldOut'>;
  readonly #clock: Clock;
  readonly #healthy: () => boolean;
  readonly #rooms = new Map<string, Map<string, Entry>>();

  constructor(store: Pick<FlashSaleStore, 'soldOut'>, clock: Clock, healthy: () => boolean) {
    this.#store = store;
    this.#clock = clock;
    this.#healthy = healthy;
  }

  observe(roomId: string, event: RoomEvent): void {
    if (!event.name.startsWith('flash-sale:')) return;
    const data = event.data as { saleId?: string; available?: number; epoch?: number };
    if (data.saleId === undefined) return;
    if (event.name !== 'flash-sale:stock-changed') {
      this.#rooms.get(roomId)?.delete(data.saleId);
      return;
    }
    const entry = this.#entry(roomId, data.saleId);
    entry.seenEpoch = Math.max(entry.seenEpoch, data.epoch ?? 0);
    entry.seenSeq = Math.max(entry.seenSeq, event.seq);
    if (data.available !== 0) {
      entry.soldOut = undefined;
      return;
    }
    void this.#load(roomId, data.saleId, entry);
  }

  /** The seq as of which this user certainly gets nothing of this sale; undefined: ask Redis. */
  lost(roomId: string, saleId: string, userId: string): number | undefined {
    const entry = this.#rooms.get(roomId)?.get(saleId);
    if (!entry?.soldOut || !this.#healthy()) return undefined;
    const ageMs = this.#clock.monotonicMs() - entry.soldOut.loadedAtMs;
    if (ageMs >= TRUST_MS) {
      void this.#load(roomId, saleId, entry);
      // Answering goes on while one question is under way, or all losers would rush to Redis at once. Not after
      // silence: what is known was old before anybody asked.
      const wasOld = entry.askedAtMs - entry.soldOut.loadedAtMs >= 2 * TRUST_MS;
      if (wasOld || ageMs >= ASKING_TRUST_MS) return undefined;
    }
    return entry.soldOut.buyers.has(userId) ? undefined : entry.seenSeq;
  }

  /** Nothing can be won of this sale now; who is not `lost` may only learn what became of an earlier grab. */
  knows(roomId: string, saleId: string): boolean {
    return this.#rooms.get(roomId)?.get(saleId)?.soldOut !== undefined;
  }

  forget(roomId: string): void {
    this.#rooms.delete(roomId);
  }

  #entry(roomId: string, saleId: string): Entry {
    let sales = this.#rooms.get(roomId);
    if (!sales) {
      sales = new Map();
      this.#rooms.set(roomId, sales);
    }
    let entry = sales.get(saleId);
    if (!entry) {
      entry = { seenEpoch: 0, seenSeq: 0, soldOut: undefined, loading: undefined, askedAtMs: 0 };
      sales.set(saleId, entry);
    }
    return entry;
  }

  #load(roomId: string, saleId: string, entry: Entry): Promise<void> {
    if (!entry.loading) entry.askedAtMs = this.#clock.monotonicMs();
    entry.loading ??= this.#store
      .soldOut(roomId, saleId)
      .then(
        (found) => {
          // Units came back while we asked: what we were told is of an older epoch.
          const current = found !== undefined && found.epoch >= entry.seenEpoch;
          entry.soldOut = current
            ? { buyers: found.buyers, loadedAtMs: this.#clock.monotonicMs() }
            : undefined;
        },
        () => {
          entry.soldOut = undefined;
        },
      )
      .finally(() => {
        entry.loading = undefined;
      });
    return entry.loading;
  }
}
