import type { Clock } from '../kernel/clock.ts';
import type { RoomStore } from '../plays/room/room.store.ts';

export type PublicRoom = { roomId: string; title: string; hostName: string; live: boolean; demo: boolean };

const SHOWN = 50;
const CACHE_MS = 1000;

/** The newest rooms, for the home page. Asked of Redis once a second at most, however many ask. */
export class RoomList {
  readonly #rooms: Pick<RoomStore, 'list'>;
  readonly #clock: Clock;
  #cached: { atMs: number; list: Promise<PublicRoom[]> } | undefined;

  constructor(rooms: Pick<RoomStore, 'list'>, clock: Clock) {
    this.#rooms = rooms;
    this.#clock = clock;
  }

  /** @throws StoreError when Redis is away. */
  read(): Promise<PublicRoom[]> {
    const nowMs = this.#clock.monotonicMs();
    if (!this.#cached || nowMs - this.#cached.atMs >= CACHE_MS) {
      const list = this.#fetch();
      this.#cached = { atMs: nowMs, list };
      list.catch(() => {
        if (this.#cached?.list === list) this.#cached = undefined;
      });
    }
    return this.#cached.list;
  }

  async #fetch(): Promise<PublicRoom[]> {
    const { rooms } = await this.#rooms.list(SHOWN, undefined);
    return rooms.map(({ room, session }) => ({
      roomId: room.roomId,
      title: room.title,
      hostName: room.hostName,
      live: session !== null,
      demo: room.demo,
    }));
  }
}
