import type { CommandInput } from '../../../shared/kernel/contract.ts';
import { MAX_UNITS } from '../../../shared/kernel/units.ts';
import {
  FLASH_SALE_LIMITS,
  type FlashSale,
  flashSaleContract,
  type Hold,
} from '../../../shared/plays/flash-sale/contract.ts';
import { type Outcome, ok, refuse } from '../../kernel/outcome.ts';
import type { RedisClient } from '../../redis/client.ts';
import type { DueQueue } from '../../redis/due-queue.ts';
import { guarded } from '../../redis/errors.ts';
import type { Keys } from '../../redis/keys.ts';
import { mapReply, opField } from '../../redis/reply.ts';
import { loadScripts, runScript } from '../../redis/scripts.ts';
import { readSale } from './flash-sale.reader.ts';

const scripts = loadScripts(import.meta.url, [
  'schedule',
  'steer',
  'grab',
  'expire',
  'tick',
  'sold-out',
  'read',
]);

const OP_HORIZON_MS = 24 * 3_600_000;
/** Well under the grace that settling leaves an announcement. */
const ANNOUNCED_FOR_MS = 2000;
const MIN_HOLD_MS = 30_000;
const MIN_DURATION_MS = 10_000;
/** Above this many buyers, a sold-out sale is asked of Redis each time rather than kept on the node. */
const SOLD_OUT_BUYERS_MAX = 20_000;

export type Op = { actor: string; opId: string; fingerprint: string };
export type ScheduleInput = Omit<CommandInput<typeof flashSaleContract, 'flash-sale:schedule'>, 'opId'>;
export type SteerVerb = 'open' | 'pause' | 'resume' | 'extend' | 'close';
export type GrabRequest = {
  userId: string;
  opId: string;
  fingerprint: string;
  quantity: number;
  holdId: string;
};
export type GrabRefusal =
  | 'SALE_NOT_FOUND'
  | 'NOT_OPEN'
  | 'PAUSED'
  | 'ENDED'
  | 'TOO_MANY_HOLDS'
  | 'LIMIT_REACHED'
  | 'SOLD_OUT'
  | 'IDEMPOTENCY_MISMATCH';
export type GrabOutcome = Outcome<Hold, GrabRefusal>;

export type FlashSaleStoreDeps = {
  redis: RedisClient;
  keys: Keys;
  due: DueQueue;
  /** '' in production (Redis' own time); tests pass theirs. */
  scriptNow: () => string;
};

/** Flash sales in Redis: the only place that knows their scripts' codes. */
export class FlashSaleStore {
  readonly #deps: FlashSaleStoreDeps;

  constructor(deps: FlashSaleStoreDeps) {
    this.#deps = deps;
  }

  async schedule(
    roomId: string,
    op: Op,
    saleId: string,
    input: ScheduleInput,
  ): Promise<Outcome<FlashSale, 'PRODUCT_NOT_FOUND' | 'TOO_MANY_SALES' | 'IDEMPOTENCY_MISMATCH'>> {
    const slow = await this.#announce(roomId, input.opensInMs);
    const { products, sales } = this.#deps.keys.room(roomId);
    const { opensInMs, compareAtMinor, compareAtBasis, ...terms } = input;
    const sale = {
      ...terms,
      saleId,
      compareAtMinor: compareAtMinor === null ? '' : String(compareAtMinor),
      compareAtBasis: compareAtBasis ?? '',
    };
    const args = { sale, opensInMs, runningMax: flashSaleContract.limits.runningMax.value };
    const reply = await this.#write('schedule', roomId, saleId, op, args, { products, sales });
    await slow();
    const refusals = { 10: 'PRODUCT_NOT_FOUND', 11: 'TOO_MANY_SALES' } as const;
    const outcome = mapReply('schedule', reply, refusals, (id) => id);
    return outcome.ok ? ok(await this.#sale(roomId, outcome.data)) : outcome;
  }

  async steer(
    roomId: string,
    op: Op,
    saleId: string,
    verb: SteerVerb,
    by: { byMs?: number } = {},
  ): Promise<Outcome<FlashSale, 'SALE_NOT_FOUND' | 'WRONG_PHASE' | 'IDEMPOTENCY_MISMATCH'>> {
    const slow = verb === 'open' ? await this.#announce(roomId, MIN_DURATION_MS) : undefined;
    const reply = await this.#write('steer', roomId, saleId, op, { verb, saleId, ...by }, {});
    await slow?.();
    const outcome = mapReply('steer', reply, { 10: 'SALE_NOT_FOUND', 11: 'WRONG_PHASE' }, (id) => id);
    return outcome.ok ? ok(await this.#sale(roomId, outcome.data)) : outcome;
  }

  async restock(
    roomId: string,
    op: Op,
    saleId: string,
    units: number,
  ): Promise<
    Outcome<FlashSale, 'SALE_NOT_FOUND' | 'WRONG_PHASE' | 'STOCK_TOO_LARGE' | 'IDEMPOTENCY_MISMATCH'>
  > {
    const args = { verb: 'restock', saleId, units, stockMax: MAX_UNITS };
    const reply = await this.#write('steer', roomId, saleId, op, args, {});
    const refusals = { 10: 'SALE_NOT_FOUND', 11: 'WRONG_PHASE', 12: 'STOCK_TOO_LARGE' } as const;
    const outcome = mapReply('steer', reply, refusals, (id) => id);
    return outcome.ok ? ok(await this.#sale(roomId, outcome.data)) : outcome;
  }

  /** Decides grabs of one sale in their order, in one call. */
  async grab(roomId: string, saleId: string, requests: readonly GrabRequest[]): Promise<GrabOutcome[]> {
    const slow = await this.#announce(roomId, MIN_HOLD_MS);
    const room = this.#deps.keys.room(roomId);
    const { head, events, ledger, due, salesRunning, holds, holders, strikes } = room;
    const args = {
      opHorizonMs: OP_HORIZON_MS,
      strikeMax: FLASH_SALE_LIMITS.unpaidHoldsMax.value,
      strikeWindowMs: FLASH_SALE_LIMITS.unpaidWindowMs.value,
      strikePauseMs: FLASH_SALE_LIMITS.unpaidPauseMs.value,
      grabs: requests.map((r) => [r.userId, r.opId, r.fingerprint, r.quantity, r.holdId]),
    };
    const reply = await runScript(
      this.#deps.redis,
      scripts.grab,
      {
        ...{ head, events, ledger, due, salesRunning, holds, holders, strikes },
        ...{ ops: room.ops('flash-sale'), opAges: room.opAges('flash-sale') },
        ...{ sale: room.sale(saleId), buyers: room.buyers(saleId) },
      },
      [this.#deps.scriptNow(), JSON.stringify(args)],
    );
    await slow();
    return (reply as [number, string | undefined][]).map(grabOutcome);
  }

  /** Ends the holds whose deadline has passed; returns whose they were. */
  async expire(
    roomId: string,
    saleId: string,
    holdIds: readonly string[],
  ): Promise<{ userId: string; holdId: string }[]> {
    const room = this.#deps.keys.room(roomId);
    const { head, events, ledger, due, holds, holders, strikes } = room;
    const args = {
      saleId,
      strikeWindowMs: FLASH_SALE_LIMITS.unpaidWindowMs.value,
      strikePauseMs: FLASH_SALE_LIMITS.unpaidPauseMs.value,
      holdIds,
    };
    const reply = (await runScript(
      this.#deps.redis,
      scripts.expire,
      {
        head,
        events,
        ledger,
        due,
        holds,
        holders,
        strikes,
        sale: room.sale(saleId),
        buyers: room.buyers(saleId),
      },
      [this.#deps.scriptNow(), JSON.stringify(args)],
    )) as string[];
    const ended: { userId: string; holdId: string }[] = [];
    for (let i = 0; i < reply.length; i += 2) {
      ended.push({ userId: reply[i] as string, holdId: reply[i + 1] as string });
    }
    return ended;
  }

  /** Opens or closes a sale whose time has come. */
  async tick(roomId: string, saleId: string): Promise<void> {
    const room = this.#deps.keys.room(roomId);
    const { head, events, ledger, due, salesRunning } = room;
    const keys = { head, events, ledger, due, salesRunning, sale: room.sale(saleId) };
    await runScript(this.#deps.redis, scripts.tick, keys, [this.#deps.scriptNow(), saleId]);
  }

  /** Who has or had units of a sold-out sale, and its epoch; undefined while it has units or is not open. */
  async soldOut(
    roomId: string,
    saleId: string,
  ): Promise<{ epoch: number; buyers: ReadonlySet<string> } | undefined> {
    const room = this.#deps.keys.room(roomId);
    const keys = { sale: room.sale(saleId), buyers: room.buyers(saleId) };
    const reply = await runScript(this.#deps.redis, scripts['sold-out'], keys, [String(SOLD_OUT_BUYERS_MAX)]);
    const [yes, epoch, buyers] = reply as [number, number, string[]];
    return yes === 1 ? { epoch, buyers: new Set(buyers) } : undefined;
  }

  /** The sales that run, and the latest. Newest first. */
  async list(roomId: string): Promise<FlashSale[]> {
    const { sales, salesRunning } = this.#deps.keys.room(roomId);
    const kept = [String(FLASH_SALE_LIMITS.salesKept.value)];
    const reply = (await runScript(
      this.#deps.redis,
      scripts.read,
      { sales, salesRunning },
      kept,
    )) as string[][];
    return reply.map(readSale);
  }

  /**
   * Announces a deadline to come. What it returns is called after the write: if that took so long
   * that a poller may have settled the room in between, the room is announced again.
   */
  async #announce(roomId: string, inMs: number): Promise<() => Promise<void>> {
    await this.#deps.due.announce(roomId, inMs);
    const announcedAtMs = performance.now();
    return async () => {
      if (performance.now() - announcedAtMs > ANNOUNCED_FOR_MS) await this.#deps.due.announce(roomId, 0);
    };
  }

  async #sale(roomId: string, saleId: string): Promise<FlashSale> {
    const fields = await guarded(() => this.#deps.redis.hgetall(this.#deps.keys.room(roomId).sale(saleId)));
    return readSale(Object.entries(fields).flat());
  }

  #write(
    script: 'schedule' | 'steer',
    roomId: string,
    saleId: string,
    op: Op,
    args: object,
    more: Record<string, string>,
  ): Promise<unknown> {
    const room = this.#deps.keys.room(roomId);
    const { head, events, ledger, due, salesRunning } = room;
    const ops = { ops: room.ops('flash-sale'), opAges: room.opAges('flash-sale') };
    const keys = { head, events, ledger, due, salesRunning, ...ops, sale: room.sale(saleId), ...more };
    return runScript(this.#deps.redis, scripts[script], keys, [
      this.#deps.scriptNow(),
      opField(op.actor, op.opId),
      op.fingerprint,
      JSON.stringify({ ...args, actor: op.actor, opId: op.opId, opHorizonMs: OP_HORIZON_MS }),
    ]);
  }
}

/** Codes of lua/grab.lua. */
function grabOutcome([code, detail = '']: [number, string | undefined]): GrabOutcome {
  switch (code) {
    case 0:
    case 1:
      return ok(JSON.parse(detail) as Hold);
    case 2:
      return refuse('IDEMPOTENCY_MISMATCH');
    case 10:
      return refuse('SALE_NOT_FOUND', { path: 'saleId' });
    case 11:
      return refuse('NOT_OPEN', { retryAfterMs: Number(detail) });
    case 12:
      return refuse('PAUSED');
    case 13:
      return refuse('ENDED');
    case 14:
      return refuse('TOO_MANY_HOLDS', { retryAfterMs: Number(detail) });
    case 15:
      return refuse('LIMIT_REACHED');
    case 16:
      return refuse('SOLD_OUT');
    default:
      throw new Error(`grab.lua answered the unknown code ${code}`);
  }
}
