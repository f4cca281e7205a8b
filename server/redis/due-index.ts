import { Cluster } from 'ioredis';
import { systemClock } from '../kernel/clock.ts';
import type { RedisClient } from './client.ts';
import { dueShardOf } from './due-shards.ts';
import { guarded } from './errors.ts';
import { DUE_TAGS, type Keys } from './keys.ts';
import { loadScripts, runScript } from './scripts.ts';

const scripts = loadScripts(import.meta.url, ['due-announce', 'due-claim', 'due-settle']);

export type DueIndexDeps = {
  redis: RedisClient;
  keys: Keys;
  /** '' in production (Redis' own time); tests pass theirs. */
  scriptNow: () => string;
  monotonicMs?: () => number;
  /** Parts; default: one, and all that there are on a Cluster. The same on every node. */
  shards?: number;
};

export type DueClaim = { shard: number; roomId: string; generation: string };

/** What Redis last said that the time is, and when, by a clock of ours that nobody turns. */
type Told = { redisMs: number; atMs: number };

/** A node that dies after claiming delays a room by this much. */
const LEASE_MS = 500;
/** So long after an announcement, the script that sets the deadline may still be on its way. */
const GRACE_MS = 5000;
/** How long what Redis said of the time is gone by, before it is asked again. */
const TOLD_MS = 2000;

/** Which rooms to look at next, over all rooms: in one part, or on a Cluster in several (see due-shards.ts). */
export class DueIndex {
  readonly #deps: DueIndexDeps;
  readonly #parts: readonly ReturnType<Keys['due']>[];
  readonly #told = new Map<number, Told>();
  readonly #monotonicMs: () => number;

  constructor(deps: DueIndexDeps) {
    this.#deps = deps;
    // One process gains nothing from several parts, and each costs a look, five times a second and node.
    const shards = deps.shards ?? (deps.redis instanceof Cluster ? DUE_TAGS.length : 1);
    this.#parts = Array.from({ length: shards }, (_, shard) => deps.keys.due(shard));
    this.#monotonicMs = deps.monotonicMs ?? systemClock.monotonicMs;
  }

  get shards(): number {
    return this.#parts.length;
  }

  shardOf(roomId: string): number {
    return dueShardOf(roomId, this.#parts.length);
  }

  /** Has a room looked at `inMs` from now, by Redis' clock. */
  async announce(roomId: string, inMs: number): Promise<void> {
    const { index, generations, counter } = this.#keys(this.shardOf(roomId));
    const argv = [this.#deps.scriptNow(), roomId, String(Math.floor(inMs))];
    await runScript(this.#deps.redis, scripts['due-announce'], { index, generations, counter }, argv);
  }

  /**
   * False where nothing in this part can be due yet. A look at what comes first is a fraction of the work of a claim,
   * which matters where there are many parts. Whether its time has come is guessed; the claim knows.
   */
  async mayBeDue(shard: number): Promise<boolean> {
    const told = this.#told.get(shard);
    if (this.shards === 1 || !told) return true;
    const passedMs = this.#monotonicMs() - told.atMs;
    if (passedMs > TOLD_MS) return true;
    const { index } = this.#keys(shard);
    const [, firstMs] = await guarded(() => this.#deps.redis.zrange(index, 0, '0', 'WITHSCORES'));
    if (firstMs === undefined) return false;
    const given = this.#deps.scriptNow();
    return Number(firstMs) <= (given === '' ? told.redisMs + passedMs : Number(given));
  }

  /** Takes rooms of one part whose time has come, for the length of a lease. */
  async claim(shard: number, limit: number): Promise<DueClaim[]> {
    const { index, generations } = this.#keys(shard);
    const argv = [this.#deps.scriptNow(), String(LEASE_MS), String(limit)];
    const reply = await runScript(this.#deps.redis, scripts['due-claim'], { index, generations }, argv);
    const [nowMs, ...claimed] = reply as string[];
    this.#told.set(shard, { redisMs: Number(nowMs), atMs: this.#monotonicMs() });
    return pairs(claimed).map(([roomId, generation]) => ({ shard, roomId, generation }));
  }

  /**
   * Says when to look at a claimed room again; '' for never. Where it was claimed: that is another part than its own
   * after an installation has moved to a Cluster.
   */
  async settle({ shard, roomId, generation }: DueClaim, nextMs: string): Promise<void> {
    const { index, generations } = this.#keys(shard);
    const argv = [this.#deps.scriptNow(), roomId, generation, nextMs, String(GRACE_MS)];
    await runScript(this.#deps.redis, scripts['due-settle'], { index, generations }, argv);
  }

  #keys(shard: number): ReturnType<Keys['due']> {
    return this.#parts[shard] as ReturnType<Keys['due']>;
  }
}

export function pairs(flat: readonly string[]): [string, string][] {
  const found: [string, string][] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) found.push([flat[i] as string, flat[i + 1] as string]);
  return found;
}
