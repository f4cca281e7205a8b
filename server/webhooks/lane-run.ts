import { setTimeout as delay } from 'node:timers/promises';
import { StoreError } from '../kernel/outcome.ts';
import { bury } from './burial.ts';
import { Health } from './health.ts';
import { LaneOutcomes } from './lane-outcomes.ts';
import { type Item, LaneQueue } from './lane-queue.ts';
import { type LaneDeps, LaneReader, READY_LOW } from './lane-reader.ts';
import { type Claim, LANE_LEASE_MS, LaneLost } from './lane-store.ts';
import type { Message } from './message.ts';
import { retryDelayMs } from './schedule.ts';
import { type Attempt, Breaker } from './sender.ts';

/** Deliveries of one lane at once. */
export const CONCURRENCY = 16;
/**
 * Failed and waiting messages of one lane, but for those read already; beyond that, the cursor waits, and the
 * rest stays in the ledger.
 */
export const PENDING_MAX = 1000;
const STORE_EVERY_MS = 20;
const RENEW_MS = LANE_LEASE_MS / 4;
/** An attempt that takes longer no longer holds up the cursor. */
const PARK_AFTER_MS = 1000;
const AWAY_RETRY_MS = 100;

/** Delivers one lane while this node holds it: until there is nothing to send now, or it is told to stop. */
export class LaneRun {
  readonly #deps: LaneDeps;
  readonly #roomId: string;
  readonly #id: string;
  readonly #claim: Claim;
  readonly #queue: LaneQueue;
  readonly #reader: LaneReader;
  readonly #outcomes: LaneOutcomes;
  readonly #health: Health;
  readonly #breaker = new Breaker();
  readonly #active = new Map<Item, Promise<void>>();
  #stopping = false;
  /** Redis did not answer the last time: nothing new is started. */
  #away = false;
  #fault: unknown;
  #settledMs = performance.now();
  /** Redis' time when it was last heard: an estimate must not be behind it. */
  #redisMs: number;
  #wakeUp: (() => void) | undefined;

  constructor(roomId: string, id: string, claim: Claim, claimedAtMs: number, deps: LaneDeps) {
    this.#deps = deps;
    this.#roomId = roomId;
    this.#id = id;
    this.#claim = claim;
    this.#queue = new LaneQueue(claim.cursor);
    this.#reader = new LaneReader(roomId, claim.cursor, this.#queue, deps);
    this.#outcomes = new LaneOutcomes(roomId);
    this.#health = new Health(claim, deps.random);
    this.#redisMs = claimedAtMs;
  }

  /** Starts nothing new; `run` ends when what is under way has ended. */
  stop(): void {
    this.#stopping = true;
    this.#wakeUp?.();
  }

  /** Breaks off what is under way: it will be sent again. */
  abort(): void {
    this.stop();
    this.#breaker.break();
  }

  /** True when there is more to do at once. What could not be stored is sent again by whoever has the lane next. */
  async run(): Promise<boolean> {
    try {
      await this.#load();
      if (this.#health.down) await this.#probe();
      for (;;) {
        await this.#step();
        if (this.#fault !== undefined) throw this.#fault;
        if (this.#finished()) break;
        await this.#pause();
      }
      if (this.#health.down) await this.#bury();
      for (const item of this.#queue.parkUnsent()) this.#outcomes.wait(item, 0);
      // What failed gets its time from Redis first; then it is known when to wake.
      if (this.#outcomes.unsettled) await this.#settle(false);
      return await this.#settle(true);
    } catch (error) {
      this.abort();
      if (!(error instanceof LaneLost || error instanceof StoreError)) throw error;
      const where = { roomId: this.#roomId, endpointId: this.#id, reason: error.message };
      this.#deps.log.info(where, 'webhooks: deliveries of this room go on elsewhere, or later');
      return false;
    } finally {
      await Promise.allSettled(this.#active.values());
      void this.#deps.attempts.flush();
    }
  }

  async #load(): Promise<void> {
    const { store } = this.#deps;
    if (this.#claim.refillTo > 0 && !this.#health.down)
      await store.refill(this.#roomId, this.#id, this.#claim.token, PENDING_MAX / 2);
    this.#queue.load(await store.pending(this.#roomId, this.#id), this.#nowMs());
  }

  async #step(): Promise<void> {
    if (this.#deps.crowded() || !this.#deps.endpoint()) this.#stopping = true;
    const delivering = !this.#health.down && !this.#stopping && !this.#away;
    if (delivering) this.#queue.wake(this.#nowMs());
    this.#dispatch();
    this.#parkSlow();
    const sinceMs = performance.now() - this.#settledMs;
    const news = this.#outcomes.size > 0 || this.#queue.cursor.n > this.#claim.cursor;
    await Promise.all([
      delivering && !this.#full() ? this.#orAway(this.#fill()) : undefined,
      (news ? sinceMs >= STORE_EVERY_MS : sinceMs >= RENEW_MS) ? this.#settle(false) : undefined,
    ]);
    this.#dispatch();
  }

  async #fill(): Promise<void> {
    for (const item of await this.#reader.fill()) this.#outcomes.wait(item, 0);
  }

  /** Reading can wait until Redis is back; what is under way need not be given up for it. */
  async #orAway<T>(reading: Promise<T>): Promise<T | undefined> {
    try {
      return await reading;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#away = true;
      return undefined;
    }
  }

  #finished(): boolean {
    if (this.#active.size > 0) return false;
    if (this.#stopping || this.#health.down) return true;
    return this.#queue.readyCount === 0 && (this.#reader.atEnd || this.#full());
  }

  #full(): boolean {
    return this.#queue.pendingCount >= PENDING_MAX;
  }

  #nowMs(): number {
    return Math.max(this.#deps.nowMs(), this.#redisMs);
  }

  /** Until something ends, or it is time to store or to read. */
  async #pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, STORE_EVERY_MS);
      this.#wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wakeUp = undefined;
  }

  /** An endpoint that is down gets its oldest message, nothing else. */
  async #probe(): Promise<void> {
    const found = this.#queue.pendingCount > 0 || (await this.#reader.fillOne());
    const item = found ? this.#queue.takeOldest(performance.now()) : undefined;
    if (item) this.#start(item);
  }

  #dispatch(): void {
    while (this.#active.size < CONCURRENCY && !this.#stopping && !this.#away && !this.#health.down) {
      const item = this.#queue.take(performance.now());
      if (!item) return;
      this.#start(item);
    }
  }

  #start(item: Item): void {
    const attempt = this.#attempt(item)
      .catch((error: unknown) => {
        this.#fault ??= error;
      })
      .then(() => {
        this.#active.delete(item);
        this.#dispatch();
        const low = this.#queue.readyCount < READY_LOW && !this.#reader.atEnd;
        if (this.#active.size === 0 || low) this.#wakeUp?.();
      });
    this.#active.set(item, attempt);
  }

  async #attempt(item: Item): Promise<void> {
    const { slots, sender, signer, attempts } = this.#deps;
    const turn = slots.take(this.#id);
    if (turn) await turn;
    try {
      const known = item.message ? true : await this.#orAway(this.#reader.complete(item));
      if (known === false) return this.#neverSent(item);
      const endpoint = this.#deps.endpoint();
      if (!known || !endpoint || this.#stopping) return this.#queue.putBack(item);
      const { id, body, type } = item.message as Message;
      const atMs = this.#nowMs();
      item.startedMs = performance.now();
      const headers = signer.headers(id, body, endpoint.secrets, atMs);
      const attempt = await sender.post(endpoint.url, headers, body, this.#breaker);
      if (attempt.outcome !== 'ok' && this.#breaker.broken) return this.#queue.putBack(item);
      item.attempts += 1;
      if (item.firstAtMs === 0) item.firstAtMs = atMs;
      const { outcome, status, durationMs } = attempt;
      const message = { messageId: id, type, roomId: this.#roomId, attempt: item.attempts };
      attempts.note(this.#id, { atMs, ...message, outcome, status, durationMs });
      this.#deps.onAttempt(attempt);
      if (outcome === 'ok') this.#arrived(item);
      else await this.#failed(item, attempt);
    } finally {
      slots.give(this.#id);
    }
  }

  #neverSent(item: Item): void {
    const fact = { roomId: this.#roomId, n: item.n };
    this.#deps.log.error(fact, 'webhooks: a fact was trimmed before it was delivered');
    this.#outcomes.died(item, 'trimmed', null, this.#nowMs());
    this.#queue.finish(item, this.#nowMs());
  }

  #arrived(item: Item): void {
    this.#outcomes.arrived(item);
    this.#queue.finish(item, this.#nowMs());
    if (this.#health.succeeded()) this.#queue.rouse();
  }

  async #failed(item: Item, { outcome, status, retryAfterMs }: Attempt): Promise<void> {
    this.#health.failed(item.n, retryAfterMs);
    const nowMs = this.#nowMs();
    const waitMs = retryDelayMs(item.attempts, item.firstAtMs, nowMs, this.#deps.random);
    if (waitMs === undefined) {
      this.#outcomes.died(item, outcome, status, nowMs);
      this.#queue.finish(item, nowMs);
    } else {
      const delayMs = Math.max(waitMs, retryAfterMs ?? 0);
      for (const each of this.#queue.fail(item, nowMs + delayMs))
        this.#outcomes.wait(each, each === item ? delayMs : 0);
    }
    if (status !== 410) return;
    this.#stopping = true;
    await this.#deps.onGone();
  }

  /** What has been under way for long is stored as pending, with what waits behind it. */
  #parkSlow(): void {
    const nowMs = performance.now();
    for (const item of this.#active.keys()) {
      if (item.startedMs === undefined || nowMs - item.startedMs < PARK_AFTER_MS) continue;
      for (const each of this.#queue.parkAll(item)) this.#outcomes.wait(each, 0);
    }
  }

  #bury(): Promise<void> {
    return bury({
      ...{ queue: this.#queue, reader: this.#reader, outcomes: this.#outcomes, health: this.#health },
      nowMs: () => this.#nowMs(),
      stopping: () => this.#stopping,
      settle: async () => void (await this.#settle(false)),
    });
  }

  /** Stores the outcomes, and renews or gives back the lease. While Redis is away, as long as the lease may last. */
  async #settle(release: boolean): Promise<boolean> {
    for (;;) {
      try {
        const more = await this.#trySettle(release);
        this.#away = false;
        return more;
      } catch (error) {
        this.#away = true;
        const late = performance.now() - this.#settledMs > LANE_LEASE_MS;
        if (!(error instanceof StoreError) || late || this.#breaker.broken) throw error;
        await delay(AWAY_RETRY_MS);
      }
    }
  }

  async #trySettle(release: boolean): Promise<boolean> {
    const { cursor } = this.#queue;
    const snapshot = this.#outcomes.snapshot();
    const { cameBack } = this.#health;
    if (snapshot.dead.length > 0) await this.#deps.beforeDead();
    const { nowMs, more } = await this.#deps.store.settle(this.#roomId, this.#id, this.#claim.token, {
      ...LaneOutcomes.told(snapshot),
      ...{ cursor: cursor.n, cursorAt: cursor.atMs, release },
      failing: this.#health.failing,
      down: this.#health.down ?? false,
      rouse: cameBack,
      full: this.#full(),
      refillBelow: PENDING_MAX / 2,
      wakeAtMs: this.#queue.readyCount > 0 ? this.#nowMs() : this.#queue.wakeAtMs,
    });
    this.#settledMs = performance.now();
    this.#redisMs = nowMs;
    this.#claim.cursor = cursor.n;
    this.#outcomes.stored(snapshot, nowMs);
    if (cameBack) this.#health.told();
    if (snapshot.dead.length > 0) this.#deps.onDead(snapshot.dead.length);
    return more;
  }
}
