import type { Log } from '../kernel/log.ts';
import { StoreError } from '../kernel/outcome.ts';
import type { RandomSource } from '../kernel/random.ts';
import type { DeliveryLog } from './delivery-log.ts';
import { delivers, type Endpoint, wantsRoom } from './endpoint.ts';
import type { EndpointStore } from './endpoint-store.ts';
import { CONCURRENCY, LaneRun } from './lane-run.ts';
import type { Claim, LaneStore } from './lane-store.ts';
import type { Attempt, Sender } from './sender.ts';
import type { Signer } from './signing.ts';
import { Slots } from './slots.ts';

/** Lanes that a node has at once: bounds its memory, and keeps one endpoint from taking all of it. */
const RUNS_MAX = 64;
const RUNS_OF_ENDPOINT_MAX = 16;
/** A lane that never runs dry gives its place up after this, if others wait. */
const RUN_FOR_MS = 5000;
/** What is under way may take so long when the node stops; then it is broken off, and sent again. */
const CLOSE_AFTER_MS = 3000;

export type PumpDeps = {
  endpoints: EndpointStore;
  lanes: LaneStore;
  sender: Sender;
  signer: Signer;
  attempts: DeliveryLog;
  random: RandomSource;
  log: Log;
  nowMs: () => number;
  /** False: this node leaves deliveries to others. */
  delivers: boolean;
  /** When a room was made; undefined for an unknown one. */
  roomMadeAtMs: (roomId: string) => Promise<number | undefined>;
  beforeDead: (endpointId: string, roomId: string) => Promise<void>;
  onGone: (endpointId: string) => Promise<void>;
  onAttempt: (attempt: Attempt) => void;
  onDead: (count: number) => void;
};

/** Takes lanes that have something to send, and runs them. Every node has one; a lane is held by one of them. */
export class Pump {
  readonly #deps: PumpDeps;
  readonly #slots = new Slots(CONCURRENCY);
  readonly #runs = new Map<string, { run: LaneRun; endpointId: string; ended: Promise<void> }>();
  /** Endpoints some of whose lanes found no place. */
  readonly #crowded = new Set<string>();
  #closed = false;

  constructor(deps: PumpDeps) {
    this.#deps = deps;
  }

  /** Lanes that this node is delivering. */
  get running(): number {
    return this.#runs.size;
  }

  /** Looks at one room; whatever goes wrong is no concern of whoever looks at rooms. */
  async visit(roomId: string): Promise<void> {
    await this.#look(roomId, this.#deps.delivers && !this.#closed);
  }

  /** Puts lanes with work where a node will see them soon. */
  async mark(roomId: string): Promise<void> {
    await this.#look(roomId, false);
  }

  /** What of the due queue was left over: of endpoints that are gone, or switched off, or new to this node. */
  async wake(roomId: string, endpointIds: readonly string[]): Promise<void> {
    const all = await this.#deps.endpoints.list();
    const wanted = new Set(
      all.filter((each) => delivers(each) && wantsRoom(each, roomId)).map((each) => each.endpointId),
    );
    for (const id of endpointIds) if (!wanted.has(id)) await this.#deps.lanes.close(roomId, id, true);
    if (endpointIds.some((id) => wanted.has(id))) await this.visit(roomId);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const runs = [...this.#runs.values()];
    for (const { run } of runs) run.stop();
    const timer = setTimeout(() => {
      for (const { run } of runs) run.abort();
    }, CLOSE_AFTER_MS);
    await Promise.all(runs.map(({ ended }) => ended));
    clearTimeout(timer);
  }

  async #look(roomId: string, take: boolean): Promise<void> {
    const { endpoints, lanes, log } = this.#deps;
    try {
      const all = await endpoints.recent();
      const wanted = all.filter(
        (each) => delivers(each) && wantsRoom(each, roomId) && !this.#has(roomId, each),
      );
      if (wanted.length === 0) return;
      const asked = wanted.map((each) => ({
        id: each.endpointId,
        take: take && this.#place(each.endpointId),
      }));
      const claimed = await lanes.claim(roomId, asked);
      let opened = false;
      for (const { endpointId, state, claim } of claimed.lanes) {
        if (claim) this.#start(roomId, endpointId, claim, claimed.nowMs);
        if (state === 'missing') opened = (await this.#open(roomId, endpointId)) || opened;
      }
      if (opened) await this.#look(roomId, take);
    } catch (error) {
      if (error instanceof StoreError) log.debug({ roomId, err: error }, 'webhooks: redis is away');
      else log.error({ roomId, err: error }, 'webhooks: a room could not be looked at');
    }
  }

  #has(roomId: string, { endpointId }: Endpoint): boolean {
    return this.#runs.has(`${roomId} ${endpointId}`);
  }

  #place(endpointId: string): boolean {
    let ofEndpoint = 0;
    for (const run of this.#runs.values()) if (run.endpointId === endpointId) ofEndpoint += 1;
    const place = this.#runs.size < RUNS_MAX && ofEndpoint < RUNS_OF_ENDPOINT_MAX;
    if (!place) this.#crowded.add(endpointId);
    return place;
  }

  /** A room made after the endpoint counts from its start; an older one whose mark is lost, from now. */
  async #open(roomId: string, endpointId: string): Promise<boolean> {
    const endpoint = this.#deps.endpoints.known(endpointId);
    if (!endpoint) return false;
    const madeAtMs = await this.#deps.roomMadeAtMs(roomId);
    const start = madeAtMs !== undefined && madeAtMs >= endpoint.createdAtMs;
    await this.#deps.lanes.open(roomId, endpointId, { start });
    return true;
  }

  #start(roomId: string, endpointId: string, claim: Claim, nowMs: number): void {
    const { endpoints, lanes, beforeDead, onGone, log, ...shared } = this.#deps;
    const name = `${roomId} ${endpointId}`;
    const startedMs = performance.now();
    const run = new LaneRun(roomId, endpointId, claim, nowMs, {
      ...shared,
      ...{ log, store: lanes, slots: this.#slots },
      endpoint: () => {
        const endpoint = endpoints.known(endpointId);
        return endpoint && delivers(endpoint) && wantsRoom(endpoint, roomId) ? endpoint : undefined;
      },
      beforeDead: () => beforeDead(endpointId, roomId),
      onGone: () => onGone(endpointId),
      crowded: () => this.#crowded.has(endpointId) && performance.now() - startedMs > RUN_FOR_MS,
    });
    const ended = this.#ended(name, run, roomId, endpointId);
    this.#runs.set(name, { run, endpointId, ended });
    if (this.#closed) run.stop();
  }

  async #ended(name: string, run: LaneRun, roomId: string, endpointId: string): Promise<void> {
    // Until it is in the map.
    await undefined;
    let more = false;
    try {
      more = await run.run();
    } catch (error) {
      this.#deps.log.error({ roomId, endpointId, err: error }, 'webhooks: deliveries of a room broke off');
    }
    this.#runs.delete(name);
    const gaveWay = this.#crowded.delete(endpointId);
    if (more && !gaveWay && !this.#closed) await this.visit(roomId);
  }
}
