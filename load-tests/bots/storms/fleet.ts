import { sleep } from '../../kit/wait.ts';
import { BusyMeter } from '../busy.ts';
import { count } from '../crowd.ts';
import type { FleetGathered, FleetParams, ReturnedParams, ReturnedResult, SeenResult } from './methods.ts';
import { PacketCache } from './packet-cache.ts';
import { PlainViewer } from './plain-viewer.ts';
import { SdkViewer } from './sdk-viewer.ts';
import { seenByAll } from './seen.ts';
import type { Viewer } from './viewer.ts';

const LOOK_EVERY_MS = 20;
/** Until all must have joined. */
const GATHER_MS = 30_000;
const GATHER_MS_EACH = 20;

/** Viewers of one room that come back by themselves when their node goes. */
export class Fleet {
  readonly #params: FleetParams;
  readonly #nodes: { urls: readonly string[] };
  readonly #cache = new PacketCache();
  readonly viewers: Viewer[] = [];
  #meter = new BusyMeter();
  #triesBefore = 0;
  #setbacks: Record<string, number> = {};

  constructor(params: FleetParams) {
    this.#params = params;
    this.#nodes = { urls: params.urls };
  }

  /** Those of our own client, which knows what it has seen. */
  get sdkViewers(): SdkViewer[] {
    return this.viewers.filter((viewer) => viewer instanceof SdkViewer);
  }

  /** Everybody joins, so many at a time: a full room is what the storm starts from. */
  async gather(live: (text: string) => void): Promise<FleetGathered> {
    const { users, concurrency } = this.#params;
    const startedAtMs = performance.now();
    let next = 0;
    let joined = 0;
    const worker = async (): Promise<void> => {
      while (next < users) {
        const viewer = this.#make(next);
        next += 1;
        this.viewers.push(viewer);
        await viewer.start();
        joined += 1;
        live(`${joined} of ${users} joined`);
      }
    };
    const all = Promise.all(Array.from({ length: concurrency }, worker));
    await Promise.race([all, sleep(GATHER_MS + users * GATHER_MS_EACH)]);
    // Whoever is late joins no more.
    next = users;
    return { joined, durationMs: performance.now() - startedAtMs, troubles: this.#troubles() };
  }

  #make(index: number): Viewer {
    const { side, roomId, tokenSecret, userPrefix, seed } = this.#params;
    const options = {
      ...{ index, roomId, tokenSecret, userId: `${userPrefix}${index}`, seed: seed + index },
      ...{ nodes: this.#nodes, cache: this.#cache },
      onSetback: (why: string) => count(this.#setbacks, why),
    };
    return side === 'ours' ? new SdkViewer(options) : new PlainViewer(options);
  }

  /** Where the balancer sends connections from now on. Those that are on a node stay there. */
  serve(urls: readonly string[]): void {
    this.#nodes.urls = urls;
    this.#meter = new BusyMeter();
    this.#triesBefore = this.#tries();
    this.#setbacks = {};
  }

  /** Why viewers are not there. */
  #troubles(): Record<string, number> {
    const troubles: Record<string, number> = {};
    for (const { isThere, trouble } of this.viewers) if (!isThere) count(troubles, trouble);
    return troubles;
  }

  #tries(): number {
    return this.viewers.reduce((total, { tries }) => total + tries, 0);
  }

  /** Waits until everybody has come since then, or time is up. */
  async returned(
    { sinceMs, timeoutMs }: ReturnedParams,
    live: (text: string) => void,
  ): Promise<ReturnedResult> {
    const deadlineMs = performance.now() + timeoutMs;
    let back: Viewer[] = [];
    while (back.length < this.viewers.length && performance.now() < deadlineMs) {
      await sleep(LOOK_EVERY_MS);
      back = this.viewers.filter(({ isThere, thereSinceMs }) => isThere && thereSinceMs > sinceMs);
      live(`${back.length} of ${this.viewers.length} are back`);
    }
    const busyShare = this.#meter.share();
    const by = { events: 0, snapshot: 0, join: 0 };
    for (const { cameBy } of back) by[cameBy] += 1;
    const afterMs = back.map(({ thereSinceMs }) => thereSinceMs - sinceMs);
    const tries = this.#tries() - this.#triesBefore;
    return { afterMs, by, tries, setbacks: this.#setbacks, troubles: this.#troubles(), busyShare };
  }

  /** Waits until everybody has seen the event of this seq, or time is up. */
  async seen({ seq, timeoutMs }: { seq: number; timeoutMs: number }): Promise<SeenResult> {
    const all = this.sdkViewers.map(({ seen }) => seen);
    const deadlineMs = performance.now() + timeoutMs;
    while (all.some(({ toSeq }) => toSeq < seq) && performance.now() < deadlineMs) await sleep(LOOK_EVERY_MS);
    return seenByAll(all);
  }

  leave(): void {
    for (const viewer of this.viewers) viewer.close();
    this.viewers.length = 0;
  }
}
