import type { Log } from '../kernel/log.ts';
import { StoreError } from '../kernel/outcome.ts';
import type { RedisClient } from '../redis/client.ts';
import { guarded } from '../redis/errors.ts';
import type { Keys } from '../redis/keys.ts';
import { delivers, type Endpoint, wantsRoom } from './endpoint.ts';
import type { EndpointStore } from './endpoint-store.ts';
import type { LaneStore } from './lane-store.ts';

/** How an endpoint stands, over all rooms. */
export type Backlog = {
  endpointId: string;
  /** Messages that failed and will be tried again, or wait behind one. */
  pending: number;
  dead: number;
  /** Rooms for which the endpoint counts as down. */
  roomsDown: number;
  /** Age of the oldest fact that was not looked at yet; 0 when there is none. */
  lagMs: number;
};

const EVERY_MS = 30_000;
const ROOMS_AT_ONCE = 32;
/** Whoever was making an endpoint for longer than this is dead. */
const OPENING_MAX_MS = 10 * 60_000;

export type KeeperDeps = {
  redis: RedisClient;
  keys: Keys;
  log: Log;
  endpoints: EndpointStore;
  lanes: LaneStore;
  nowMs: () => number;
  onBacklog: (backlogs: readonly Backlog[]) => void;
};

/** Counts what waits, and finishes what a node that died was making or removing. */
export class LaneKeeper {
  readonly #deps: KeeperDeps;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(deps: KeeperDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#schedule(0);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #schedule(delayMs: number): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#running = this.round()
        .catch((error) => {
          const level = error instanceof StoreError ? 'debug' : 'error';
          this.#deps.log[level]({ err: error }, 'webhooks: could not count what waits');
        })
        .then(() => this.#schedule(EVERY_MS));
    }, delayMs);
    this.#timer.unref();
  }

  async round(): Promise<void> {
    const { endpoints, nowMs, onBacklog } = this.#deps;
    const all = await endpoints.list();
    for (const { endpointId, phase, createdAtMs } of all) {
      const abandoned = phase === 'opening' && createdAtMs + OPENING_MAX_MS < nowMs();
      if (phase === 'removing' || abandoned) await this.remove(endpointId);
    }
    const counted = all.filter(({ phase }) => phase === 'ready');
    const backlogs = new Map<string, Backlog>(
      counted.map(({ endpointId }) => [
        endpointId,
        { endpointId, pending: 0, dead: 0, roomsDown: 0, lagMs: 0 },
      ]),
    );
    if (counted.length > 0) await this.eachRoom((roomId) => this.#count(roomId, counted, backlogs));
    if (!this.#closed) onBacklog([...backlogs.values()]);
  }

  /** Removes an endpoint and all it has in the rooms. */
  async remove(endpointId: string): Promise<void> {
    const { endpoints, lanes, redis, keys } = this.#deps;
    await endpoints.update(endpointId, (one) =>
      one.phase === 'removing' ? undefined : { ...one, phase: 'removing' },
    );
    if (!(await this.eachRoom((roomId) => lanes.close(roomId, endpointId)))) return;
    await guarded(() => redis.del(keys.webhooks.log(endpointId), keys.webhooks.deadRooms(endpointId)));
    await endpoints.remove(endpointId);
  }

  /** Every room there is, a few at a time. A room that is made meanwhile may be left out. False: the node stops. */
  async eachRoom(work: (roomId: string) => Promise<unknown>): Promise<boolean> {
    const { redis, keys } = this.#deps;
    let cursor = '0';
    do {
      const [next, found] = await guarded(() => redis.zscan(keys.rooms, cursor, 'COUNT', 200));
      cursor = next;
      const roomIds = found.filter((_, i) => i % 2 === 0);
      for (let i = 0; i < roomIds.length; i += ROOMS_AT_ONCE)
        await Promise.all(roomIds.slice(i, i + ROOMS_AT_ONCE).map(work));
    } while (cursor !== '0' && !this.#closed);
    return cursor === '0';
  }

  async #count(roomId: string, all: readonly Endpoint[], backlogs: Map<string, Backlog>): Promise<void> {
    const wanted = all.filter((endpoint) => wantsRoom(endpoint, roomId));
    if (wanted.length === 0) return;
    const ids = wanted.map(({ endpointId }) => endpointId);
    const { nowMs, lanes } = await this.#deps.lanes.look(roomId, ids);
    for (const [i, lane] of lanes.entries()) {
      const backlog = backlogs.get(lane.endpointId);
      if (!backlog) continue;
      backlog.pending += lane.pending;
      backlog.dead += lane.dead;
      if (lane.downSinceMs !== undefined) backlog.roomsDown += 1;
      if (lane.oldestAtMs !== undefined && delivers(wanted[i] as Endpoint))
        backlog.lagMs = Math.max(backlog.lagMs, nowMs - lane.oldestAtMs);
    }
  }
}
