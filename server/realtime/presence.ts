import { roomContract } from '../../shared/plays/room/contract.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { RedisClient } from '../redis/client.ts';
import type { Keys } from '../redis/keys.ts';
import { loadScripts, runScript } from '../redis/scripts.ts';

const scripts = loadScripts(import.meta.url, ['presence-sync']);

export type PresenceDeps = {
  redis: RedisClient;
  keys: Keys;
  nodeId: string;
  log: Log;
  clock: Clock;
  scriptNow: () => string;
  /** What the head of a followed room is, learnt on the way. */
  onHead: (roomId: string, seq: number) => void;
};

type Local = {
  /** Sockets of a user in this room on this node. */
  sockets: Map<string, number>;
  joined: Set<string>;
  left: Set<string>;
  /** Something is left to do: say it again soon. */
  dirty: boolean;
  /** Redis lost track of this node's users: empty its set there, then say all of them again. */
  rebuild: boolean;
  syncedAtMs: number;
};

/** How often a room with changes is synced, and how often one without says that the node is alive. */
const SYNC_MS = 1000;
const HEARTBEAT_MS = 2000;
/** A node that was silent for this long is dead: its users are forgotten. */
const NODE_TTL_MS = 10_000;
const KEY_TTL_MS = 3_600_000;
const CHUNK = 500;
const CHUNKS_A_ROUND = 100;

/** Who is here: distinct users over all nodes. Redis holds the truth; each node tells it changes. */
export class Presence {
  readonly #deps: PresenceDeps;
  readonly #rooms = new Map<string, Local>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(deps: PresenceDeps) {
    this.#deps = deps;
  }

  enter(roomId: string, userId: string): void {
    let local = this.#rooms.get(roomId);
    if (!local) {
      local = {
        sockets: new Map(),
        joined: new Set(),
        left: new Set(),
        dirty: true,
        rebuild: false,
        syncedAtMs: 0,
      };
      this.#rooms.set(roomId, local);
    }
    const sockets = local.sockets.get(userId) ?? 0;
    local.sockets.set(userId, sockets + 1);
    if (sockets > 0) return;
    if (!local.left.delete(userId)) local.joined.add(userId);
    local.dirty = true;
  }

  leave(roomId: string, userId: string): void {
    const local = this.#rooms.get(roomId);
    const sockets = local?.sockets.get(userId);
    if (!local || sockets === undefined) return;
    if (sockets > 1) {
      local.sockets.set(userId, sockets - 1);
      return;
    }
    local.sockets.delete(userId);
    if (!local.joined.delete(userId)) local.left.add(userId);
    local.dirty = true;
  }

  start(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#running = this.sync().then(() => this.start());
    }, SYNC_MS);
    this.#timer.unref();
  }

  /** Stops, and takes this node's users out of every room. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
    for (const [roomId, local] of this.#rooms) {
      for (const userId of [...local.sockets.keys()]) {
        local.sockets.set(userId, 1);
        this.leave(roomId, userId);
      }
    }
    // A call takes a chunk of users along; on for as long as Redis takes some.
    for (let before = Number.POSITIVE_INFINITY, left = this.#untold(); left > 0 && left < before; ) {
      await this.sync();
      before = left;
      left = this.#untold();
    }
  }

  /** Users of whom Redis has still to be told that they left. */
  #untold(): number {
    let count = 0;
    for (const local of this.#rooms.values()) count += local.left.size;
    return count;
  }

  /** One round over the rooms that changed or whose heartbeat is due. */
  async sync(): Promise<void> {
    const nowMs = this.#deps.clock.monotonicMs();
    for (const [roomId, local] of this.#rooms) {
      if (!local.dirty && nowMs - local.syncedAtMs < HEARTBEAT_MS) continue;
      try {
        // A storm of joins is told chunk by chunk, with other commands in between, but in one round.
        for (let chunks = 0; chunks < CHUNKS_A_ROUND; chunks += 1) {
          await this.#syncRoom(roomId, local);
          if (local.rebuild || local.joined.size + local.left.size === 0) break;
        }
        local.syncedAtMs = nowMs;
      } catch (error) {
        this.#deps.log.debug({ roomId, err: error }, 'presence: redis is away');
        local.dirty = true;
        return;
      }
      if (local.sockets.size === 0 && !local.dirty) this.#rooms.delete(roomId);
    }
  }

  async #syncRoom(roomId: string, local: Local): Promise<void> {
    const join = take(local.joined, local.rebuild ? 0 : CHUNK);
    const leave = take(local.left, local.rebuild ? 0 : CHUNK);
    let reply: [number, number, number, number];
    try {
      reply = await this.#run(roomId, {
        node: this.#deps.nodeId,
        join,
        leave,
        rebuild: local.rebuild,
        // What Redis should have of this node after the call.
        size: local.sockets.size - local.joined.size + local.left.size,
        nodeTtlMs: NODE_TTL_MS,
        intervalMs: roomContract.limits.presenceIntervalMs.value,
        keyTtlMs: KEY_TTL_MS,
      });
    } catch (error) {
      // It may have been done or not; saying it again is harmless either way.
      for (const userId of [...join, ...leave]) {
        (local.sockets.has(userId) ? local.joined : local.left).add(userId);
      }
      throw error;
    }
    const [, seq, resync, more] = reply;
    if (local.rebuild) {
      local.rebuild = more === 2;
      if (!local.rebuild) for (const userId of local.sockets.keys()) local.joined.add(userId);
      if (!local.rebuild) local.left.clear();
    } else if (resync === 1) local.rebuild = true;
    local.dirty = local.joined.size > 0 || local.left.size > 0 || local.rebuild || more > 0;
    this.#deps.onHead(roomId, seq);
  }

  async #run(roomId: string, args: object): Promise<[number, number, number, number]> {
    const keys = this.#deps.keys.room(roomId);
    const reply = await runScript(
      this.#deps.redis,
      scripts['presence-sync'],
      {
        head: keys.head,
        events: keys.events,
        presence: keys.presence,
        nodes: keys.presenceNodes,
        mine: keys.presenceOf(this.#deps.nodeId),
        followers: keys.followers,
        watch: keys.watch,
      },
      [this.#deps.scriptNow(), JSON.stringify(args)],
    );
    return reply as [number, number, number, number];
  }
}

/** Takes up to `count` out of a set. */
function take(from: Set<string>, count: number): string[] {
  const taken: string[] = [];
  for (const value of from) {
    if (taken.length >= count) break;
    taken.push(value);
  }
  for (const value of taken) from.delete(value);
  return taken;
}
