import type { RoomEvent } from '../../../shared/kernel/ack.ts';
import type { SanctionKind } from '../../../shared/kernel/sanction.ts';
import type { LocalPeople } from '../../kernel/local-people.ts';
import type { Log } from '../../kernel/log.ts';
import type { ModerationStore } from './moderation.store.ts';

/** The notice with the reason, which another node may send, is to come before the goodbye. Scripts refuse at once. */
const NOTICE_FIRST_MS = 250;
const USERS_AT_ONCE = 500;
const RETRY_MS = 1000;

export type DoorsDeps = {
  store: Pick<ModerationStore, 'standing'>;
  local: () => LocalPeople | undefined;
  log: Log;
};

/** Sends people out of rooms on this node when it sees that a sanction keeps them out, wherever it was given. */
export class Doors {
  readonly #deps: DoorsDeps;
  /** Who is about to be sent out, by `<room> <user>`. */
  readonly #leaving = new Map<string, NodeJS.Timeout>();
  readonly #retries = new Map<string, NodeJS.Timeout>();
  /** Rooms whose people are looked up right now; true: something has changed since. */
  readonly #checking = new Map<string, boolean>();
  #closed = false;

  constructor(deps: DoorsDeps) {
    this.#deps = deps;
  }

  observe(roomId: string, { name, data }: RoomEvent): void {
    if (this.#checking.has(roomId)) this.#checking.set(roomId, true);
    if (name === 'moderation:lifted') {
      const { userIds, what } = data as { userIds: string[]; what: 'speak' | 'enter' };
      if (what === 'enter') for (const userId of userIds) this.#letStay(roomId, userId);
    }
    if (name !== 'moderation:sanctioned') return;
    const { userIds, kind } = data as { userIds: string[]; kind: SanctionKind };
    if (kind !== 'ban' && kind !== 'kick') return;
    const here = this.#deps.local()?.users(roomId);
    for (const userId of userIds) if (here?.has(userId)) this.#sendOut(roomId, userId, kind);
  }

  /** Events were missed: looks up everybody who is in the room on this node. Tries until Redis answers. */
  recheck(roomId: string): void {
    if (this.#closed) return;
    if (this.#checking.has(roomId)) {
      this.#checking.set(roomId, true);
      return;
    }
    this.#checking.set(roomId, false);
    void this.#check(roomId).then((again) => {
      this.#checking.delete(roomId);
      if (again) this.recheck(roomId);
    });
  }

  close(): void {
    this.#closed = true;
    for (const timer of [...this.#leaving.values(), ...this.#retries.values()]) clearTimeout(timer);
  }

  /** Whether there is more to look up at once. */
  async #check(roomId: string): Promise<boolean> {
    const users = [...(this.#deps.local()?.users(roomId) ?? [])];
    try {
      for (let i = 0; i < users.length; i += USERS_AT_ONCE) {
        const people = await this.#deps.store.standing(roomId, users.slice(i, i + USERS_AT_ONCE));
        for (const { userId, role, out } of people) {
          if (out === 'ban' || out === 'kick') this.#sendOut(roomId, userId, out);
          else this.#deps.local()?.appoint(roomId, userId, role);
        }
      }
      return this.#checking.get(roomId) === true;
    } catch (error) {
      this.#deps.log.warn({ roomId, err: error }, 'could not look up who may be here; trying again');
      this.#retryLater(roomId);
      return false;
    }
  }

  #retryLater(roomId: string): void {
    if (this.#closed) return;
    clearTimeout(this.#retries.get(roomId));
    const timer = setTimeout(() => {
      this.#retries.delete(roomId);
      this.recheck(roomId);
    }, RETRY_MS);
    timer.unref();
    this.#retries.set(roomId, timer);
  }

  #sendOut(roomId: string, userId: string, kind: 'ban' | 'kick'): void {
    this.#letStay(roomId, userId);
    const timer = setTimeout(() => {
      this.#leaving.delete(`${roomId} ${userId}`);
      this.#deps.local()?.close(roomId, [userId], kind === 'ban' ? 'BANNED' : 'KICKED');
    }, NOTICE_FIRST_MS);
    this.#leaving.set(`${roomId} ${userId}`, timer);
  }

  /** They may be back already, on a new socket. */
  #letStay(roomId: string, userId: string): void {
    clearTimeout(this.#leaving.get(`${roomId} ${userId}`));
    this.#leaving.delete(`${roomId} ${userId}`);
  }
}
