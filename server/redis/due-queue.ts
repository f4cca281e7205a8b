import type { Log } from '../kernel/log.ts';
import type { DueHandler } from '../kernel/play.ts';
import { type RandomSource, systemRandom } from '../kernel/random.ts';
import type { RedisClient } from './client.ts';
import { guarded } from './errors.ts';
import type { Keys } from './keys.ts';
import { loadScripts, runScript } from './scripts.ts';

const scripts = loadScripts(import.meta.url, ['due-announce', 'due-claim', 'due-settle', 'due-peek']);

export type DueDeps = {
  redis: RedisClient;
  keys: Keys;
  log: Log;
  /** '' in production (Redis' own time); tests pass theirs. */
  scriptNow: () => string;
  onHandled: (kind: string, count: number) => void;
  /** Default: the system's. */
  random?: RandomSource;
};

/** Looks at rooms whenever the queue does. Neither call may reject: what is due must not wait for it. */
export type RoomWatcher = {
  /** A room's turn has come; before its deadlines are read. */
  visit(roomId: string): Promise<void>;
  /** The sweep passes: what is to be done in this room goes into its due queue. */
  mark(roomId: string): Promise<void>;
};

const POLL_MS = 200;
/** A node that dies after claiming delays a room by this much. */
const LEASE_MS = 500;
const ROOMS_AT_ONCE = 32;
const DUE_AT_ONCE = 100;
const RETRY_MS = 1000;
/** What was left alone is another node's to do, if it gets the room next time. */
const LEFT_ALONE_RETRY_MS = 200;
/** So long after an announcement, the script that sets the deadline may still be on its way. */
const GRACE_MS = 5000;
const SWEEP_MS = 30_000;

/**
 * What must happen at a time. Each room has a queue in its own slot, written by the scripts that set
 * deadlines; an index over rooms says where to look next. Any node serves any room. The index is
 * only a hint: a sweep over all rooms mends it, and the scripts that act re-check every deadline.
 */
export class DueQueue {
  readonly #deps: DueDeps;
  readonly #handlers = new Map<string, DueHandler>();
  readonly #watchers: RoomWatcher[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sweepTimer: NodeJS.Timeout | undefined;
  #running: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(deps: DueDeps) {
    this.#deps = deps;
  }

  /** `kind` is `<play>:<what>`; members of the queue are `<kind>:<ref>`. */
  handle(kind: string, handler: DueHandler): void {
    this.#handlers.set(kind, handler);
  }

  watch(watcher: RoomWatcher): void {
    this.#watchers.push(watcher);
  }

  /**
   * To be called before a script that sets a deadline `inMs` from now or later: if the node dies in
   * between, the room is looked at in vain, but never forgotten. By Redis' clock, not this node's.
   */
  async announce(roomId: string, inMs: number): Promise<void> {
    const { index, generations, counter } = this.#deps.keys.due;
    await runScript(this.#deps.redis, scripts['due-announce'], { index, generations, counter }, [
      this.#deps.scriptNow(),
      roomId,
      String(Math.floor(inMs)),
    ]);
  }

  start(): void {
    this.#schedulePoll(0);
    this.#scheduleSweep(0);
  }

  /** Stops polling and waits for what is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#sweepTimer);
    await this.#running;
  }

  #schedulePoll(delayMs: number): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#running = this.poll()
        .catch((error) => {
          this.#deps.log.debug({ err: error }, 'due queue: redis is away');
          return 0;
        })
        .then((rooms) => this.#schedulePoll(rooms < ROOMS_AT_ONCE ? this.#pollMs() : 0));
    }, delayMs);
  }

  /** Not the same each time: of two nodes in step, the same one would always be first. */
  #pollMs(): number {
    return POLL_MS * (0.75 + (this.#deps.random ?? systemRandom).next() / 2);
  }

  #scheduleSweep(delayMs: number): void {
    if (this.#closed) return;
    this.#sweepTimer = setTimeout(() => {
      this.sweep()
        .catch((error) => this.#deps.log.debug({ err: error }, 'due sweep: redis is away'))
        .finally(() => this.#scheduleSweep(SWEEP_MS));
    }, delayMs);
    this.#sweepTimer.unref();
  }

  /**
   * One round: everything whose time has come, in rooms that are not leased to another node.
   * Returns how many rooms that were; there may be more where it is `ROOMS_AT_ONCE`.
   */
  async poll(): Promise<number> {
    const { index, generations } = this.#deps.keys.due;
    const claimed = (await runScript(this.#deps.redis, scripts['due-claim'], { index, generations }, [
      this.#deps.scriptNow(),
      String(LEASE_MS),
      String(ROOMS_AT_ONCE),
    ])) as string[];
    const rooms: Promise<void>[] = [];
    for (let i = 0; i < claimed.length; i += 2) {
      rooms.push(this.#serve(claimed[i] as string, claimed[i + 1] as string));
    }
    await Promise.all(rooms);
    return rooms.length;
  }

  async #serve(roomId: string, generation: string): Promise<void> {
    let next = '';
    let last = '';
    try {
      for (const watcher of this.#watchers) await watcher.visit(roomId);
      for (;;) {
        const [following = '', ...members] = await this.#peek(roomId);
        next = following;
        if (members.length === 0) break;
        const served = await this.#dispatch(roomId, members);
        const stuck = members.join() === last;
        last = members.join();
        if (!served || stuck) {
          next = String((await this.#nowMs()) + (served ? LEFT_ALONE_RETRY_MS : RETRY_MS));
          break;
        }
      }
    } catch (error) {
      this.#deps.log.warn({ roomId, err: error }, 'could not serve what is due; trying again');
      return; // The lease runs out and the room comes up again.
    }
    const { index, generations } = this.#deps.keys.due;
    await runScript(this.#deps.redis, scripts['due-settle'], { index, generations }, [
      this.#deps.scriptNow(),
      roomId,
      generation,
      next,
      String(GRACE_MS),
    ]);
  }

  async #peek(roomId: string): Promise<string[]> {
    const { due } = this.#deps.keys.room(roomId);
    const argv = [this.#deps.scriptNow(), String(DUE_AT_ONCE)];
    return (await runScript(this.#deps.redis, scripts['due-peek'], { due }, argv)) as string[];
  }

  /** False when a handler failed: its members stay in the queue. */
  async #dispatch(roomId: string, members: readonly string[]): Promise<boolean> {
    const byKind = new Map<string, string[]>();
    for (const member of members) {
      const [, kind = member, ref = ''] = /^([^:]+:[^:]+):(.*)$/.exec(member) ?? [];
      byKind.set(kind, [...(byKind.get(kind) ?? []), ref]);
    }
    let served = true;
    for (const [kind, refs] of byKind) {
      const handler = this.#handlers.get(kind);
      try {
        if (!handler) throw new Error(`nobody handles ${kind}`);
        await handler(roomId, refs);
        this.#deps.onHandled(kind, refs.length);
      } catch (error) {
        served = false;
        this.#deps.log.error({ roomId, kind, err: error }, 'a due action failed; trying again');
      }
    }
    return served;
  }

  async #nowMs(): Promise<number> {
    const given = this.#deps.scriptNow();
    if (given !== '') return Number(given);
    return redisNowMs(this.#deps.redis);
  }

  /** Announces every room whose queue is not empty: mends an index that a crash left behind. */
  async sweep(): Promise<void> {
    const { redis, keys } = this.#deps;
    let cursor = '0';
    do {
      const [next, found] = await guarded(() => redis.zscan(keys.rooms, cursor, 'COUNT', 200));
      cursor = next;
      for (let i = 0; i < found.length; i += 2) {
        const roomId = found[i] as string;
        for (const watcher of this.#watchers) await watcher.mark(roomId);
        const [, score] = await guarded(() => redis.zrange(keys.room(roomId).due, 0, '0', 'WITHSCORES'));
        if (score !== undefined)
          await this.announce(roomId, Math.max(0, Number(score) - (await this.#nowMs())));
      }
    } while (cursor !== '0' && !this.#closed);
  }
}

/** Redis' own time: the one that deadlines are measured by. */
export async function redisNowMs(redis: RedisClient): Promise<number> {
  const [seconds, micros] = (await guarded(() => redis.time())) as unknown as [string, string];
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}
