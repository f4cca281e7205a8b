import type { RoomInfo } from '../../../shared/plays/room/contract.ts';
import type { CommunityDeps } from '../../community/deps.ts';
import type { RoomDays } from '../../community/room-days.ts';
import { guarded } from '../../redis/errors.ts';
import { loadScripts, runScript } from '../../redis/scripts.ts';
import { unitMinorOf } from './minor-units.ts';

const scripts = loadScripts(import.meta.url, ['watch-round', 'follow-ledger']);

/** Rooms whose currency is kept. */
const KNOWN_MAX = 10_000;

export type WatchRound = {
  live: boolean;
  /** Of the room's last event. */
  seq: number;
  /** A user asked for: ms of watching until it is worth asking again; below 0: nothing is to be counted. */
  hintsMs: readonly number[];
  /** For `FanNews`. */
  told: string;
};

export type Followed = {
  /** Facts that are still to be followed. */
  left: number;
  /** The first fact that there is, where some before it were trimmed; 0: none were. */
  firstN: number;
  /** Facts of orders that could not be read. */
  unreadable: number;
  /** For `FanNews`. */
  told: string;
};

export type PointsStoreDeps = Pick<CommunityDeps, 'redis' | 'keys' | 'scriptNow' | 'calendars'>;

/** Points that come without a command: for watching, and for what the ledger says of orders. */
export class PointsStore {
  readonly #deps: PointsStoreDeps;
  readonly #unitMinor = new Map<string, number>();

  constructor(deps: PointsStoreDeps) {
    this.#deps = deps;
  }

  /**
   * Counts what these users have watched. `laterMs`: the hint where nothing can be said now.
   * @throws StoreError when Redis is away; then ask again: each unit counts once.
   */
  async watchRound(
    roomId: string,
    args: { users: readonly string[]; days: RoomDays; laterMs: number },
  ): Promise<WatchRound> {
    const { redis, keys, scriptNow } = this.#deps;
    const room = keys.room(roomId);
    const { head, events, ledger, sanctions, watch, fans, fanRules, fanBoards, invitedBy, invites } = room;
    const reply = await runScript(
      redis,
      scripts['watch-round'],
      { head, events, ledger, sanctions, watch, fans, fanRules, fanBoards, invitedBy, invites },
      [scriptNow(), JSON.stringify(args)],
    );
    const [live, seq, told, hintsMs] = reply as [number, number, string, number[]];
    return { live: live === 1, seq, told, hintsMs };
  }

  /**
   * Follows up to `limit` facts; with 0 it only puts a room with something to do into its due queue.
   * @throws StoreError when Redis is away; then follow again: each fact counts once.
   */
  async followLedger(roomId: string, limit: number): Promise<Followed> {
    const { redis, keys, scriptNow, calendars } = this.#deps;
    const room = keys.room(roomId);
    const { head, events, ledger, due, sanctions, fans, fanRules, fanBoards, paidOrders, paidPoints } = room;
    const args = { limit, days: await calendars.days(roomId), unitMinor: await this.#unitOf(roomId) };
    const reply = await runScript(
      redis,
      scripts['follow-ledger'],
      { head, events, ledger, due, sanctions, fans, fanRules, fanBoards, paidOrders, paidPoints },
      [scriptNow(), JSON.stringify(args)],
    );
    const [left, firstN, unreadable, told] = reply as [number, number, number, string];
    return { left, firstN, unreadable, told };
  }

  /** A room's currency never changes. */
  async #unitOf(roomId: string): Promise<number> {
    const known = this.#unitMinor.get(roomId);
    if (known !== undefined) return known;
    const { redis, keys } = this.#deps;
    const info = await guarded(() => redis.hget(keys.room(roomId).meta, 'info'));
    // A room that is not there has no orders either.
    if (info === null) return 1;
    const unitMinor = unitMinorOf((JSON.parse(info) as RoomInfo).currency);
    if (this.#unitMinor.size >= KNOWN_MAX) this.#unitMinor.clear();
    this.#unitMinor.set(roomId, unitMinor);
    return unitMinor;
  }
}
