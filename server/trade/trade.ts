import type { SaleErrorCode } from '../../shared/trade/errors.ts';
import { TRADE_LIMITS } from '../../shared/trade/limits.ts';
import { buyersOrder, type OrderRecord } from '../../shared/trade/order.ts';
import type { Observer } from '../kernel/observer.ts';
import { type Refusal, refuse } from '../kernel/outcome.ts';
import type { RandomSource } from '../kernel/random.ts';
import type { RedisClient } from '../redis/client.ts';
import type { DueQueue } from '../redis/due-queue.ts';
import type { Keys } from '../redis/keys.ts';
import { opField } from '../redis/reply.ts';
import { runScript, type Script } from '../redis/scripts.ts';

/** Who wants something done, and under which opId; `fingerprint` is of the input. */
export type Op = { actor: string; opId: string; fingerprint: string };

export type TradeDeps = {
  redis: RedisClient;
  keys: Keys;
  due: DueQueue;
  random: RandomSource;
  observer: Pick<Observer, 'order'>;
  /** '' in production (Redis' own time); tests pass theirs. */
  scriptNow: () => string;
  notify: (roomId: string, userId: string, name: string, data: unknown) => void;
};

/** How long a result is kept under its opId. */
export const OP_HORIZON_MS = 24 * 3_600_000;
/** Well under the grace that settling leaves an announcement. */
const ANNOUNCED_FOR_MS = 2000;

/** The same in every call, so that it is made once. */
const RULES = JSON.stringify({
  offerMs: TRADE_LIMITS.offerMs.value,
  strike: {
    max: TRADE_LIMITS.unpaidHoldsMax.value,
    windowMs: TRADE_LIMITS.unpaidWindowMs.value,
    pauseMs: TRADE_LIMITS.unpaidPauseMs.value,
  },
});

/**
 * Runs the scripts that move units and change orders. Each is one atomic step that writes order, stock,
 * ledger and event log together; whoever the step concerns is told afterwards.
 */
export class Trade {
  readonly #deps: TradeDeps;

  constructor(deps: TradeDeps) {
    this.#deps = deps;
  }

  /** Args of a script that takes an opId. */
  opArgs(op: Op): object {
    const { actor, opId, fingerprint } = op;
    return { actor, opId, fingerprint, field: opField(actor, opId) };
  }

  /** A script whose reply is `{ code, payload, orders, passedOver }`: tells the buyers, returns the first two. */
  async run(script: Script, roomId: string, args: object): Promise<[code: number, payload: string]> {
    const reply = await this.call(script, roomId, args);
    const [code, payload = '', changed = [], passedOver = []] = reply as [
      number,
      string?,
      string[]?,
      string[]?,
    ];
    this.tell(
      roomId,
      changed.map((json) => JSON.parse(json) as OrderRecord),
    );
    for (const json of passedOver) {
      const { userId, ...data } = JSON.parse(json) as { userId: string; saleId: string; reason: string };
      this.#deps.notify(roomId, userId, 'flash-sale:waitlist-passed-over', data);
    }
    return [code, payload];
  }

  /**
   * Any script of a room whose ARGV are `nowMs args rules`. One opId means one thing in all of them. The room is announced before, so that whatever the
   * script leaves to be done later (a deadline, facts to deliver) is found even if this node dies; and
   * once more after a call so slow that a poller may have settled the room in between.
   */
  async call(
    script: Script,
    roomId: string,
    args: object,
    more: Readonly<Record<string, string>> = {},
  ): Promise<unknown> {
    const { due, redis, keys, random, scriptNow } = this.#deps;
    await due.announce(roomId, 0);
    const announcedAtMs = performance.now();
    const room = keys.room(roomId);
    const all: Record<string, string> = {
      ...{ head: room.head, events: room.events, ledger: room.ledger, due: room.due },
      ...{
        ops: room.ops('trade'),
        opAges: room.opAges('trade'),
        sales: room.sales,
        salesRunning: room.salesRunning,
      },
      ...{ orders: room.orders, ordersOf: room.ordersOf, strikes: room.strikes },
      ...{ sanctions: room.sanctions, fans: room.fans },
      ...more,
    };
    const named = Object.fromEntries(Object.entries(all).filter(([name]) => script.keys.includes(name)));
    const reply = await runScript(redis, script, named, [
      scriptNow(),
      JSON.stringify({ opHorizonMs: OP_HORIZON_MS, idSeed: random.id('seed'), ...withoutNulls(args) }),
      RULES,
    ]);
    if (performance.now() - announcedAtMs > ANNOUNCED_FOR_MS) await due.announce(roomId, 0);
    return reply;
  }

  /** Tells buyers, on all of their devices, what became of their orders. Each change comes here once. */
  tell(roomId: string, records: readonly OrderRecord[]): void {
    for (const record of records) {
      this.#deps.observer.order(transitionOf(record), record.source);
      this.#deps.notify(roomId, record.userId, 'order:changed', { order: buyersOrder(record) });
    }
  }
}

/** null is as good as left out; in Lua it would be something. */
function withoutNulls(args: object): object {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null));
}

/** What has just happened to an order, for metrics. */
function transitionOf({ state, late, fulfilledAtMs }: OrderRecord): string {
  if (state === 'PAID' && fulfilledAtMs !== null) return 'fulfilled';
  if (state === 'PAID' && late) return 'paid-late';
  return state.toLowerCase().replaceAll('_', '-');
}

/** Codes 10 to 19 of the scripts that take units; `path` names the field that says which sale. */
export function saleRefusal(code: number, detail: string, path: string): Refusal<SaleErrorCode> | undefined {
  switch (code) {
    case 10:
      return refuse('SALE_NOT_FOUND', { path });
    case 11:
      return refuse('NOT_OPEN', { retryAfterMs: Number(detail), path });
    case 12:
      return refuse('PAUSED', { path });
    case 13:
      return refuse('ENDED', { path });
    case 14:
      return refuse('TOO_MANY_HOLDS', { retryAfterMs: Number(detail) });
    case 15:
      return refuse('LIMIT_REACHED', { path });
    case 16:
      return refuse('SOLD_OUT', { path });
    case 17:
      return refuse('TOKEN_REQUIRED', { path });
    case 19:
      return refuse('FANS_FIRST', { retryAfterMs: Number(detail), path });
    default:
      return undefined;
  }
}
