import type { Log } from '../kernel/log.ts';

type Room = { following: Promise<() => void>; showsEnded: number };

/** Rooms whose events this node hears since it has peers or media of theirs. */
export class RelayRooms {
  readonly #follow: (roomId: string) => Promise<() => void>;
  readonly #log: Log;
  readonly #rooms = new Map<string, Room>();

  constructor(follow: (roomId: string) => Promise<() => void>, log: Log) {
    this.#follow = follow;
    this.#log = log;
  }

  /**
   * Resolves once the room's events are heard. What needs it must be in the room before, or `sweep` ends it.
   * @throws what `follow` throws when Redis is away
   */
  async follow(roomId: string): Promise<void> {
    let room = this.#rooms.get(roomId);
    if (room === undefined) {
      const made: Room = { following: this.#follow(roomId), showsEnded: 0 };
      made.following.catch(() => {
        if (this.#rooms.get(roomId) === made) this.#rooms.delete(roomId);
      });
      this.#rooms.set(roomId, made);
      room = made;
    }
    await room.following;
  }

  get all(): string[] {
    return [...this.#rooms.keys()];
  }

  /** How many sessions of the room ended while it was followed: tells whether one did meanwhile. */
  showsEnded(roomId: string): number {
    return this.#rooms.get(roomId)?.showsEnded ?? 0;
  }

  sessionEnded(roomId: string): void {
    const room = this.#rooms.get(roomId);
    if (room !== undefined) room.showsEnded += 1;
  }

  sweep(isUsed: (roomId: string) => boolean): void {
    for (const roomId of this.all) if (!isUsed(roomId)) void this.#unfollow(roomId);
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((roomId) => this.#unfollow(roomId)));
  }

  async #unfollow(roomId: string): Promise<void> {
    const room = this.#rooms.get(roomId);
    this.#rooms.delete(roomId);
    try {
      (await room?.following)?.();
    } catch (error) {
      this.#log.debug({ roomId, err: error }, 'a room was not followed at all');
    }
  }
}
