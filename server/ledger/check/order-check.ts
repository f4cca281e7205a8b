import type { OrderFactKind } from '../../../shared/trade/facts.ts';
import { MAX_ORDER_LINES, orderNo } from '../../../shared/trade/order.ts';
import { unitsMove } from '../../../shared/trade/replay.ts';
import type { Invariant } from './findings.ts';
import {
  FLAG,
  hashOfText,
  identityOf,
  type OrderData,
  STEPS,
  shapeProblem,
  stateCode,
  stateName,
} from './order-facts.ts';
import { OrderKeeper } from './order-keeper.ts';
import type { RawFact, Replay } from './replay.ts';
import { freeOf, type SaleReplay } from './sale-replay.ts';

/** A number so far off must not make the tables grow. */
const GAP_MAX = 1000;

/** Checks the facts of orders, and carries them out. Nothing is allocated for a fact that is right. */
export class OrderCheck {
  readonly #replay: Replay;
  readonly #keeper: OrderKeeper;
  /** What is looked at, for whatever has to be reported. */
  #n = 0;
  #orderId = '';

  constructor(replay: Replay) {
    this.#replay = replay;
    this.#keeper = new OrderKeeper(replay);
  }

  /** Returns the data when it has the shape of its kind. */
  add(kind: OrderFactKind, fact: RawFact, value: unknown): OrderData | undefined {
    this.#n = fact.n;
    this.#orderId = '';
    const wrong = shapeProblem(kind, value);
    if (wrong) {
      this.#report(2, `this ${kind} cannot be read: ${wrong}`);
      return undefined;
    }
    const order = value as OrderData;
    this.#orderId = order.orderId;
    const identity = identityOf(order.userId, order.lines, order.amountMinor, order.currency);
    if (!(kind === 'order-held' ? this.#begin(fact, order) : this.#known(order, identity))) return order;
    this.#step(kind, order);
    if (kind === 'order-paid' && order.from !== 'HELD') this.#latePayment(order);
    else if (kind === 'order-refund-required') this.#refundRequired(order);
    else if (kind === 'order-expired') this.#expired(fact, order);
    const row = this.#keeper.row;
    if (order.unitsReturned === true && (row.flags & FLAG.returned || order.from === 'REFUND_REQUIRED')) {
      this.#report(1, 'its units go back on sale though the order has none');
    } else this.#move(kind, order);
    this.#keeper.keep(kind, fact, order, identity);
    return order;
  }

  #report(invariant: Invariant, message: string, saleId?: string): void {
    this.#replay.findings.report(invariant, message, {
      n: this.#n,
      ...(this.#orderId === '' ? {} : { orderId: this.#orderId }),
      ...(saleId === undefined ? {} : { saleId }),
    });
  }

  /** A new order: its number, its lines and its amount. */
  #begin(fact: RawFact, order: OrderData): boolean {
    const { lastNo } = this.#replay;
    if (order.no <= lastNo) {
      this.#report(3, `order number ${order.no} begins a second time`);
      return false;
    }
    if (order.no !== lastNo + 1) {
      this.#report(2, `order number ${order.no} follows ${lastNo}: the numbers have a gap`);
      if (order.no > lastNo + GAP_MAX) return false;
    }
    this.#replay.lastNo = order.no;
    if (orderNo(order.orderId) !== order.no) this.#report(2, `its id does not have its number ${order.no}`);
    this.#keeper.begin(hashOfText(order.orderId));
    this.#replay.countOrder(order.userId);
    if (fact.actor !== (order.source === 'waitlist' ? 'system' : order.userId))
      this.#report(2, `${fact.actor} made an order of ${order.userId}`);
    if ((order.holdExpiresAtMs ?? 0) <= fact.at) this.#report(7, 'the hold ends before it begins');
    this.#lines(fact, order);
    return true;
  }

  #lines(fact: RawFact, order: OrderData): void {
    const { lines } = order;
    const { currency } = this.#replay;
    let amount = 0;
    if (lines.length > MAX_ORDER_LINES) this.#report(2, `it has ${lines.length} lines`);
    for (let i = 0; i < lines.length; i += 1) {
      const line = lines[i] as OrderData['lines'][number];
      amount += line.quantity * line.priceMinor;
      const sale = this.#replay.sales.get(line.saleId);
      if (!sale) {
        this.#report(2, `there is no sale ${line.saleId} before it`, line.saleId);
        continue;
      }
      if (i > 0 && lines.findIndex((other) => other.saleId === line.saleId) !== i)
        this.#report(6, 'it has two lines of one sale', line.saleId);
      if (
        line.priceMinor !== sale.priceMinor ||
        line.title !== sale.title ||
        line.productId !== sale.productId
      )
        this.#report(2, 'its line has another product, title or price than the sale', line.saleId);
      this.#mayTake(fact, order, sale, line.quantity);
    }
    if (amount !== order.amountMinor || !Number.isSafeInteger(amount))
      this.#report(2, `its lines come to ${amount}, its amount is ${order.amountMinor}`);
    if (currency !== undefined && order.currency !== currency)
      this.#report(2, `it is in ${order.currency}, the room sells in ${currency}`);
  }

  /** Whether units may be taken of this sale at this moment. */
  #mayTake(fact: RawFact, order: OrderData, sale: SaleReplay, quantity: number): void {
    const { saleId, phase } = sale;
    if (order.source === 'waitlist') {
      if (phase !== 'open' && phase !== 'ended') this.#report(3, `a unit is offered while ${phase}`, saleId);
      return;
    }
    if (phase !== 'open') this.#report(3, `units are taken while the sale is ${phase}`, saleId);
    const free = freeOf(sale);
    if (quantity <= sale.available && quantity > free)
      this.#report(1, `takes ${quantity}, but ${free} are free: the others are for those in line`, saleId);
    const holdMs = (order.holdExpiresAtMs ?? 0) - fact.at;
    if (order.source === 'grab' && sale.holdMs !== undefined && holdMs !== sale.holdMs)
      this.#report(7, `the hold lasts ${holdMs} ms, the sale says ${sale.holdMs}`, saleId);
  }

  /** Reads an order that should exist, and compares what never changes. */
  #known(order: OrderData, identity: number): boolean {
    const row = order.no <= this.#replay.lastNo ? this.#keeper.find(order.no) : undefined;
    if (!row) {
      this.#report(3, `there is no order ${order.orderId} before it`);
      return false;
    }
    if (row.id !== hashOfText(order.orderId)) this.#report(2, `order number ${order.no} has another id`);
    if (row.identity !== identity)
      this.#report(2, 'it has another buyer, other lines or another amount than when it was held');
    return true;
  }

  /** The step must be one that exists, from the state that the order is in. */
  #step(kind: OrderFactKind, order: OrderData): void {
    const { from, to } = STEPS[kind];
    const { row } = this.#keeper;
    if (!from.includes(order.from) || order.to !== to)
      this.#report(3, `${kind} does not lead from ${order.from} to ${order.to}`);
    if (row.state !== stateCode(order.from))
      this.#report(3, `${kind} from ${order.from}, but the order is ${stateName(row.state)}`);
    if (kind === 'order-fulfilled' && row.flags & FLAG.fulfilled) this.#report(3, 'it is fulfilled twice');
  }

  /** What stands in the way of giving a late payer the units, as pay.lua decides it. */
  #obstacle(order: OrderData): 'SOLD_OUT' | 'LIMIT_REACHED' | undefined {
    for (const { saleId, quantity } of order.lines) {
      const sale = this.#replay.sales.get(saleId);
      if (!sale) continue;
      if (this.#replay.unitsOf(sale, order.userId) + quantity > sale.limitPerBuyer) return 'LIMIT_REACHED';
      if (quantity > freeOf(sale)) return 'SOLD_OUT';
    }
    return undefined;
  }

  #latePayment(order: OrderData): void {
    const obstacle = this.#obstacle(order);
    if (obstacle) this.#report(8, `a late payment got units in spite of ${obstacle}`);
  }

  #refundRequired(order: OrderData): void {
    const obstacle = this.#obstacle(order) ?? 'nothing';
    if (obstacle !== order.reason)
      this.#report(8, `a refund is required because of ${order.reason}; ${obstacle} was in the way`);
  }

  #expired(fact: RawFact, order: OrderData): void {
    const deadlineMs = this.#replay.holds.get(order.no);
    if (deadlineMs === undefined) return;
    if (fact.at < deadlineMs)
      this.#report(7, `the hold expires ${deadlineMs - fact.at} ms before its deadline`);
    this.#replay.late.note(deadlineMs, fact.at, 'expired', { n: fact.n, orderId: order.orderId });
  }

  #move(kind: OrderFactKind, order: OrderData): void {
    const move = unitsMove(kind, order.from, order.unitsReturned === true);
    if (!move) return;
    for (const { saleId, quantity } of order.lines) {
      const sale = this.#replay.sales.get(saleId);
      if (!sale) continue;
      if (move.to === 'available' && sale.available === 0) sale.epoch += 1;
      sale[move.from] -= quantity;
      sale[move.to] += quantity;
      if (sale[move.from] < 0)
        this.#report(1, `${kind} leaves ${sale[move.from]} units ${move.from}`, saleId);
      if (move.from === 'available') {
        const units = this.#replay.addUnits(sale, order.userId, quantity);
        if (units > sale.limitPerBuyer)
          this.#report(6, `${order.userId} has ${units} units, the limit is ${sale.limitPerBuyer}`, saleId);
      } else if (move.to === 'available') {
        if (this.#replay.addUnits(sale, order.userId, -quantity) < 0)
          this.#report(6, `${order.userId} gives back more units than they had`, saleId);
      }
    }
  }
}
