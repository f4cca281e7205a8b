import { type HeartsSnapshot, heartsContract } from '../../../shared/plays/hearts/contract.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Log } from '../../kernel/log.ts';
import { type Outcome, ok, refuse } from '../../kernel/outcome.ts';
import type { Reader } from '../../kernel/play.ts';
import type { RedisClient } from '../../redis/client.ts';
import type { DueQueue } from '../../redis/due-queue.ts';
import type { Keys } from '../../redis/keys.ts';
import { REPLY } from '../../redis/reply.ts';
import { loadScripts, runScript } from '../../redis/scripts.ts';
import { type Gift, GiftLine, type Given } from './gift-line.ts';

const { give } = loadScripts(import.meta.url, ['give']);

/** Gifts that one call of the script takes; more wait for the next, with other commands in between. */
const GIFTS_AT_ONCE = 500;
const EVERY_MS = heartsContract.limits.countedIntervalMs.value;
const NO_SESSION = 10;

export type HeartsOutcome = Outcome<{ total: number }, 'NO_SESSION' | 'BANNED'>;

export type HeartsDeps = {
  redis: RedisClient;
  keys: Keys;
  due: Pick<DueQueue, 'announce'>;
  clock: Pick<Clock, 'monotonicMs'>;
  log: Log;
  scriptNow: () => string;
};

/** The hearts of rooms: gathered on each node, counted in Redis, told by whichever node comes first. */
export class HeartsStore {
  readonly #deps: HeartsDeps;
  readonly #lines = new Map<string, GiftLine<HeartsOutcome>>();

  constructor(deps: HeartsDeps) {
    this.#deps = deps;
  }

  give(roomId: string, gift: Gift): Promise<HeartsOutcome> {
    return this.#line(roomId).give(gift);
  }

  /** Tells the room a total that no node has told: the one that counted it is gone. */
  async tell(roomId: string): Promise<void> {
    await this.#run(roomId, []);
  }

  /** Counts what waits, and tells what can be told. Never rejects. */
  async flush(): Promise<void> {
    await Promise.all([...this.#lines.values()].map((line) => line.flush()));
  }

  async close(): Promise<void> {
    const lines = [...this.#lines];
    await this.flush();
    for (const [, line] of lines) line.stop();
    const untold = lines.filter(([, line]) => line.isUntold);
    // Other nodes look at once instead of at the next sweep.
    await Promise.allSettled(untold.map(([roomId]) => this.#deps.due.announce(roomId, EVERY_MS)));
  }

  #line(roomId: string): GiftLine<HeartsOutcome> {
    const known = this.#lines.get(roomId);
    if (known) return known;
    for (const [id, line] of this.#lines) if (line.isSpent) this.#lines.delete(id);
    const line = new GiftLine<HeartsOutcome>({
      give: (gifts) => this.#run(roomId, gifts),
      clock: this.#deps.clock,
      everyMs: EVERY_MS,
      maxSize: GIFTS_AT_ONCE,
      onTellFailed: (err) => this.#deps.log.debug({ roomId, err }, 'the hearts of a room were not told'),
    });
    this.#lines.set(roomId, line);
    return line;
  }

  async #run(roomId: string, gifts: readonly Gift[]): Promise<Given<HeartsOutcome>> {
    const { redis, keys, scriptNow } = this.#deps;
    const { head, events, due, sanctions, hearts } = keys.room(roomId);
    const argv = [
      scriptNow(),
      JSON.stringify(gifts.map(({ userId, count }) => [userId, count])),
      String(EVERY_MS),
    ];
    const reply = await runScript(redis, give, { head, events, due, sanctions, hearts }, argv);
    const [total, waitMs, codes] = reply as [number, number, number[]];
    return {
      outcomes: codes.map((code) => outcomeOf(code, total)),
      untoldForMs: waitMs < 0 ? null : waitMs,
    };
  }
}

function outcomeOf(code: number, total: number): HeartsOutcome {
  switch (code) {
    case REPLY.DONE:
      return ok({ total });
    case REPLY.BANNED:
      return refuse('BANNED');
    case NO_SESSION:
      return refuse('NO_SESSION');
    default:
      throw new Error(`give.lua answered the unknown code ${code}`);
  }
}

export const heartsReader: Reader<HeartsSnapshot> = {
  queue(pipe, keys) {
    pipe.hget(keys.head, 'sessionNo');
    pipe.hmget(keys.hearts, 'no', 'total');
  },
  parse(replies) {
    const [sessionNo, [no, total]] = replies as [string | null, [string | null, string | null]];
    // Those of an earlier show are not of this one, to which nobody has given any yet.
    return { total: no === (sessionNo ?? '0') ? Number(total) : 0 };
  },
};
