import type { CommandInput } from '../../../shared/kernel/contract.ts';
import { MAX_UNITS } from '../../../shared/kernel/units.ts';
import {
  FLASH_SALE_LIMITS,
  type FlashSale,
  flashSaleContract,
  type SaleGuard,
} from '../../../shared/plays/flash-sale/contract.ts';
import type { SaleErrorCode } from '../../../shared/trade/errors.ts';
import type { OrderRecord } from '../../../shared/trade/order.ts';
import { type Outcome, ok, type Refusal, refuse } from '../../kernel/outcome.ts';
import type { RedisClient } from '../../redis/client.ts';
import { guarded } from '../../redis/errors.ts';
import type { Keys } from '../../redis/keys.ts';
import { mapReply, type OpRefusal } from '../../redis/reply.ts';
import { loadScripts, runScript } from '../../redis/scripts.ts';
import { type Op, saleRefusal, type Trade } from '../../trade/trade.ts';
import { readSale } from './flash-sale.reader.ts';

const scripts = loadScripts(import.meta.url, [
  'schedule',
  'steer',
  'grab',
  'tick',
  'sold-out',
  'read',
  'wait',
  'stop-waiting',
]);

/** Above this many buyers, a sold-out sale is asked of Redis each time rather than kept on the node. */
const SOLD_OUT_BUYERS_MAX = 20_000;

type ScheduleCommand = CommandInput<typeof flashSaleContract, 'flash-sale:schedule'>;
/** Left out: nobody comes first. */
type Early = Partial<Pick<ScheduleCommand, 'earlyLevel' | 'earlyMs'>>;
export type ScheduleInput = Omit<ScheduleCommand, 'opId' | keyof Early> & Early;
export type SteerVerb = 'open' | 'pause' | 'resume' | 'extend' | 'close';

/** What a grab brought: nothing, a good token, or a good token and a good proof of work. */
export type ProofLevel = 0 | 1 | 2;
export type GrabRequest = {
  userId: string;
  opId: string;
  fingerprint: string;
  quantity: number;
  proofLevel: ProofLevel;
};
export type GrabRefusal = SaleErrorCode | OpRefusal;
/** `seq` and `atMs`: where in the room's log, and when, it was decided. */
export type Decided = { seq: number; atMs: number };
export type GrabOutcome = Outcome<OrderRecord, GrabRefusal> & Decided;

/** A place in line, as it was at `seq`. */
export type Place = { position: number; waiting: number; seq: number };
export type WaitRefusal =
  | Exclude<SaleErrorCode, 'SOLD_OUT' | 'TOKEN_REQUIRED' | 'FANS_FIRST'>
  | 'NOT_SOLD_OUT'
  | 'WAITLIST_FULL'
  | OpRefusal;

type SteerRefusal = 'SALE_NOT_FOUND' | 'WRONG_PHASE' | OpRefusal;

export type FlashSaleStoreDeps = { redis: RedisClient; keys: Keys; trade: Trade };

/** Flash sales in Redis: the only place that knows their scripts' codes. */
export class FlashSaleStore {
  readonly #redis: RedisClient;
  readonly #keys: Keys;
  readonly #trade: Trade;

  constructor({ redis, keys, trade }: FlashSaleStoreDeps) {
    this.#redis = redis;
    this.#keys = keys;
    this.#trade = trade;
  }

  async schedule(
    roomId: string,
    op: Op,
    saleId: string,
    input: ScheduleInput,
  ): Promise<Outcome<FlashSale, 'PRODUCT_NOT_FOUND' | 'TOO_MANY_SALES' | OpRefusal>> {
    const { products, meta } = this.#keys.room(roomId);
    const { opensInMs, compareAtMinor, compareAtBasis, ...terms } = input;
    const sale = {
      ...{ earlyLevel: 0, earlyMs: 0 },
      ...terms,
      saleId,
      compareAtMinor: compareAtMinor === null ? '' : String(compareAtMinor),
      compareAtBasis: compareAtBasis ?? '',
    };
    const args = {
      ...this.#trade.opArgs(op),
      sale,
      opensInMs,
      runningMax: flashSaleContract.limits.runningMax.value,
    };
    const reply = await this.#trade.call(scripts.schedule, roomId, args, { products, meta });
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
  ): Promise<Outcome<FlashSale, SteerRefusal>> {
    const reply = await this.#steer(roomId, op, { verb, saleId, ...by });
    const outcome = mapReply('steer', reply, { 10: 'SALE_NOT_FOUND', 11: 'WRONG_PHASE' }, (id) => id);
    return outcome.ok ? ok(await this.#sale(roomId, outcome.data)) : outcome;
  }

  async restock(
    roomId: string,
    op: Op,
    saleId: string,
    units: number,
  ): Promise<Outcome<FlashSale, SteerRefusal | 'STOCK_TOO_LARGE'>> {
    const reply = await this.#steer(roomId, op, { verb: 'restock', saleId, units, stockMax: MAX_UNITS });
    const refusals = { 10: 'SALE_NOT_FOUND', 11: 'WRONG_PHASE', 12: 'STOCK_TOO_LARGE' } as const;
    const outcome = mapReply('steer', reply, refusals, (id) => id);
    return outcome.ok ? ok(await this.#sale(roomId, outcome.data)) : outcome;
  }

  /** Units found (above 0) or lost (below 0), in any phase. What buyers hold or wait for can't be written off. */
  async correct(
    roomId: string,
    op: Op,
    saleId: string,
    correction: { units: number; reason: string },
  ): Promise<Outcome<FlashSale, 'SALE_NOT_FOUND' | 'STOCK_TOO_LARGE' | 'STOCK_TOO_SMALL' | OpRefusal>> {
    const reply = await this.#steer(roomId, op, {
      verb: 'correct',
      saleId,
      ...correction,
      stockMax: MAX_UNITS,
    });
    const refusals = { 10: 'SALE_NOT_FOUND', 12: 'STOCK_TOO_LARGE', 13: 'STOCK_TOO_SMALL' } as const;
    const outcome = mapReply('steer', reply, refusals, (id) => id);
    return outcome.ok ? ok(await this.#sale(roomId, outcome.data)) : outcome;
  }

  /** Decides grabs of one sale in their order, in one call. */
  async grab(roomId: string, saleId: string, requests: readonly GrabRequest[]): Promise<GrabOutcome[]> {
    const grabs = requests.map((r) => [r.userId, r.opId, r.fingerprint, r.quantity, r.proofLevel]);
    const reply = await this.#trade.call(scripts.grab, roomId, { saleId, grabs });
    const [seq, atMs, results] = reply as [number, number, GrabReply[]];
    const outcomes = results.map(grabOutcome);
    this.#trade.tell(
      roomId,
      outcomes.flatMap((outcome, i) => (outcome.ok && results[i]?.[0] === 0 ? [outcome.data] : [])),
    );
    return outcomes.map((outcome, i) => {
      // What a retry is told was decided then: the units may be gone by now.
      const seqOfThen = results[i]?.[2];
      if (!outcome.ok || seqOfThen === undefined) return { ...outcome, seq, atMs };
      return { ...outcome, seq: seqOfThen, atMs: outcome.data.createdAtMs };
    });
  }

  /** Puts a buyer at the end of the line; one who is in line already keeps the place. */
  async wait(roomId: string, op: Op, saleId: string): Promise<Outcome<Place, WaitRefusal>> {
    const waitlistMax = FLASH_SALE_LIMITS.waitlistMax.value;
    const args = { ...this.#trade.opArgs(op), saleId, user: op.actor, waitlistMax };
    const reply = await this.#trade.call(scripts.wait, roomId, args);
    const [code, detail] = reply as [number, [number, number, number] & string];
    switch (code) {
      case 0:
      case 1: {
        const [position, waiting, seq] = detail;
        return ok({ position, waiting, seq });
      }
      case 2:
        return refuse('IDEMPOTENCY_MISMATCH');
      case 3:
        return refuse('BANNED');
      case 16:
        return refuse('NOT_SOLD_OUT');
      case 17:
        return refuse('WAITLIST_FULL', { retryAfterMs: FLASH_SALE_LIMITS.offerMs.value });
      default: {
        const refusal = saleRefusal(code, detail, 'saleId');
        if (!refusal) throw new Error(`wait.lua answered the unknown code ${code}`);
        return refusal as Refusal<WaitRefusal>;
      }
    }
  }

  async stopWaiting(
    roomId: string,
    op: Op,
    saleId: string,
  ): Promise<Outcome<unknown, 'SALE_NOT_FOUND' | 'NOT_WAITING' | OpRefusal>> {
    const args = { ...this.#trade.opArgs(op), saleId, user: op.actor };
    const reply = await this.#trade.call(scripts['stop-waiting'], roomId, args);
    return mapReply('stop-waiting', reply, { 10: 'SALE_NOT_FOUND', 11: 'NOT_WAITING' }, () => ({}));
  }

  /** Opens or closes a sale whose time has come, or goes on serving its line. */
  async tick(roomId: string, saleId: string): Promise<void> {
    let more = '';
    do {
      [, more] = await this.#trade.run(scripts.tick, roomId, { saleId });
    } while (more !== '');
  }

  /** Who has or had units of a sold-out sale, and its epoch; undefined while it has units or is not open. */
  async soldOut(
    roomId: string,
    saleId: string,
  ): Promise<{ epoch: number; buyers: ReadonlySet<string> } | undefined> {
    const room = this.#keys.room(roomId);
    const keys = { sales: room.sales, saleBuyers: room.buyers(saleId) };
    const argv = [saleId, String(SOLD_OUT_BUYERS_MAX)];
    const [yes, epoch, buyers] = (await runScript(this.#redis, scripts['sold-out'], keys, argv)) as [
      number,
      number,
      string[],
    ];
    return yes === 1 ? { epoch, buyers: new Set(buyers) } : undefined;
  }

  /** What a grab of this sale must bring, and when it may come; undefined for an unknown sale. */
  async guardOf(
    roomId: string,
    saleId: string,
  ): Promise<{ guard: SaleGuard; opensAtMs: number; endsAtMs: number; ended: boolean } | undefined> {
    const key = this.#keys.room(roomId).sale(saleId);
    const [guard, opensAtMs, endsAtMs, phase] = await guarded(() =>
      this.#redis.hmget(key, 'guard', 'opensAtMs', 'endsAtMs', 'phase'),
    );
    if (!guard) return undefined;
    return {
      guard: guard as SaleGuard,
      opensAtMs: Number(opensAtMs),
      endsAtMs: Number(endsAtMs),
      ended: phase === 'ended',
    };
  }

  /** The sales that run, and the latest. Newest first. */
  async list(roomId: string): Promise<FlashSale[]> {
    const { sales, salesRunning } = this.#keys.room(roomId);
    const kept = [String(FLASH_SALE_LIMITS.salesKept.value)];
    const reply = (await runScript(this.#redis, scripts.read, { sales, salesRunning }, kept)) as string[][];
    return reply.map(readSale);
  }

  async read(roomId: string, saleId: string): Promise<FlashSale | undefined> {
    const fields = await guarded(() => this.#redis.hgetall(this.#keys.room(roomId).sale(saleId)));
    const flat = Object.entries(fields).flat();
    return flat.length === 0 ? undefined : readSale(flat);
  }

  async #sale(roomId: string, saleId: string): Promise<FlashSale> {
    const sale = await this.read(roomId, saleId);
    if (!sale) throw new Error('a sale that was written is gone');
    return sale;
  }

  #steer(roomId: string, op: Op, args: object): Promise<[number, string]> {
    return this.#trade.run(scripts.steer, roomId, { ...this.#trade.opArgs(op), ...args });
  }
}

type GrabReply = [code: number, detail?: string, seqOfReplay?: number];

/** Codes of lua/grab.lua. */
function grabOutcome([code, detail = '']: GrabReply): Outcome<OrderRecord, GrabRefusal> {
  if (code === 0 || code === 1) return ok(JSON.parse(detail) as OrderRecord);
  if (code === 2) return refuse('IDEMPOTENCY_MISMATCH');
  if (code === 3) return refuse('BANNED');
  const refusal = saleRefusal(code, detail, 'saleId');
  if (!refusal) throw new Error(`grab.lua answered the unknown code ${code}`);
  return refusal;
}
