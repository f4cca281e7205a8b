import { TRADE_LIMITS } from '../../../shared/trade/limits.ts';
import type { OrderRecord, OrderSource, OrderState } from '../../../shared/trade/order.ts';
import {
  cancelledState,
  canRefund,
  countsAsUnpaid,
  decidePay,
  lateObstacle,
  type Payment,
  refundReturns,
} from '../order.rules.ts';
import {
  type BuyerState,
  type Column,
  decideOffer,
  decideTake,
  decideWait,
  freeUnits,
  lineOutlives,
  moveUnits,
  pauseLeftMs,
  phaseAt,
  phaseRefusal,
  returnUnits,
  type SaleState,
} from '../sale.rules.ts';

export type ModelSale = Omit<SaleState, 'waiting'> & {
  saleId: string;
  productId: string;
  title: string;
  priceMinor: number;
  currency: string;
  durationMs: number;
  holdMs: number;
  /** First in line first. */
  line: string[];
  taken: Map<string, number>;
  /** Times that the last unit went. */
  soldOuts: number;
};

/** An order but for its id, which is random. */
export type ModelOrder = Omit<OrderRecord, 'orderId'>;
export type SteerVerb = 'open' | 'pause' | 'resume' | 'close';

const PAUSE_RULE = {
  max: TRADE_LIMITS.unpaidHoldsMax.value,
  windowMs: TRADE_LIMITS.unpaidWindowMs.value,
  pauseMs: TRADE_LIMITS.unpaidPauseMs.value,
};

/**
 * The money core in memory: what a room's sales, orders and lines must be after any history. Answers are 'OK'
 * or an error code. Sales open and end by the clock alone, as if a poller were never late.
 */
export class ModelRoom {
  nowMs: number;
  readonly sales = new Map<string, ModelSale>();
  /** By number, from 1. */
  readonly orders: ModelOrder[] = [];
  readonly passedOver: { userId: string; saleId: string; reason: string }[] = [];
  readonly #unpaid = new Map<string, number[]>();
  readonly #cartHoldMs: number;
  readonly #waitlistMax: number;

  constructor(options: { nowMs: number; cartHoldMs: number; waitlistMax: number }) {
    this.nowMs = options.nowMs;
    this.#cartHoldMs = options.cartHoldMs;
    this.#waitlistMax = options.waitlistMax;
  }

  sale(saleId: string): ModelSale {
    const sale = this.sales.get(saleId);
    if (!sale) throw new Error(`no sale ${saleId}`);
    return sale;
  }

  order(no: number): ModelOrder {
    const order = this.orders[no - 1];
    if (!order) throw new Error(`no order ${no}`);
    return order;
  }

  advance(ms: number): void {
    this.nowMs += ms;
    for (const saleId of this.sales.keys()) this.#tick(saleId);
  }

  grab(saleId: string, userId: string, quantity: number): string {
    const verdict = decideTake(this.#state(saleId), this.#buyer(saleId, userId), quantity, this.nowMs);
    if (verdict !== 'HELD') return verdict;
    this.#step([saleId], () => {
      this.#hold('grab', userId, [{ saleId, quantity }], this.sale(saleId).holdMs);
    });
    return 'OK';
  }

  /** Lines of different sales. */
  cart(userId: string, lines: readonly { saleId: string; quantity: number }[]): string {
    for (const { saleId } of lines) {
      const refusal = phaseRefusal(this.sale(saleId), this.nowMs);
      if (refusal) return refusal;
    }
    for (const { saleId, quantity } of lines) {
      const verdict = decideTake(this.#state(saleId), this.#buyer(saleId, userId), quantity, this.nowMs);
      if (verdict !== 'HELD') return verdict;
    }
    this.#step(
      lines.map(({ saleId }) => saleId),
      () => this.#hold('cart', userId, lines, this.#cartHoldMs),
    );
    return 'OK';
  }

  pay(no: number, payment: Payment): string {
    const order = this.order(no);
    const verdict = decidePay(order, payment);
    if (verdict === 'SAME') return 'OK';
    if (verdict !== 'IN_TIME' && verdict !== 'LATE') return verdict;
    const paid = { paymentRef: payment.paymentRef, paidAtMs: this.nowMs, late: verdict === 'LATE' };
    const obstacle = verdict === 'LATE' ? this.#obstacle(order) : undefined;
    if (obstacle) this.#change(order, 'REFUND_REQUIRED', undefined, { ...paid, reason: obstacle });
    else this.#change(order, 'PAID', [verdict === 'LATE' ? 'available' : 'held', 'sold'], paid);
    return 'OK';
  }

  release(no: number, userId: string): string {
    const order = this.order(no);
    if (order.userId !== userId) return 'ORDER_NOT_FOUND';
    if (order.state !== 'HELD') return 'WRONG_STATE';
    if (countsAsUnpaid(order, this.nowMs)) this.#strike(userId);
    this.#change(order, 'RELEASED', ['held', 'available']);
    return 'OK';
  }

  /** All holds whose deadline has passed, in one step, oldest first. */
  expire(): void {
    const due = this.orders.filter(
      ({ state, holdExpiresAtMs }) => state === 'HELD' && holdExpiresAtMs <= this.nowMs,
    );
    const sales = due.flatMap(({ lines }) => lines.map(({ saleId }) => saleId));
    this.#step(sales, () => {
      for (const order of due) {
        if (countsAsUnpaid(order, this.nowMs)) this.#strike(order.userId);
        this.#move(order, 'held', 'available');
        Object.assign(order, { state: 'EXPIRED', updatedAtMs: this.nowMs });
      }
    });
  }

  cancel(no: number, reason: string, unitsBack: boolean): string {
    const order = this.order(no);
    const to = cancelledState(order.state);
    if (!to) return 'WRONG_STATE';
    if (to === 'RELEASED') this.#change(order, to, ['held', 'available'], { reason });
    else {
      const more = { reason, cancelledAtMs: this.nowMs, unitsReturned: unitsBack };
      this.#change(order, to, unitsBack ? ['sold', 'available'] : undefined, more);
    }
    return 'OK';
  }

  refund(no: number, reason: string, unitsBack: boolean): string {
    const order = this.order(no);
    if (!canRefund(order.state)) return 'WRONG_STATE';
    const back = refundReturns(order, unitsBack);
    this.#change(order, 'REFUNDED', back ? ['sold', 'available'] : undefined, {
      ...{ reason, refundedAtMs: this.nowMs, unitsReturned: order.unitsReturned || back },
    });
    return 'OK';
  }

  fulfil(no: number): string {
    const order = this.order(no);
    if (order.state !== 'PAID' || order.fulfilledAtMs !== null) return 'WRONG_STATE';
    this.#change(order, 'PAID', undefined, { fulfilledAtMs: this.nowMs });
    return 'OK';
  }

  restock(saleId: string, units: number): string {
    if (phaseAt(this.sale(saleId), this.nowMs) === 'ended') return 'WRONG_PHASE';
    return this.correct(saleId, units);
  }

  correct(saleId: string, units: number): string {
    const sale = this.sale(saleId);
    const state = this.#state(saleId);
    if (-units > freeUnits(state)) return 'STOCK_TOO_SMALL';
    this.#step([saleId], () => {
      const next = units > 0 ? returnUnits(sale, units) : { ...sale, available: sale.available + units };
      this.sales.set(saleId, { ...next, total: sale.total + units });
    });
    return 'OK';
  }

  steer(saleId: string, verb: SteerVerb): string {
    const sale = this.sale(saleId);
    const needed = {
      open: ['scheduled'],
      pause: ['open'],
      resume: ['paused'],
      close: ['scheduled', 'open', 'paused'],
    };
    if (!needed[verb].includes(phaseAt(sale, this.nowMs))) return 'WRONG_PHASE';
    if (verb === 'open') {
      Object.assign(sale, { phase: 'open', opensAtMs: this.nowMs, endsAtMs: this.nowMs + sale.durationMs });
    } else if (verb === 'close') this.#end(sale, 'host');
    else if (verb === 'pause') sale.phase = 'paused';
    else {
      this.#step([saleId], () => {
        sale.phase = 'open';
      });
    }
    return 'OK';
  }

  wait(saleId: string, userId: string): string {
    const sale = this.sale(saleId);
    if (sale.line.includes(userId)) return 'OK';
    const buyer = this.#buyer(saleId, userId);
    const verdict = decideWait(this.#state(saleId), buyer, this.#waitlistMax, this.nowMs);
    if (verdict !== 'WAITING') return verdict;
    sale.line.push(userId);
    return 'OK';
  }

  stopWaiting(saleId: string, userId: string): string {
    const { line } = this.sale(saleId);
    if (!line.includes(userId)) return 'NOT_WAITING';
    line.splice(line.indexOf(userId), 1);
    return 'OK';
  }

  #state(saleId: string): SaleState {
    const sale = this.sale(saleId);
    return { ...sale, waiting: sale.line.length };
  }

  #buyer(saleId: string, userId: string): BuyerState {
    const pausedMs = pauseLeftMs(this.#unpaid.get(userId) ?? [], this.nowMs, PAUSE_RULE);
    return { taken: this.sale(saleId).taken.get(userId) ?? 0, pausedMs };
  }

  #strike(userId: string): void {
    this.#unpaid.set(userId, [...(this.#unpaid.get(userId) ?? []), this.nowMs]);
  }

  #obstacle(order: ModelOrder): string | undefined {
    for (const { saleId, quantity } of order.lines) {
      const state = this.#state(saleId);
      const { taken } = this.#buyer(saleId, order.userId);
      const found = lateObstacle({
        quantity,
        taken,
        free: freeUnits(state),
        limitPerBuyer: state.limitPerBuyer,
      });
      if (found) return found;
    }
    return undefined;
  }

  /** Does something to these sales; whoever is in line then gets what came back, in the order of the sales. */
  #step(saleIds: readonly string[], work: () => void): void {
    const ids = [...new Set(saleIds)];
    const before = ids.map((saleId) => this.sale(saleId).available);
    work();
    for (const [i, saleId] of ids.entries()) {
      this.#serve(saleId);
      const sale = this.sale(saleId);
      if ((before[i] as number) > 0 && sale.available === 0) sale.soldOuts += 1;
    }
  }

  #serve(saleId: string): void {
    for (;;) {
      const sale = this.sale(saleId);
      const [userId] = sale.line;
      if (sale.phase === 'paused' || userId === undefined || sale.available === 0) break;
      sale.line.shift();
      const verdict = decideOffer(sale, this.#buyer(saleId, userId));
      if (verdict === 'offered') {
        this.#hold('waitlist', userId, [{ saleId, quantity: 1 }], TRADE_LIMITS.offerMs.value);
      } else this.passedOver.push({ userId, saleId, reason: verdict });
    }
    const sale = this.sale(saleId);
    if (sale.phase === 'ended' && !lineOutlives(sale, 'time')) sale.line = [];
  }

  #hold(
    source: OrderSource,
    userId: string,
    lines: readonly { saleId: string; quantity: number }[],
    holdMs: number,
  ): void {
    const full = lines.map(({ saleId, quantity }) => {
      const { productId, title, priceMinor } = this.sale(saleId);
      return { saleId, productId, title, quantity, priceMinor };
    });
    const order: ModelOrder = {
      ...{ no: this.orders.length + 1, state: 'HELD', source, userId, lines: full },
      amountMinor: full.reduce((sum, { quantity, priceMinor }) => sum + quantity * priceMinor, 0),
      currency: this.sale(lines[0]?.saleId ?? '').currency,
      ...{ createdAtMs: this.nowMs, updatedAtMs: this.nowMs, holdExpiresAtMs: this.nowMs + holdMs },
      ...{ paidAtMs: null, fulfilledAtMs: null, cancelledAtMs: null, refundedAtMs: null },
      ...{
        paymentRef: null,
        late: false,
        reason: null,
        refundRef: null,
        trackingRef: null,
        unitsReturned: false,
      },
    };
    this.orders.push(order);
    this.#move(order, 'available', 'held');
  }

  #change(
    order: ModelOrder,
    state: OrderState,
    move: [Column, Column] | undefined,
    fields: Partial<ModelOrder> = {},
  ): void {
    const sales = move ? order.lines.map(({ saleId }) => saleId) : [];
    this.#step(sales, () => {
      if (move) this.#move(order, ...move);
      Object.assign(order, { state, updatedAtMs: this.nowMs, ...fields });
    });
  }

  #move(order: ModelOrder, from: Column, to: Column): void {
    for (const { saleId, quantity } of order.lines) {
      const sale = moveUnits(this.sale(saleId), quantity, from, to);
      this.sales.set(saleId, sale);
      const change = to === 'available' ? -quantity : from === 'available' ? quantity : 0;
      sale.taken.set(order.userId, (sale.taken.get(order.userId) ?? 0) + change);
    }
  }

  #tick(saleId: string): void {
    const sale = this.sale(saleId);
    if (sale.phase === 'scheduled' && this.nowMs >= sale.opensAtMs) {
      Object.assign(sale, { phase: 'open', endsAtMs: sale.opensAtMs + sale.durationMs });
    }
    if (sale.phase !== 'ended' && phaseAt(sale, this.nowMs) === 'ended') this.#end(sale, 'time');
  }

  #end(sale: ModelSale, by: 'time' | 'host'): void {
    if (!lineOutlives(sale, by)) sale.line = [];
    sale.phase = 'ended';
    sale.endsAtMs = Math.min(sale.endsAtMs, this.nowMs);
  }
}
