import type { RedisClient } from '../redis/client.ts';
import { guarded } from '../redis/errors.ts';
import type { Keys } from '../redis/keys.ts';
import { loadScripts, runScript, type Script } from '../redis/scripts.ts';
import { type LedgerEntry, readEntry } from './message.ts';

const scripts = loadScripts(import.meta.url, [
  'lane-open',
  'lane-claim',
  'lane-settle',
  'lane-refill',
  'lane-rouse',
  'lane-look',
  'lane-close',
]);

/** A lane is the way of one room's facts to one endpoint. Whoever holds it delivers. */
export type Claim = {
  token: number;
  /** Every fact up to here is delivered, pending or dead. */
  cursor: number;
  /** Messages that failed in a row, none arriving in between. */
  failing: number[];
  /** Probes in vain since the endpoint is down. */
  probes: number;
  /** undefined: it is not down. */
  downSinceMs: number | undefined;
  /** Dead letters up to this number are to be sent anew; 0 for none. */
  refillTo: number;
};
export type LaneState = 'idle' | 'missing' | 'held' | 'waiting' | 'taken';
export type Claimed = { endpointId: string; state: LaneState; claim?: Claim };

/** A message that failed, or waits behind one of its key that did. */
export type Pending = { n: number; dueAtMs: number; firstAtMs: number; attempts: number; key: string };

export type DeadLetter = {
  n: number;
  messageId: string;
  type: string;
  key: string;
  /** When it happened. */
  atMs: number;
  attempts: number;
  /** null: it was never sent; the endpoint was down all the time. */
  firstAtMs: number | null;
  diedAtMs: number;
  outcome: string;
  status: number | null;
};

export type Settlement = {
  cursor: number;
  /** Of the fact at the cursor. */
  cursorAt: number;
  done: number[];
  failed: [n: number, firstAtMs: number, attempts: number, delayMs: number, key: string][];
  dead: [n: number, json: string][];
  failing: string;
  down: { probes: number; probeInMs: number } | false;
  rouse: boolean;
  full: boolean;
  /** With fewer pending ones, there is place for dead letters that were asked for again. */
  refillBelow: number;
  /** 0: nothing waits for its time. */
  wakeAtMs: number;
  release: boolean;
};

export type LaneLook = {
  endpointId: string;
  /** undefined: the lane has not been opened yet. */
  cursor: number | undefined;
  pending: number;
  dead: number;
  /** Lowest number among pending and dead messages; 0 for none. */
  lowest: number;
  downSinceMs: number | undefined;
  /** Of the oldest fact after the cursor; undefined when there is none. */
  oldestAtMs: number | undefined;
};

/** The lane has another holder, or the ledger is not the one that was read: what was done here no longer counts. */
export class LaneLost extends Error {}

/** A node that dies delays a lane by this much. */
export const LANE_LEASE_MS = 2000;
export const DEAD_TTL_MS = 30 * 24 * 3_600_000;

export type LaneStoreDeps = { redis: RedisClient; keys: Keys; scriptNow: () => string };

/** Lanes in Redis, in the slot of their room: the only place that knows their scripts' codes. */
export class LaneStore {
  readonly #deps: LaneStoreDeps;

  constructor(deps: LaneStoreDeps) {
    this.#deps = deps;
  }

  /** `again`: what waited is let go, and the endpoint gets what happens from now on. */
  async open(roomId: string, id: string, from: { start: boolean; again?: boolean }): Promise<void> {
    await this.#run(scripts['lane-open'], roomId, { id, fromStart: from.start, again: from.again ?? false });
  }

  /** Takes lanes with work; those without `take` are left for another node. Also says Redis' time. */
  async claim(
    roomId: string,
    lanes: readonly { id: string; take: boolean }[],
  ): Promise<{ nowMs: number; lanes: Claimed[] }> {
    const [nowMs, ...found] = (await this.#run(scripts['lane-claim'], roomId, {
      lanes: lanes.map(({ id, take }) => [id, take]),
      leaseMs: LANE_LEASE_MS,
    })) as [string, ...string[][]];
    return { nowMs: Number(nowMs), lanes: found.map(readClaimed) };
  }

  /** @throws LaneLost */
  async settle(
    roomId: string,
    id: string,
    token: number,
    settlement: Settlement,
  ): Promise<{ nowMs: number; more: boolean }> {
    const args = { id, token, leaseMs: LANE_LEASE_MS, ...settlement };
    const [code, nowMs, more] = (await this.#run(scripts['lane-settle'], roomId, args)) as [
      number,
      string?,
      number?,
    ];
    if (code !== 0) throw new LaneLost(code === 1 ? 'another node has the lane' : 'the ledger went back');
    return { nowMs: Number(nowMs), more: more === 1 };
  }

  /** @throws LaneLost */
  async refill(roomId: string, id: string, token: number, max: number): Promise<void> {
    const [code] = (await this.#run(scripts['lane-refill'], roomId, { id, token, max })) as [number];
    if (code !== 0) throw new LaneLost('another node has the lane');
  }

  /** `n`: one dead letter is to be sent anew; `all`: all of them; else what waits is to wait no longer. */
  async rouse(roomId: string, id: string, what: { n?: number; all?: boolean } = {}): Promise<number> {
    const args = { id, n: what.n ?? 0, all: what.all ?? false };
    return Math.max(0, (await this.#run(scripts['lane-rouse'], roomId, args)) as number);
  }

  async look(
    roomId: string,
    ids: readonly string[],
  ): Promise<{ nowMs: number; head: number; lanes: LaneLook[] }> {
    const args = { ids, deadTtlMs: DEAD_TTL_MS };
    const [nowMs, head, ...lanes] = (await this.#run(scripts['lane-look'], roomId, args)) as [
      string,
      string,
      ...(string | number)[][],
    ];
    return { nowMs: Number(nowMs), head: Number(head), lanes: lanes.map(readLook) };
  }

  /** Removes what an endpoint has in a room; `wakeOnly`: only that it is to be looked at. */
  async close(roomId: string, id: string, wakeOnly = false): Promise<void> {
    await this.#run(scripts['lane-close'], roomId, { id, wakeOnly });
  }

  async pending(roomId: string, id: string): Promise<Pending[]> {
    const key = this.#deps.keys.room(roomId).webhookPending(id);
    const found = await guarded(() => this.#deps.redis.hgetall(key));
    return Object.entries(found).map(([n, value]) => {
      const [, due, first, attempts, name = ''] = /^(\d+) (\d+) (\d+) (.*)$/.exec(value) ?? [];
      return {
        ...{ n: Number(n), dueAtMs: Number(due), firstAtMs: Number(first) },
        ...{ attempts: Number(attempts), key: name },
      };
    });
  }

  /** Dead letters of a room with a number above `afterN`, oldest facts first. */
  async dead(roomId: string, id: string, afterN: number, limit: number): Promise<DeadLetter[]> {
    const key = this.#deps.keys.room(roomId).webhookDead(id);
    const found = await guarded(() =>
      this.#deps.redis.zrangebyscore(key, `(${afterN}`, '+inf', 'LIMIT', 0, limit),
    );
    return found.map((json) => JSON.parse(json) as DeadLetter);
  }

  /** Facts from number `fromN` on. */
  async facts(roomId: string, fromN: number, count: number): Promise<LedgerEntry[]> {
    const { ledger } = this.#deps.keys.room(roomId);
    return (await guarded(() => this.#deps.redis.xrange(ledger, `${fromN}-0`, '+', 'COUNT', count))).map(
      readEntry,
    );
  }

  /** One fact; undefined when it is not in the ledger any more. */
  async fact(roomId: string, n: number): Promise<LedgerEntry | undefined> {
    const [entry] = await this.facts(roomId, n, 1);
    return entry?.n === n ? entry : undefined;
  }

  #run(script: Script, roomId: string, args: object): Promise<unknown> {
    const { head, ledger, due, webhooks } = this.#deps.keys.room(roomId);
    const all: Record<string, string> = { head, ledger, due, webhooks };
    const named = Object.fromEntries(script.keys.map((name) => [name, all[name] ?? '']));
    return runScript(this.#deps.redis, script, named, [this.#deps.scriptNow(), JSON.stringify(args)]);
  }
}

function readClaimed(reply: string[]): Claimed {
  const [endpointId = '', state, token, cursor, failing = '', probes, downSince, refillTo] = reply;
  if (state !== 'taken') return { endpointId, state: state as LaneState };
  const claim = {
    token: Number(token),
    cursor: Number(cursor),
    failing: failing === '' ? [] : failing.split(',').map(Number),
    probes: Number(probes),
    downSinceMs: downSince === '0' ? undefined : Number(downSince),
    refillTo: Number(refillTo),
  };
  return { endpointId, state, claim };
}

function readLook(reply: (string | number)[]): LaneLook {
  const [id, cursor, pending, dead, lowest, downSince, oldest] = reply;
  return {
    endpointId: String(id),
    cursor: Number(cursor) < 0 ? undefined : Number(cursor),
    ...{ pending: Number(pending), dead: Number(dead), lowest: Number(lowest) },
    downSinceMs: Number(downSince) || undefined,
    oldestAtMs: Number(oldest) || undefined,
  };
}
