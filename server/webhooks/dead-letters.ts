import type { RedisClient } from '../redis/client.ts';
import { guarded } from '../redis/errors.ts';
import type { Keys } from '../redis/keys.ts';
import type { DeadLetter, LaneStore } from './lane-store.ts';
import { parseMessageId } from './message.ts';

export type DeadLetterPage = {
  letters: (DeadLetter & { roomId: string })[];
  nextCursor: string | null;
};

export type DeadLettersDeps = {
  redis: RedisClient;
  keys: Keys;
  lanes: LaneStore;
  /** Makes some node look at a room soon. */
  announce: (roomId: string) => Promise<void>;
};

const ROOMS_AT_ONCE = 100;

/**
 * Messages that could not be delivered, over all rooms of an endpoint. They lie with their rooms; an
 * index, written before they are, says which rooms may have some.
 */
export class DeadLetters {
  readonly #deps: DeadLettersDeps;

  constructor(deps: DeadLettersDeps) {
    this.#deps = deps;
  }

  /** To be called before a script that makes one. */
  async announce(endpointId: string, roomId: string): Promise<void> {
    const { redis, keys } = this.#deps;
    await guarded(() => redis.zadd(keys.webhooks.deadRooms(endpointId), 0, roomId));
  }

  /** By room, then by number. `after`: the cursor of the page before. */
  async list(endpointId: string, limit: number, after?: string): Promise<DeadLetterPage> {
    const [, startRoom = '', startN = '0'] = /^([a-z0-9-]+)\.(\d+)$/.exec(after ?? '') ?? [];
    const letters: DeadLetterPage['letters'] = [];
    for await (const roomId of this.#rooms(endpointId, startRoom)) {
      const afterN = roomId === startRoom ? Number(startN) : 0;
      const found = await this.#deps.lanes.dead(roomId, endpointId, afterN, limit + 1 - letters.length);
      letters.push(...found.map((letter) => ({ ...letter, roomId })));
      if (letters.length > limit) break;
    }
    const page = letters.slice(0, limit);
    const last = page.at(-1);
    return { letters: page, nextCursor: letters.length > limit && last ? `${last.roomId}.${last.n}` : null };
  }

  /** Sends one again, as soon as it can; false when there is none of this id. */
  async resend(endpointId: string, messageId: string): Promise<boolean> {
    const { lanes, announce } = this.#deps;
    const of = parseMessageId(messageId);
    if (!of) return false;
    const [letter] = await lanes.dead(of.roomId, endpointId, of.n - 1, 1);
    if (letter?.messageId !== messageId) return false;
    await announce(of.roomId);
    return (await lanes.rouse(of.roomId, endpointId, { n: of.n })) > 0;
  }

  /** Sends all again, a few at a time; says how many there are. */
  async resendAll(endpointId: string): Promise<number> {
    const { lanes, announce } = this.#deps;
    let count = 0;
    for await (const roomId of this.#rooms(endpointId, '')) {
      const [any] = await lanes.dead(roomId, endpointId, 0, 1);
      if (!any) continue;
      await announce(roomId);
      count += await lanes.rouse(roomId, endpointId, { all: true });
    }
    return count;
  }

  async *#rooms(endpointId: string, from: string): AsyncGenerator<string> {
    const { redis, keys } = this.#deps;
    const key = keys.webhooks.deadRooms(endpointId);
    let start = from === '' ? '-' : `[${from}`;
    for (;;) {
      const found = await guarded(() => redis.zrangebylex(key, start, '+', 'LIMIT', 0, ROOMS_AT_ONCE));
      yield* found;
      const last = found.at(-1);
      if (last === undefined || found.length < ROOMS_AT_ONCE) return;
      start = `(${last}`;
    }
  }
}
