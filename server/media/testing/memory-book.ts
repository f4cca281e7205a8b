import type { RoomEvent } from '../../../shared/kernel/ack.ts';
import { mediaContract, type Publication } from '../../../shared/plays/media/contract.ts';
import { ok, refuse, StoreError } from '../../kernel/outcome.ts';
import type { MediaAnchor, PublicationBook } from '../ports.ts';

type Entry = { roomId: string; publication: Publication; nodeId: string; keyId: string | undefined };
type Method = keyof PublicationBook;

/**
 * The book in memory, for tests of the relay: what it does is told as events at once, in order. It can be away, as Redis
 * can, and a call can be held back to see what comes in between.
 */
export class MemoryBook implements PublicationBook {
  readonly entries = new Map<string, Entry>();
  readonly anchors: (MediaAnchor & { roomId: string })[] = [];
  readonly renewals: { roomId: string; publicationIds: readonly string[] }[] = [];
  readonly live = new Set<string>();
  readonly banned = new Set<string>();
  readonly calls = new Map<Method, number>();
  /** Every call is refused, as while Redis is away. */
  away = false;
  /** Why each publication ended. */
  readonly ends = new Map<string, string>();
  readonly #listeners = new Set<(roomId: string, event: RoomEvent) => void>();
  readonly #holds = new Map<Method, Promise<void>>();
  #seq = 0;

  on(listener: (roomId: string, event: RoomEvent) => void): void {
    this.#listeners.add(listener);
  }

  emit(roomId: string, name: string, data: unknown): void {
    this.#seq += 1;
    for (const listener of this.#listeners) listener(roomId, { seq: this.#seq, name, atMs: this.#seq, data });
  }

  /** Calls of this method wait for what is answered to be called. */
  hold(method: Method): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#holds.set(method, promise);
    return () => {
      this.#holds.delete(method);
      resolve();
    };
  }

  startShow(roomId: string): void {
    this.live.add(roomId);
    this.emit(roomId, 'room:session-started', {});
  }

  endShow(roomId: string): void {
    this.live.delete(roomId);
    this.emit(roomId, 'room:session-ended', {});
  }

  async publish(
    roomId: string,
    publication: Omit<Publication, 'startedAtMs'>,
    by: { nodeId: string; keyId?: string },
  ): ReturnType<PublicationBook['publish']> {
    await this.#asked('publish');
    const { userId, source } = publication;
    if (this.banned.has(userId)) return refuse('BANNED');
    const replaced = this.#current(roomId, userId, source);
    const inRoom = [...this.entries.values()].filter((each) => each.roomId === roomId).length;
    if (!replaced && inRoom >= mediaContract.limits.publicationsPerRoom.value)
      return refuse('TOO_MANY_PUBLICATIONS');
    if (replaced) this.#end(roomId, replaced.publication.publicationId, 'replaced');
    const entered = { ...publication, startedAtMs: this.#seq };
    this.entries.set(publication.publicationId, {
      ...{ roomId, publication: entered, nodeId: by.nodeId, keyId: by.keyId },
    });
    this.emit(roomId, 'media:published', { publication: entered });
    return ok(entered);
  }

  async unpublish(roomId: string, publicationId: string, reason: string): Promise<boolean> {
    await this.#asked('unpublish');
    return this.#end(roomId, publicationId, reason);
  }

  async setPaused(
    roomId: string,
    publicationId: string,
    paused: boolean,
  ): ReturnType<PublicationBook['setPaused']> {
    await this.#asked('setPaused');
    const entry = this.entries.get(publicationId);
    if (entry?.roomId !== roomId) return refuse('PUBLICATION_NOT_FOUND');
    entry.publication = { ...entry.publication, paused };
    this.emit(roomId, 'media:paused', { publicationId, paused });
    return ok(entry.publication);
  }

  async renew(roomId: string, _nodeId: string, publicationIds: readonly string[]): Promise<string[]> {
    await this.#asked('renew');
    this.renewals.push({ roomId, publicationIds });
    return publicationIds.filter((id) => this.entries.get(id)?.roomId !== roomId);
  }

  async origin(roomId: string, publicationId: string): ReturnType<PublicationBook['origin']> {
    await this.#asked('origin');
    const entry = this.entries.get(publicationId);
    return entry?.roomId === roomId ? entry : undefined;
  }

  async current(roomId: string, userId: string, source: string): ReturnType<PublicationBook['current']> {
    await this.#asked('current');
    return this.#current(roomId, userId, source);
  }

  async aligned(roomId: string, anchor: MediaAnchor): Promise<void> {
    await this.#asked('aligned');
    this.anchors.push({ roomId, ...anchor });
  }

  async isLive(roomId: string): Promise<boolean> {
    await this.#asked('isLive');
    return this.live.has(roomId);
  }

  /** Without a word, as when events are missed. */
  forget(publicationId: string): void {
    this.entries.delete(publicationId);
  }

  #current(roomId: string, userId: string, source: string): Entry | undefined {
    return [...this.entries.values()].find(
      (each) =>
        each.roomId === roomId && each.publication.userId === userId && each.publication.source === source,
    );
  }

  #end(roomId: string, publicationId: string, reason: string): boolean {
    if (this.entries.get(publicationId)?.roomId !== roomId) return false;
    this.entries.delete(publicationId);
    this.ends.set(publicationId, reason);
    this.emit(roomId, 'media:unpublished', { publicationId, reason });
    return true;
  }

  async #asked(method: Method): Promise<void> {
    this.calls.set(method, (this.calls.get(method) ?? 0) + 1);
    await this.#holds.get(method);
    if (this.away) throw new StoreError('UNAVAILABLE', 'the book is away');
  }
}
