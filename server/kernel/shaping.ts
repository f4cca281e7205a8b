import type { RoomEvent } from '../../shared/kernel/ack.ts';
import { eventSpecs } from '../../shared/protocol.ts';
import type { LoggedEvent } from './frame.ts';
import type { RandomSource } from './random.ts';
import { TokenBucket } from './token-bucket.ts';

/** What shaping must know of an event of the chat lane; a play supplies it for its own events. */
export type ShapeTraits = {
  authorId: string;
  /** Passes whatever the rate, e.g. a host's words. */
  always: boolean;
  /** Users who get it even when the others don't, as a notice. */
  addressees: readonly string[];
  notice: { name: string; data: unknown };
};
export type Shape = (event: RoomEvent) => ShapeTraits;
export type Shapes = Readonly<Record<string, Shape>>;

export type Shaped = {
  /** What ordinary viewers get, in seq order. */
  kept: LoggedEvent[];
  omitted: { entry: LoggedEvent; traits: ShapeTraits }[];
};

/**
 * Holds the chat lane of one room on one node to a rate that people can read. Above it, viewers get
 * a sample that is fair by author: whoever was shown longest ago goes first, ties by chance.
 */
export class ChatShaper {
  readonly #bucket: TokenBucket;
  readonly #shapes: Shapes;
  readonly #random: RandomSource;
  readonly #lastShown = new Map<string, number>();
  #round = 0;

  constructor(perSecond: number, shapes: Shapes, random: RandomSource, nowMs: number) {
    this.#bucket = new TokenBucket({ perSecond, burst: perSecond }, nowMs);
    this.#shapes = shapes;
    this.#random = random;
  }

  shape(events: readonly LoggedEvent[], nowMs: number): Shaped {
    this.#round += 1;
    const candidates: { entry: LoggedEvent; traits: ShapeTraits; rank: number }[] = [];
    for (const entry of events) {
      const shape = this.#shapes[entry.event.name];
      if (!shape || eventSpecs.get(entry.event.name)?.lane !== 'chat') continue;
      const traits = shape(entry.event);
      if (traits.always) this.#bucket.spend(nowMs);
      else candidates.push({ entry, traits, rank: this.#random.next() });
    }
    const room = this.#bucket.available(nowMs);
    if (candidates.length <= room) {
      for (const { traits } of candidates) this.#show(traits.authorId, nowMs);
      return { kept: [...events], omitted: [] };
    }
    const ranked = this.#fairOrder(candidates);
    const shown = ranked.slice(0, room);
    for (const { traits } of shown) this.#show(traits.authorId, nowMs);
    const omitted = ranked.slice(room);
    const left = new Set(omitted.map(({ entry }) => entry));
    return { kept: events.filter((entry) => !left.has(entry)), omitted };
  }

  /** An author's second message in a round ranks behind everybody's first. */
  #fairOrder<C extends { traits: ShapeTraits; rank: number }>(candidates: readonly C[]): C[] {
    const count = new Map<string, number>();
    return candidates
      .map((candidate) => {
        const author = candidate.traits.authorId;
        const nth = count.get(author) ?? 0;
        count.set(author, nth + 1);
        return { candidate, nth, last: this.#lastShown.get(author) ?? 0 };
      })
      .sort((a, b) => a.nth - b.nth || a.last - b.last || a.candidate.rank - b.candidate.rank)
      .map(({ candidate }) => candidate);
  }

  #show(authorId: string, nowMs: number): void {
    this.#bucket.spend(nowMs);
    this.#lastShown.delete(authorId);
    this.#lastShown.set(authorId, this.#round);
    // Maps keep insertion order: the first is the one shown longest ago.
    if (this.#lastShown.size > 1000) {
      const oldest = this.#lastShown.keys().next().value;
      if (oldest !== undefined) this.#lastShown.delete(oldest);
    }
  }
}
