import type { Log } from '../kernel/log.ts';
import type { DueHandler } from '../kernel/play.ts';
import { type RandomSource, systemRandom } from '../kernel/random.ts';
import type { RedisClient } from './client.ts';
import { type DueClaim, DueIndex, type DueIndexDeps, pairs } from './due-index.ts';
import { guarded } from './errors.ts';
import { loadScripts, runScript } from './scripts.ts';

const { 'due-peek': peek } = loadScripts(import.meta.url, ['due-peek']);

export type DueDeps = DueIndexDeps & {
  log: Log;
  onHandled: (kind: string, count: number) => void;
  /** How long after its deadline an action's turn came. */
  onLag?: (ms: number) => void;
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
/** At least of each part of the index, and of all parts together. */
const ROOMS_AT_ONCE = { least: 8, all: 32 };
const DUE_AT_ONCE = 100;
const RETRY_MS = 1000;
/** What was left alone is another node's to do, if it gets the room next time. */
const LEFT_ALONE_RETRY_MS = 200;
const SWEEP_MS = 30_000;

/**
 * What must happen at a time. Each room has a queue in its own slot, written by the scripts that set
 * deadlines; an index over rooms says where to look next. Any node serves any room. The index is
 * only a hint: a sweep over all rooms mends it, and the scripts that act re-check every deadline.
 */
export class DueQueue {
  readonly #deps: DueDeps;
  readonly #index: DueIndex;
  readonly #handlers = new Map<string, DueHandler>();
  readonly #watchers: RoomWatcher[] = [];
  /** What is under way, by part of the index. */
  readonly #rounds: (Promise<unknown> | undefined)[];
  readonly #roomsAtOnce: number;
  #timer: NodeJS.Timeout | undefined;
  #sweepTimer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(deps: DueDeps) {
    this.#deps = deps;
    this.#index = new DueIndex(deps);
    this.#rounds = Array.from({ length: this.#index.shards }, () => undefined);
    this.#roomsAtOnce = Math.max(ROOMS_AT_ONCE.least, Math.floor(ROOMS_AT_ONCE.all / this.#index.shards));
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
    await this.#index.announce(roomId, inMs);
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
    await Promise.all(this.#rounds);
  }

  #schedulePoll(delayMs: number): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      // A part on a master that hangs keeps no other waiting.
      for (const shard of this.#rounds.keys()) {
        this.#rounds[shard] ??= this.#round(shard)
          .catch((error) => this.#deps.log.debug({ err: error }, 'due queue: redis is away'))
          .finally(() => {
            this.#rounds[shard] = undefined;
          });
      }
      this.#schedulePoll(this.#pollMs());
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
   * Everything whose time has come, in rooms that are not leased to another node. Returns how many rooms that were.
   * @throws what stopped the first part of the index that could not be looked at; the others are served.
   */
  async poll(): Promise<number> {
    const rounds = await Promise.allSettled(this.#rounds.map((_, shard) => this.#round(shard)));
    let rooms = 0;
    for (const round of rounds) {
      if (round.status === 'rejected') throw round.reason;
      rooms += round.value;
    }
    return rooms;
  }

  async #round(shard: number): Promise<number> {
    let rooms = 0;
    if (!(await this.#index.mayBeDue(shard))) return rooms;
    for (;;) {
      const claimed = await this.#index.claim(shard, this.#roomsAtOnce);
      await Promise.all(claimed.map((claim) => this.#serve(claim)));
      rooms += claimed.length;
      if (claimed.length < this.#roomsAtOnce || this.#closed) return rooms;
    }
  }

  async #serve(claim: DueClaim): Promise<void> {
    const { roomId } = claim;
    let next = '';
    let last = '';
    try {
      for (const watcher of this.#watchers) await watcher.visit(roomId);
      for (;;) {
        const { following, due } = await this.#peek(roomId);
        next = following;
        if (due.length === 0) break;
        const served = await this.#dispatch(roomId, due);
        const members = due.map(([member]) => member).join();
        const stuck = members === last;
        last = members;
        if (!served || stuck) {
          next = String((await this.#nowMs()) + (served ? LEFT_ALONE_RETRY_MS : RETRY_MS));
          break;
        }
      }
      await this.#index.settle(claim, next);
    } catch (error) {
      this.#deps.log.warn({ roomId, err: error }, 'could not serve what is due; trying again');
      // The lease runs out and the room comes up again.
    }
  }

  async #peek(roomId: string): Promise<{ following: string; due: [member: string, lateMs: string][] }> {
    const { due } = this.#deps.keys.room(roomId);
    const argv = [this.#deps.scriptNow(), String(DUE_AT_ONCE)];
    const reply = (await runScript(this.#deps.redis, peek, { due }, argv)) as string[];
    const [following = '', ...members] = reply;
    return { following, due: pairs(members) };
  }

  /** False when a handler failed: its members stay in the queue. */
  async #dispatch(roomId: string, due: readonly [member: string, lateMs: string][]): Promise<boolean> {
    const byKind = new Map<string, { refs: string[]; latesMs: string[] }>();
    for (const [member, lateMs] of due) {
      const [, kind = member, ref = ''] = /^([^:]+:[^:]+):(.*)$/.exec(member) ?? [];
      const one = byKind.get(kind) ?? { refs: [], latesMs: [] };
      one.refs.push(ref);
      one.latesMs.push(lateMs);
      byKind.set(kind, one);
    }
    let served = true;
    for (const [kind, { refs, latesMs }] of byKind) {
      const handler = this.#handlers.get(kind);
      try {
        if (!handler) throw new Error(`nobody handles ${kind}`);
        await handler(roomId, refs);
        this.#deps.onHandled(kind, refs.length);
        for (const lateMs of latesMs) this.#deps.onLag?.(Number(lateMs));
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

  /**
   * Announces every room whose queue is not empty: mends an index that a crash left behind, or that another version
   * kept elsewhere. Rooms on a master that is away are left for the next time.
   */
  async sweep(): Promise<void> {
    const { redis, keys, log } = this.#deps;
    const away = new Set<number>();
    let cursor = '0';
    do {
      const [next, found] = await guarded(() => redis.zscan(keys.rooms, cursor, 'COUNT', 200));
      cursor = next;
      for (const [roomId] of pairs(found)) {
        // Those of one part are on one master, mostly; a command to one that hangs takes its time.
        if (away.has(this.#index.shardOf(roomId))) continue;
        await this.#mend(roomId).catch((error) => {
          away.add(this.#index.shardOf(roomId));
          log.debug({ roomId, err: error }, 'due sweep: rooms are left out');
        });
      }
    } while (cursor !== '0' && !this.#closed);
  }

  async #mend(roomId: string): Promise<void> {
    const { redis, keys } = this.#deps;
    for (const watcher of this.#watchers) await watcher.mark(roomId);
    const [, score] = await guarded(() => redis.zrange(keys.room(roomId).due, 0, '0', 'WITHSCORES'));
    if (score === undefined) return;
    await this.announce(roomId, Math.max(0, Number(score) - (await this.#nowMs())));
  }
}

/** Redis' own time: the one that deadlines are measured by. */
export async function redisNowMs(redis: RedisClient): Promise<number> {
  const [seconds, micros] = (await guarded(() => redis.time())) as unknown as [string, string];
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}
