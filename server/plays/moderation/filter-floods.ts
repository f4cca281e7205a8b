import type { Clock } from '../../kernel/clock.ts';
import { TokenBucket } from '../../kernel/token-bucket.ts';

/** Of a user, in a window; whoever reaches it is paused: their messages are refused without being looked at. */
export const STOPS_MAX = 5;
export const STOPS_WINDOW_MS = 60_000;
export const PAUSE_MS = 30_000;
/** Messages that one node puts into the review queue of a room. */
export const HOLD_RATE = { perSecond: 20, burst: 100 } as const;
/** What the figures are of. */
const FIGURES_S = 10;

type User = { stopsMs: number[]; pausedUntilMs: number };
type Second = { at: number; blocked: number; held: number };
export type Figures = { blocked: number; held: number; users: number };

/** What the filters of this node stopped in one room, lately: for pauses and for the figures that staff see. */
export class RoomFlood {
  readonly #users = new Map<string, User>();
  readonly #seconds: Second[] = [];
  readonly #holds: TokenBucket;
  /** Whether the last figures that staff were told are of a time when something was stopped. */
  told = true;

  constructor(nowMs: number) {
    this.#holds = new TokenBucket(HOLD_RATE, nowMs);
  }

  /** Ms that this user is still paused; 0: not. */
  pausedFor(userId: string, nowMs: number): number {
    const user = this.#users.get(userId);
    return user ? Math.max(0, Math.ceil(user.pausedUntilMs - nowMs)) : 0;
  }

  /** Takes a place in the review queue: 0, or the ms to wait for one. */
  takeHold(nowMs: number): number {
    return this.#holds.take(nowMs);
  }

  stopped(userId: string, what: 'blocked' | 'held', nowMs: number): void {
    const user = this.#users.get(userId) ?? { stopsMs: [], pausedUntilMs: 0 };
    this.#users.set(userId, user);
    user.stopsMs = user.stopsMs.filter((at) => nowMs - at < STOPS_WINDOW_MS);
    user.stopsMs.push(nowMs);
    if (user.stopsMs.length >= STOPS_MAX) {
      user.pausedUntilMs = nowMs + PAUSE_MS;
      user.stopsMs = [nowMs];
    }
    const at = Math.floor(nowMs / 1000);
    let second = this.#seconds.at(-1);
    if (second?.at !== at) {
      second = { at, blocked: 0, held: 0 };
      this.#seconds.push(second);
    }
    second[what] += 1;
    this.told = false;
  }

  /** Of the last ten seconds on this node. Forgets what is older. */
  figures(nowMs: number): Figures {
    const from = Math.floor(nowMs / 1000) - FIGURES_S;
    while (this.#seconds[0] && this.#seconds[0].at <= from) this.#seconds.shift();
    const figures = { blocked: 0, held: 0, users: 0 };
    for (const { blocked, held } of this.#seconds) {
      figures.blocked += blocked;
      figures.held += held;
    }
    for (const [userId, { stopsMs, pausedUntilMs }] of this.#users) {
      const lastMs = stopsMs.at(-1) ?? 0;
      if (nowMs - lastMs < FIGURES_S * 1000) figures.users += 1;
      else if (nowMs - lastMs >= STOPS_WINDOW_MS && nowMs >= pausedUntilMs) this.#users.delete(userId);
    }
    return figures;
  }

  /** Nothing to remember. */
  get idle(): boolean {
    return this.#users.size === 0 && this.told;
  }
}

/** By room. */
export class Floods {
  readonly #rooms = new Map<string, RoomFlood>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  of(roomId: string): RoomFlood {
    let flood = this.#rooms.get(roomId);
    if (!flood) {
      flood = new RoomFlood(this.#clock.monotonicMs());
      this.#rooms.set(roomId, flood);
    }
    return flood;
  }

  /** Without making one. */
  find(roomId: string): RoomFlood | undefined {
    return this.#rooms.get(roomId);
  }

  /** Rooms in which something was stopped. */
  rooms(): [string, RoomFlood][] {
    for (const [roomId, flood] of this.#rooms) if (flood.idle) this.#rooms.delete(roomId);
    return [...this.#rooms];
  }
}
