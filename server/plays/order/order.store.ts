import { ORDER_LIMITS } from '../../../shared/plays/order/contract.ts';
import type { SaleErrorCode } from '../../../shared/trade/errors.ts';
import { type OrderRecord, type OrderState, orderNo } from '../../../shared/trade/order.ts';
import { type Outcome, ok, type Refusal, refuse } from '../../kernel/outcome.ts';
import type { RedisClient } from '../../redis/client.ts';
import { guarded } from '../../redis/errors.ts';
import { unwrap } from '../../redis/event-log.ts';
import type { Keys } from '../../redis/keys.ts';
import { mapReply, type OpRefusal } from '../../redis/reply.ts';
import { loadScripts, runScript } from '../../redis/scripts.ts';
import { readOrder } from '../../trade/order-record.ts';
import { type Op, saleRefusal, type Trade } from '../../trade/trade.ts';

const scripts = loadScripts(import.meta.url, [
  'hold',
  'expire',
  'release',
  'pay',
  'cancel',
  'refund',
  'fulfil',
  'mine',
]);

/** One sale of a cart; `proofLevel` as for a grab; `place` of its first line in what the buyer sent. */
export type CartLine = { saleId: string; quantity: number; proofLevel: 0 | 1 | 2; place: number };
export type HoldRefusal = SaleErrorCode | 'AMOUNT_TOO_LARGE' | OpRefusal;
export type HoldOutcome = Outcome<OrderRecord, HoldRefusal> & { seq: number; atMs: number };

export type Payment = { amountMinor: number; currency: string; paymentRef: string };
type Change<Code extends string> = Promise<Outcome<OrderRecord, Code | 'ORDER_NOT_FOUND' | OpRefusal>>;

/** Orders looked at for one page, so that a filter that finds nothing ends. */
const SCANNED_MAX = 1000;
const READ_AT_ONCE = 100;

export type OrderStoreDeps = { redis: RedisClient; keys: Keys; trade: Trade };

/** Orders in Redis: the only place that knows their scripts' codes. */
export class OrderStore {
  readonly #redis: RedisClient;
  readonly #keys: Keys;
  readonly #trade: Trade;

  constructor({ redis, keys, trade }: OrderStoreDeps) {
    this.#redis = redis;
    this.#keys = keys;
    this.#trade = trade;
  }

  /** Reserves all lines (one a sale) or nothing. `path` of a refusal names the line by its place. */
  async hold(roomId: string, op: Op, lines: readonly CartLine[]): Promise<HoldOutcome> {
    const reply = await this.#trade.call(scripts.hold, roomId, {
      ...this.#trade.opArgs(op),
      user: op.actor,
      lines: lines.map((line) => [line.saleId, line.quantity, line.proofLevel]),
      holdMs: ORDER_LIMITS.cartHoldMs.value,
      amountMax: ORDER_LIMITS.amountMax.value,
    });
    const [seq, atMs, code, detail, line] = reply as [number, number, number, string, number];
    const place = lines[line]?.place;
    const outcome = holdOutcome(code, detail, place === undefined ? 'lines' : `lines.${place}.saleId`);
    if (code === 0 && outcome.ok) this.#trade.tell(roomId, [outcome.data]);
    // What a retry is told was decided then: the units may be gone by now.
    return { ...outcome, seq, atMs: outcome.ok ? outcome.data.createdAtMs : atMs };
  }

  /** A buyer gives up a hold of theirs. */
  release(roomId: string, op: Op, orderId: string): Change<'WRONG_STATE'> {
    return this.#change('release', roomId, op, orderId, { user: op.actor }, { 11: 'WRONG_STATE' });
  }

  /**
   * The merchant says that an order is paid. After the hold has ended, the units are reserved anew (`PAID`) or,
   * where they can't be, the order is `REFUND_REQUIRED`.
   */
  pay(
    roomId: string,
    op: Op,
    orderId: string,
    payment: Payment,
  ): Change<'WRONG_STATE' | 'PAID_ALREADY' | 'AMOUNT_MISMATCH'> {
    const refusals = { 11: 'WRONG_STATE', 12: 'PAID_ALREADY', 13: 'AMOUNT_MISMATCH' } as const;
    return this.#change('pay', roomId, op, orderId, payment, refusals);
  }

  /** Releases a hold, or cancels a paid order; then units return only if told to. */
  cancel(
    roomId: string,
    op: Op,
    orderId: string,
    how: { reason: string; returnUnits: boolean },
  ): Change<'WRONG_STATE'> {
    return this.#change('cancel', roomId, op, orderId, how, { 11: 'WRONG_STATE' });
  }

  /** The money has been given back. Units return only if told to, and once. */
  refund(
    roomId: string,
    op: Op,
    orderId: string,
    how: { reason: string; refundRef?: string | undefined; returnUnits: boolean },
  ): Change<'WRONG_STATE'> {
    return this.#change('refund', roomId, op, orderId, how, { 11: 'WRONG_STATE' });
  }

  fulfil(
    roomId: string,
    op: Op,
    orderId: string,
    how: { trackingRef?: string | undefined },
  ): Change<'WRONG_STATE'> {
    return this.#change('fulfil', roomId, op, orderId, how, { 11: 'WRONG_STATE' });
  }

  /** Ends the holds whose deadline has passed. */
  async expire(roomId: string, nos: readonly number[]): Promise<void> {
    await this.#trade.run(scripts.expire, roomId, { nos });
  }

  async read(roomId: string, orderId: string): Promise<OrderRecord | undefined> {
    const [record] = await this.#readNos(roomId, [orderNo(orderId)]);
    return record?.orderId === orderId ? record : undefined;
  }

  /** Orders of one buyer, newest first. `before`: the number to go on below. */
  async mine(
    roomId: string,
    userId: string,
    limit: number,
    before?: number,
  ): Promise<{ orders: OrderRecord[]; nextCursor: number | null }> {
    const { orders, ordersOf } = this.#keys.room(roomId);
    const argv = [userId, before === undefined ? '' : String(before), String(limit + 1)];
    const reply = (await runScript(this.#redis, scripts.mine, { orders, ordersOf }, argv)) as string[][];
    const page = reply.slice(0, limit).map(readOrder);
    return { orders: page, nextCursor: reply.length > limit ? (page.at(-1)?.no ?? null) : null };
  }

  /** Number of the room's latest order; 0 when there was none. */
  async lastNo(roomId: string): Promise<number> {
    return Number((await guarded(() => this.#redis.hget(this.#keys.room(roomId).head, 'order'))) ?? 0);
  }

  /** Orders of a room, newest first. `before`: the number to go on below. */
  async list(
    roomId: string,
    limit: number,
    filter: { before?: number | undefined; state?: OrderState | undefined } = {},
  ): Promise<{ orders: OrderRecord[]; nextCursor: number | null }> {
    const top = Math.min(filter.before ?? Number.POSITIVE_INFINITY, (await this.lastNo(roomId)) + 1);
    const orders: OrderRecord[] = [];
    const floor = Math.max(1, top - SCANNED_MAX);
    for (let no = top; no > floor; ) {
      const low = Math.max(floor, no - READ_AT_ONCE);
      const nos = Array.from({ length: no - low }, (_, i) => no - 1 - i);
      for (const record of await this.#readNos(roomId, nos)) {
        if (!record || (filter.state !== undefined && record.state !== filter.state)) continue;
        orders.push(record);
        if (orders.length === limit) return { orders, nextCursor: record.no > 1 ? record.no : null };
      }
      no = low;
    }
    return { orders, nextCursor: floor > 1 ? floor : null };
  }

  /** All orders of a room, oldest first, a few at a time: memory stays the same however many there are. */
  async *all(roomId: string, fromNo = 1): AsyncGenerator<OrderRecord[]> {
    const last = await this.lastNo(roomId);
    for (let no = fromNo; no <= last; no += READ_AT_ONCE) {
      const nos = Array.from({ length: Math.min(READ_AT_ONCE, last - no + 1) }, (_, i) => no + i);
      yield (await this.#readNos(roomId, nos)).filter((record) => record !== undefined);
    }
  }

  async #readNos(roomId: string, nos: readonly number[]): Promise<(OrderRecord | undefined)[]> {
    const room = this.#keys.room(roomId);
    const pipe = this.#redis.pipeline();
    for (const no of nos) pipe.hgetall(room.order(no));
    const replies = unwrap(await guarded(() => pipe.exec())) as Record<string, string>[];
    return replies.map((fields) =>
      fields.orderId === undefined ? undefined : readOrder(Object.entries(fields).flat()),
    );
  }

  async #change<Code extends string>(
    name: 'release' | 'pay' | 'cancel' | 'refund' | 'fulfil',
    roomId: string,
    op: Op,
    orderId: string,
    args: object,
    refusals: Readonly<Record<number, Code>>,
  ): Change<Code> {
    const all = { ...this.#trade.opArgs(op), orderId, no: orderNo(orderId), ...args };
    const reply = await this.#trade.run(scripts[name], roomId, all);
    const codes = { 10: 'ORDER_NOT_FOUND', ...refusals } as Record<number, Code | 'ORDER_NOT_FOUND'>;
    return mapReply(name, reply, codes, (json) => JSON.parse(json) as OrderRecord);
  }
}

/** Codes of lua/hold.lua. */
function holdOutcome(code: number, detail: string, path: string): Outcome<OrderRecord, HoldRefusal> {
  if (code === 0 || code === 1) return ok(JSON.parse(detail) as OrderRecord);
  if (code === 2) return refuse('IDEMPOTENCY_MISMATCH');
  if (code === 3) return refuse('BANNED');
  if (code === 18) return refuse('AMOUNT_TOO_LARGE', { path: 'lines' });
  const refusal = saleRefusal(code, detail, path);
  if (!refusal) throw new Error(`hold.lua answered the unknown code ${code}`);
  return refusal as Refusal<HoldRefusal>;
}
