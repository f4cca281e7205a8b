import type { RoomEvent } from '../../../shared/kernel/ack.ts';
import { STAFF } from '../../../shared/kernel/units.ts';
import { SHOW_LIMITS } from '../../../shared/plays/show/contract.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Identity } from '../../kernel/context.ts';
import type { LocalPeople } from '../../kernel/local-people.ts';
import type { Log } from '../../kernel/log.ts';
import { StoreError } from '../../kernel/outcome.ts';
import type { RedisClient } from '../../redis/client.ts';
import { guarded } from '../../redis/errors.ts';
import { unwrap } from '../../redis/event-log.ts';
import type { Keys } from '../../redis/keys.ts';
import { loadScripts, runScript } from '../../redis/scripts.ts';
import { minuteOf, type Row } from './curve.ts';
import { dayOf, RoomCounts } from './room-counts.ts';

const { count } = loadScripts(import.meta.url, ['count']);

const FLUSH_MS = 3000;
const ROOMS_AT_ONCE = 16;
/** For one room in one round; what is left waits for the next. */
const CALLS_AT_ONCE = 20;
const NAMES_KEPT_MS = 400 * 86_400_000;
/** A minute changes for so long after it is over, at most. */
export const LATE_MINUTES = 10;

export type ShowCountsDeps = {
  redis: RedisClient;
  keys: Keys;
  clock: Pick<Clock, 'monotonicMs'>;
  log: Log;
  scriptNow: () => string;
  serverNowMs: () => number;
  local: () => LocalPeople | undefined;
};

/**
 * Viewers, messages, grabs and visitors of rooms by the minute: counted in memory, and told to Redis every few seconds
 * by one call a room. A node that dies takes along what it had not told.
 */
export class ShowCounts {
  readonly #deps: ShowCountsDeps;
  readonly #rooms = new Map<string, RoomCounts>();
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(deps: ShowCountsDeps) {
    this.#deps = deps;
  }

  start(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.flush().finally(() => this.start()), FLUSH_MS);
    this.#timer.unref();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.flush();
  }

  decided(roomId: string, user: Identity, isHeld: boolean): void {
    const room = this.#room(roomId);
    room.grab(this.#deps.serverNowMs());
    if (isHeld) room.name(user.userId, user.name);
  }

  /** `user`: with the role that they have in this room. */
  entered(roomId: string, user: Identity): void {
    const room = this.#room(roomId);
    room.open();
    came(room, user);
  }

  /** Somebody has an order, or stands in line for one: what they are called. */
  named(roomId: string, { userId, name }: Identity): void {
    this.#room(roomId).name(userId, name);
  }

  /** What somebody is called, before Redis was told. */
  nameOf(roomId: string, userId: string): string | undefined {
    return this.#rooms.get(roomId)?.nameOf(userId);
  }

  observe(roomId: string, event: RoomEvent): void {
    const room = this.#room(roomId);
    room.open();
    room.observe(event, this.#deps.clock.monotonicMs());
    if (event.name !== 'room:session-started') return;
    for (const user of this.#deps.local()?.here(roomId) ?? []) came(room, user);
  }

  /** The node stops to follow the room. */
  forget(roomId: string): void {
    this.#rooms.get(roomId)?.close();
  }

  /** Tells Redis what was counted. Never rejects; what could not be told is told the next time. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#flushAll());
    return this.#flushing;
  }

  /** What is known of these minutes. */
  async minutes(roomId: string, from: number, to: number): Promise<Map<number, Partial<Row>>> {
    const { redis, keys } = this.#deps;
    const room = keys.room(roomId);
    const first = Math.max(from, to - SHOW_LIMITS.minutesKeptMs.value / 60_000);
    const asked: number[][] = [];
    for (let minute = first; minute <= to; minute += 1) {
      const day = asked.at(-1);
      if (day && dayOf(day[0] as number) === dayOf(minute)) day.push(minute);
      else asked.push([minute]);
    }
    const found = new Map<number, Partial<Row>>();
    const pipe = redis.pipeline();
    for (const day of asked) pipe.hmget(room.showMinutes(dayOf(day[0] as number)), ...day.map(String));
    const replies = asked.length > 0 ? unwrap(await guarded(() => pipe.exec())) : [];
    for (const [i, values] of (replies as (string | null)[][]).entries()) {
      for (const [at, value] of values.entries()) {
        if (value === null) continue;
        const [viewers = -1, messages = 0, grabs = 0] = value.split(' ').map(Number);
        found.set(asked[i]?.[at] as number, { viewers, messages, grabs });
      }
    }
    return found;
  }

  async visitors(roomId: string, sessionId: string): Promise<number> {
    const { redis, keys } = this.#deps;
    return guarded(() => redis.pfcount(`${keys.room(roomId).showVisitors}:${sessionId}`));
  }

  async #flushAll(): Promise<void> {
    const { serverNowMs, log } = this.#deps;
    const due = [...this.#rooms].filter(
      // Where nothing happens, a minute is told of once: how many are here.
      ([, room]) => !room.isEmpty || (room.isOpen && room.toldMinute !== minuteOf(serverNowMs())),
    );
    for (let i = 0; i < due.length; i += ROOMS_AT_ONCE) {
      const some = due.slice(i, i + ROOMS_AT_ONCE);
      const told = await Promise.allSettled(some.map(([roomId, room]) => this.#tell(roomId, room)));
      const failed = told.find((one) => one.status === 'rejected');
      if (!failed) continue;
      log.debug({ err: failed.reason }, 'the counts of shows were not told');
      // Of a Cluster only one master may be away: its rooms come last the next time.
      for (const [at, [roomId, room]] of some.entries()) {
        if (told[at]?.status === 'fulfilled') continue;
        this.#rooms.delete(roomId);
        this.#rooms.set(roomId, room);
      }
      // With Redis away, the other rooms would only wait for as long.
      if (failed.reason instanceof StoreError) break;
    }
    for (const [roomId, room] of this.#rooms) if (!room.isOpen && room.isEmpty) this.#rooms.delete(roomId);
  }

  async #tell(roomId: string, room: RoomCounts): Promise<void> {
    const { redis, keys, clock, scriptNow, serverNowMs } = this.#deps;
    const { head, presence, showMinutes, showVisitors, buyerNames } = keys.room(roomId);
    for (let calls = 0; calls < CALLS_AT_ONCE; calls += 1) {
      const nowMinute = minuteOf(serverNowMs());
      const counting = room.take(nowMinute, clock.monotonicMs());
      const minutes = showMinutes(counting.day);
      const limits = { minutesKeptMs: SHOW_LIMITS.minutesKeptMs.value, namesKeptMs: NAMES_KEPT_MS };
      let countedSeq: unknown;
      try {
        countedSeq = await runScript(redis, count, { head, presence, minutes, showVisitors, buyerNames }, [
          scriptNow(),
          JSON.stringify({ ...counting, ...limits, lateMinutes: LATE_MINUTES }),
        ]);
      } catch (error) {
        // Where it may have been done, counting it again would be worse than losing it; people are the same when told again.
        if (error instanceof StoreError)
          room.putBack(error.code === 'UNAVAILABLE' ? counting : { ...counting, rows: [] });
        throw error;
      }
      const wasTold = room.told(String(countedSeq));
      room.toldMinute = nowMinute;
      if (room.isEmpty || !wasTold) return;
    }
  }

  #room(roomId: string): RoomCounts {
    const known = this.#rooms.get(roomId);
    if (known) return known;
    const room = new RoomCounts();
    this.#rooms.set(roomId, room);
    return room;
  }
}

/** Nobody of the team is a visitor. A guest has another id with each page. */
function came(room: RoomCounts, { role, device, userId }: Identity): void {
  if (STAFF.includes(role)) return;
  room.visitor(role === 'guest' && device !== undefined ? `guest ${device}` : userId);
}
