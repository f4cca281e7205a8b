import {
  type RoomInfo,
  type RoomSnapshot,
  roomContract,
  type Session,
} from '../../../shared/plays/room/contract.ts';
import { SHOW_LIMITS } from '../../../shared/plays/show/contract.ts';
import { RoomCalendars } from '../../community/room-days.ts';
import { type Outcome, ok, type Refusal, refuse } from '../../kernel/outcome.ts';
import type { Reader } from '../../kernel/play.ts';
import type { RedisClient } from '../../redis/client.ts';
import type { DueQueue } from '../../redis/due-queue.ts';
import { guarded } from '../../redis/errors.ts';
import { unwrap } from '../../redis/event-log.ts';
import type { Keys } from '../../redis/keys.ts';
import { mapReply, type OpRefusal, opField } from '../../redis/reply.ts';
import { loadScripts, runScript } from '../../redis/scripts.ts';
import { ListedRooms } from './listed-rooms.store.ts';

const scripts = loadScripts(import.meta.url, [
  ...(['save', 'change', 'start-session', 'end-session', 'follow', 'shift'] as const),
]);
const OP_HORIZON_MS = 24 * 3_600_000;
/** What change.lua answers when the room is not what was read. */
const CHANGED_MEANWHILE = 11;
const { planAheadMs, planPastMs, planBegunMs } = roomContract.limits;

/** What people may change of a room. */
export type RoomPatch = Partial<
  Pick<RoomInfo, 'title' | 'hostName' | 'sellerContact' | 'checkoutUrl' | 'startsAtMs' | 'replayUrl'>
>;
/** What the server itself may change, too. */
export type RoomChange = RoomPatch & Partial<Pick<RoomInfo, 'simulated'>>;
export type RoomListing = { room: RoomInfo; session: Session | null; viewers: number };
export type RoomPage = { rooms: RoomListing[]; nextCursor: string | null };
export type Following = { followingSinceMs: number | null; followers: number };
type Op = { actor: string; opId: string; fingerprint: string };

export type StoreDeps = {
  redis: RedisClient;
  keys: Keys;
  due: Pick<DueQueue, 'announce'>;
  scriptNow: () => string;
  serverNowMs: () => number;
};

/** Rooms and their sessions in Redis. */
export class RoomStore {
  readonly #deps: StoreDeps;
  readonly #known = new Set<string>();
  readonly calendars: RoomCalendars;
  /** Which rooms the home page shows. */
  readonly listed: ListedRooms;

  constructor(deps: StoreDeps) {
    this.#deps = deps;
    this.calendars = new RoomCalendars(
      async (roomId) => (await this.read(roomId))?.room.timeZone,
      deps.serverNowMs,
    );
    this.listed = new ListedRooms({
      ...{ redis: deps.redis, keys: deps.keys },
      read: (roomId) => this.read(roomId),
    });
  }

  /** Makes a room. The list of rooms has it first, so that no crash leaves a room that is in no list. */
  async create(room: RoomInfo, actor: string): Promise<Outcome<RoomInfo, 'ROOM_EXISTS'>> {
    const { redis, keys } = this.#deps;
    await guarded(() => redis.zadd(keys.rooms, 'NX', room.createdAtMs, room.roomId));
    const code = await this.#save(room.roomId, '', JSON.stringify(room), actor);
    if (code !== 0) return refuse('ROOM_EXISTS');
    this.listed.follow(room.roomId);
    return ok(room);
  }

  /** Changes some fields; concurrent changes of different fields both stay. */
  async update(
    roomId: string,
    patch: RoomChange,
    actor: string,
  ): Promise<Outcome<RoomInfo, 'ROOM_NOT_FOUND'>> {
    return this.#edit(roomId, patch, async (current, next) => {
      if (next !== current && (await this.#save(roomId, current, next, actor)) !== 0) return undefined;
      return ok(readInfo(next));
    });
  }

  /** The same for the host, once an opId, and by Redis' clock. */
  async change(
    roomId: string,
    op: Op,
    patch: RoomPatch,
  ): Promise<Outcome<RoomInfo, 'ROOM_NOT_FOUND' | 'PLAN_OUT_OF_RANGE' | OpRefusal>> {
    const { redis, keys, scriptNow } = this.#deps;
    const { head, events, sanctions, meta, ops, opAges } = keys.room(roomId);
    const names = { head, events, ops: ops('room'), opAges: opAges('room'), sanctions, meta };
    const args = JSON.stringify({
      ...(typeof patch.startsAtMs === 'number' ? { startsAtMs: patch.startsAtMs } : {}),
      ...{ planPastMs: planPastMs.value, planAheadMs: planAheadMs.value, opHorizonMs: OP_HORIZON_MS },
    });
    return this.#edit(roomId, patch, async (current, next) => {
      const first = [scriptNow(), opField(op.actor, op.opId), op.fingerprint, args];
      const reply = await runScript(redis, scripts.change, names, [...first, current, next]);
      if ((reply as [number])[0] === CHANGED_MEANWHILE) return undefined;
      return mapReply('change', reply, { 10: 'PLAN_OUT_OF_RANGE' }, readInfo);
    });
  }

  /** Until `write` has found the room as it was read; it answers undefined where it has not. */
  async #edit<T>(
    roomId: string,
    patch: RoomChange,
    write: (current: string, next: string) => Promise<T | undefined>,
  ): Promise<T | Refusal<'ROOM_NOT_FOUND'>> {
    const { redis, keys } = this.#deps;
    for (;;) {
      const current = await guarded(() => redis.hget(keys.room(roomId).meta, 'info'));
      if (current === null) return refuse('ROOM_NOT_FOUND');
      const info = readInfo(current);
      const next = JSON.stringify({ ...info, ...patch });
      // Compared in one order of fields, and with those that an older version left out.
      const done = await write(current, next === JSON.stringify(info) ? current : next);
      if (done === undefined) continue;
      this.listed.follow(roomId);
      return done;
    }
  }

  async #save(roomId: string, expected: string, info: string, actor: string): Promise<number> {
    const { head, events, ledger, meta } = this.#deps.keys.room(roomId);
    const argv = [this.#deps.scriptNow(), expected, info, actor];
    return (await runScript(this.#deps.redis, scripts.save, { head, events, ledger, meta }, argv)) as number;
  }

  /** Rooms are never deleted, so a room once seen is known. */
  async exists(roomId: string): Promise<boolean> {
    if (this.#known.has(roomId)) return true;
    const { redis, keys } = this.#deps;
    const found = (await guarded(() => redis.hexists(keys.room(roomId).meta, 'info'))) === 1;
    if (found) this.#known.add(roomId);
    return found;
  }

  async read(roomId: string): Promise<RoomListing | undefined> {
    const { redis, keys } = this.#deps;
    const room = keys.room(roomId);
    const replies = await guarded(() =>
      redis.multi().hmget(room.meta, 'info', 'session').hlen(room.presence).exec(),
    );
    const [[info, session], viewers] = unwrap(replies) as [[string | null, string | null], number];
    if (info === null) return undefined;
    return { room: readInfo(info), session: session === null ? null : JSON.parse(session), viewers };
  }

  /** Newest first. `cursor` is the `nextCursor` of the page before. */
  async list(limit: number, cursor: string | undefined): Promise<RoomPage> {
    const { redis, keys } = this.#deps;
    const start = cursor === undefined ? 0 : Number(cursor);
    const ids = await guarded(() => redis.zrange(keys.rooms, start, String(start + limit), 'REV'));
    const rooms = await Promise.all(ids.slice(0, limit).map((roomId) => this.read(roomId)));
    return {
      rooms: rooms.filter((room) => room !== undefined),
      nextCursor: ids.length > limit ? String(start + limit) : null,
    };
  }

  async startSession(
    roomId: string,
    op: Op,
    session: { sessionId: string; title: string },
  ): Promise<Outcome<Session, 'SESSION_RUNNING' | OpRefusal>> {
    const reply = await this.#session('start-session', roomId, op, {
      ...{ ...session, planBegunMs: planBegunMs.value },
    });
    return mapReply('start-session', reply, { 10: 'SESSION_RUNNING' }, (json) => JSON.parse(json) as Session);
  }

  async endSession(roomId: string, op: Op): Promise<Outcome<number, 'NO_SESSION' | OpRefusal>> {
    return mapReply(
      'end-session',
      await this.#session('end-session', roomId, op, {}),
      { 10: 'NO_SESSION' },
      Number,
    );
  }

  async follow(roomId: string, op: Op, follow: boolean): Promise<Outcome<Following, OpRefusal>> {
    const room = this.#deps.keys.room(roomId);
    const { sanctions, followers } = room;
    const keys = { sanctions, followers, ops: room.ops('room'), opAges: room.opAges('room') };
    const reply = await runScript(this.#deps.redis, scripts.follow, keys, [
      this.#deps.scriptNow(),
      opField(op.actor, op.opId),
      op.fingerprint,
      JSON.stringify({ user: op.actor, follow, opHorizonMs: OP_HORIZON_MS }),
    ]);
    return mapReply('follow', reply, {}, (json) => JSON.parse(json) as Following);
  }

  /** Takes roles back whose time is over. */
  async endShifts(roomId: string, users: readonly string[]): Promise<void> {
    const { head, events, ledger, due, roles } = this.#deps.keys.room(roomId);
    const argv = [this.#deps.scriptNow(), JSON.stringify(users)];
    await runScript(this.#deps.redis, scripts.shift, { head, events, ledger, due, roles }, argv);
  }

  async #session(
    script: 'start-session' | 'end-session',
    roomId: string,
    op: Op,
    args: object,
  ): Promise<unknown> {
    // So that whoever delivers the fact looks here.
    await this.#deps.due.announce(roomId, 0);
    const room = this.#deps.keys.room(roomId);
    const { head, events, ledger, meta } = room;
    const { sanctions, due, shows, showReports } = room;
    const ops = { ops: room.ops('room'), opAges: room.opAges('room') };
    const keys = { head, events, ledger, ...ops, sanctions, meta, due, shows, showReports };
    const days = await this.calendars.days(roomId);
    const reply = await runScript(this.#deps.redis, scripts[script], keys, [
      this.#deps.scriptNow(),
      opField(op.actor, op.opId),
      op.fingerprint,
      JSON.stringify({
        ...{ ...args, days, actor: op.actor, opId: op.opId, opHorizonMs: OP_HORIZON_MS },
        shows: { kept: SHOW_LIMITS.reportsKept.value, settleMs: SHOW_LIMITS.settleMs.value },
      }),
    ]);
    this.listed.follow(roomId);
    return reply;
  }
}

/** What a room made by an older version lacks. */
const ADDED = {
  checkoutUrl: null,
  simulated: 0,
  startsAtMs: null,
  replayUrl: null,
} satisfies Partial<RoomInfo>;

function readInfo(json: string): RoomInfo {
  return { ...ADDED, ...(JSON.parse(json) as Omit<RoomInfo, keyof typeof ADDED>) };
}

/** The room's part of a snapshot; null for a room that does not exist. */
export const roomReader: Reader<RoomSnapshot> = {
  queue(pipe, keys) {
    pipe.hmget(keys.meta, 'info', 'session', 'endedAtMs');
    pipe.hlen(keys.presence);
    pipe.zcard(keys.followers);
  },
  parse(replies) {
    const [[info = null, session = null, endedAtMs = null], viewers, followers] = replies as [
      (string | null)[],
      number,
      number,
    ];
    if (info === null) throw new Error('the room does not exist');
    return {
      room: readInfo(info),
      session: session === null ? null : JSON.parse(session),
      endedAtMs: session !== null || endedAtMs === null ? null : Number(endedAtMs),
      viewers,
      followers,
    };
  },
};

export function roomYouReader(userId: string): Reader<{ followingSinceMs: number | null }> {
  return {
    queue: (pipe, keys) => void pipe.zscore(keys.followers, userId),
    parse: ([since]) => ({ followingSinceMs: since === null ? null : Number(since) }),
  };
}
