import type { EndReason } from '../../shared/plays/media/contract.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { PublicationBook } from './ports.ts';

/** By then the lease has ended it, whatever the reason was to be. */
const GIVE_UP_MS = 60_000;
const UNENDED_MAX = 1000;

type Unended = { roomId: string; publicationId: string; reason: EndReason; sinceMs: number };

/** What this node owes the book: ends that are told until they are heard, and leases. Redis may be away at any time. */
export class BookKeeper {
  readonly #book: PublicationBook;
  readonly #nodeId: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #unended = new Map<string, Unended>();
  readonly #renewing = new Set<string>();
  #retrying = false;
  #isAway = false;

  constructor(options: { book: PublicationBook; nodeId: string; clock: Clock; log: Log }) {
    this.#book = options.book;
    this.#nodeId = options.nodeId;
    this.#clock = options.clock;
    this.#log = options.log;
  }

  /** Resolves after the first attempt; `retry` makes the next ones. Never rejects. */
  async end(roomId: string, publicationId: string, reason: EndReason): Promise<void> {
    await this.#try({ roomId, publicationId, reason, sinceMs: this.#clock.monotonicMs() });
  }

  async retry(): Promise<void> {
    if (this.#retrying) return;
    this.#retrying = true;
    try {
      const fromMs = this.#clock.monotonicMs() - GIVE_UP_MS;
      for (const [id, { sinceMs }] of this.#unended) if (sinceMs < fromMs) this.#unended.delete(id);
      await Promise.all([...this.#unended.values()].map((each) => this.#try(each)));
    } finally {
      this.#retrying = false;
    }
  }

  /** Answers what the book does not have; nothing while it does not answer. Never rejects. */
  async renew(roomId: string, publicationIds: readonly string[]): Promise<string[]> {
    if (this.#renewing.has(roomId)) return [];
    this.#renewing.add(roomId);
    try {
      const missing = await this.#book.renew(roomId, this.#nodeId, publicationIds);
      this.#isAway = false;
      return missing;
    } catch (error) {
      // Once for all rooms: it is tried every two seconds.
      const level = this.#isAway ? 'debug' : 'warn';
      this.#isAway = true;
      this.#log[level]({ roomId, err: error }, 'leases of publications were not renewed; trying again');
      return [];
    } finally {
      this.#renewing.delete(roomId);
    }
  }

  async #try(each: Unended): Promise<void> {
    const { roomId, publicationId, reason } = each;
    try {
      await this.#book.unpublish(roomId, publicationId, reason);
      this.#unended.delete(publicationId);
    } catch (error) {
      if (!this.#unended.has(publicationId)) {
        this.#log.warn({ roomId, publicationId, err: error }, 'the end of a publication was not told yet');
        if (this.#unended.size < UNENDED_MAX) this.#unended.set(publicationId, each);
      }
    }
  }
}
