import { FAN_LIMITS } from '../../../shared/plays/fan-badges/contract.ts';
import type { CommunityDeps } from '../../community/deps.ts';
import { StoreError } from '../../kernel/outcome.ts';
import type { PointsStore } from './points.store.ts';
import { WatchList } from './watch-list.ts';

/** Users of one call; more wait for the next round. */
const USERS_AT_ONCE = 500;
/** Where nothing can be said now, of somebody who is banned for example. */
const LATER_MS = 60_000;
/** A room that nobody is in is kept in mind for so long: whoever just asked to come in may be about to. */
const EMPTY_FOR_MS = 60_000;

export type RoundsDeps = Pick<
  CommunityDeps,
  'log' | 'clock' | 'serverNowMs' | 'local' | 'calendars' | 'fanNews'
> & { store: PointsStore };

/**
 * Counts watch time of the users with a socket on this node: at most one call a room every five seconds, and none while
 * nobody's next points are due. What is counted is decided in the script; what this node keeps only says whom to ask for.
 */
export class WatchRounds {
  readonly #deps: RoundsDeps;
  readonly #rooms = new Map<string, { list: WatchList; seenAtMs: number }>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(deps: RoundsDeps) {
    this.#deps = deps;
  }

  start(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(
      () => void this.run().finally(() => this.start()),
      FAN_LIMITS.watchRoundMs.value,
    );
    this.#timer.unref();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Somebody of this node comes into a room. */
  note(roomId: string): void {
    const seenAtMs = this.#deps.clock.monotonicMs();
    const known = this.#rooms.get(roomId);
    if (known) known.seenAtMs = seenAtMs;
    else this.#rooms.set(roomId, { list: new WatchList(), seenAtMs });
  }

  /** Something of this user has changed: ask for them in the next round. */
  wake(roomId: string, userId: string): void {
    this.#rooms.get(roomId)?.list.wake(userId);
  }

  /** An event said that the room went live at that time, or is not any more. */
  live(roomId: string, live: boolean, event: { seq: number; atMs: number }): void {
    this.#rooms.get(roomId)?.list.setLive(live, event.seq, event.atMs);
  }

  /** Other rules, or events that this node has missed: what it knew of the room is void. */
  forget(roomId: string): void {
    const known = this.#rooms.get(roomId);
    if (known) known.list = new WatchList();
  }

  /** One round over the rooms of this node. Never rejects; two at once are one. */
  async run(): Promise<void> {
    this.#running ??= this.#round().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  async #round(): Promise<void> {
    const nowMs = this.#deps.clock.monotonicMs();
    const local = this.#deps.local();
    if (!local) return;
    const asked: Promise<void>[] = [];
    for (const [roomId, room] of this.#rooms) {
      const users = local.users(roomId);
      if (users.size > 0) room.seenAtMs = nowMs;
      else if (nowMs - room.seenAtMs > EMPTY_FOR_MS) this.#rooms.delete(roomId);
      if (users.size > 0) asked.push(this.#ask(roomId, room.list, users));
    }
    await Promise.all(asked);
  }

  async #ask(roomId: string, list: WatchList, present: ReadonlySet<string>): Promise<void> {
    const { store, log, calendars, fanNews, serverNowMs } = this.#deps;
    try {
      const days = await calendars.days(roomId);
      const users = list.due(present, serverNowMs(), USERS_AT_ONCE);
      // A day on which the room is live is counted also where nobody's points are due.
      if (users.length === 0 && !list.dayIsNew(days.today)) return;
      const { told, ...round } = await store.watchRound(roomId, { users, days, laterMs: LATER_MS });
      list.answered({ ...round, users, today: days.today, nowMs: serverNowMs() });
      // Not to other nodes: a call for each fan would be what the rounds are there to avoid.
      fanNews.tell(roomId, told, (...notice) => this.#deps.local()?.notify(...notice));
    } catch (error) {
      if (error instanceof StoreError) log.debug({ roomId, err: error }, 'watch time: redis is away');
      else log.error({ roomId, err: error }, 'watch time of a room could not be counted');
    }
  }
}
