import { SHOW_LIMITS } from '../../../shared/plays/show/contract.ts';
import type { FactData, OrderFactKind } from '../../../shared/trade/facts.ts';
import type { OrderLine } from '../../../shared/trade/order.ts';
import type { RawFact } from '../../ledger/check/replay.ts';
import { Curve, minuteOf, NOTHING, type Row } from './curve.ts';
import type { FactSink } from './ledger-tail.reader.ts';
import type { Show } from './show-book.reader.ts';

type OrderFact = Omit<FactData<OrderFactKind>, 'from' | 'to'> & { from: string | null; to: string };
type Money = Pick<Row, 'held' | 'paid' | 'revenueMinor'>;

const unitsOf = (lines: readonly OrderLine[]): number =>
  lines.reduce((sum, { quantity }) => sum + quantity, 0);

/** What one step of an order, or of one line of it, adds. Money that came is given back once, by the first who says so. */
function moneyOf(kind: string, from: string | null, units: number, amountMinor: number): Money | undefined {
  if (kind === 'order-held') return { held: units, paid: 0, revenueMinor: 0 };
  if (kind === 'order-paid') return { held: 0, paid: units, revenueMinor: amountMinor };
  if ((kind === 'order-refunded' || kind === 'order-cancelled') && from === 'PAID')
    return { held: 0, paid: 0, revenueMinor: -amountMinor };
  return undefined;
}

/** The last minutes of a room: all orders, whichever show they are of; and which of them changed last. */
export class MinutesTally implements FactSink {
  readonly #minutes = new Map<number, Row>();
  /** Order number → when it last changed; last changed last. */
  readonly #changed = new Map<number, number>();
  /** Orders that changed since somebody took them. */
  readonly dirty = new Set<number>();

  add({ kind, at, data }: RawFact): void {
    if (!kind.startsWith('order-')) return;
    const { no, from, lines, amountMinor } = JSON.parse(data) as OrderFact;
    this.#changed.delete(no);
    this.#changed.set(no, at);
    this.dirty.add(no);
    for (const oldest of this.#changed.keys()) {
      if (this.#changed.size <= SHOW_LIMITS.ordersShown.value) break;
      this.#changed.delete(oldest);
    }
    const money = moneyOf(kind, from, unitsOf(lines), amountMinor);
    if (!money) return;
    const minute = minuteOf(at);
    const row = this.#minutes.get(minute) ?? { ...NOTHING };
    this.#minutes.set(minute, row);
    row.held += money.held;
    row.paid += money.paid;
    row.revenueMinor += money.revenueMinor;
  }

  row(minute: number): Readonly<Row> {
    return this.#minutes.get(minute) ?? NOTHING;
  }

  /** Orders that changed since this minute began. */
  changedSince(minute: number): number[] {
    return [...this.#changed].flatMap(([no, at]) => (minuteOf(at) >= minute ? no : []));
  }

  forgetBefore(minute: number): void {
    for (const old of this.#minutes.keys()) if (old < minute) this.#minutes.delete(old);
  }
}

/** Of one sale during a show. */
export type SaleSums = { productId: string; title: string; priceMinor: number } & Money;

const DRAW_KINDS = new Set(['draw-announced', 'draw-closed', 'draw-drawn', 'draw-cancelled']);

/**
 * What the ledger says of one show: of the orders that were made between its first and its last fact, and what became
 * of them. An order is of one show at most, so nothing is in two reports.
 */
export class ShowTally implements FactSink {
  readonly curve: Curve;
  readonly sales = new Map<string, SaleSums | undefined>();
  readonly draws = new Set<string>();
  readonly buyers = new Set<string>();
  orders = 0;
  paidOrders = 0;
  returnedMinor = 0;
  isDone = false;
  readonly #show: Show;
  #lastNo: number;
  #endedAtMs: number | undefined;
  #lastFact = 0;

  constructor(show: Show) {
    this.#show = show;
    this.#lastNo = show.orderBefore;
    this.curve = new Curve(minuteOf(show.startedAtMs), SHOW_LIMITS.bucketsMax.value);
  }

  /** Of the last fact that was read. */
  get lastFact(): number {
    return this.#lastFact;
  }

  add({ n, kind, at, data }: RawFact): void {
    const { lastFact, endedAtMs } = this.#show;
    // The fact that says so may have been trimmed.
    if (lastFact !== undefined && n > lastFact) this.#endedAtMs ??= endedAtMs;
    if (this.#endedAtMs !== undefined && at > this.#endedAtMs + SHOW_LIMITS.settleMs.value) {
      this.isDone = true;
      return;
    }
    this.#lastFact = n;
    if (kind.startsWith('order-')) this.#order(kind, at, JSON.parse(data) as OrderFact);
    else if (this.#endedAtMs !== undefined) return;
    else if (kind === 'sale-opened') this.#opened((JSON.parse(data) as { saleId: string }).saleId);
    else if (DRAW_KINDS.has(kind)) this.draws.add((JSON.parse(data) as { drawId: string }).drawId);
    else if (kind === 'session-ended') this.#endedAtMs = at;
  }

  #opened(saleId: string): void {
    if (!this.sales.has(saleId)) this.sales.set(saleId, undefined);
  }

  #order(kind: string, at: number, { no, userId, from, lines, amountMinor }: OrderFact): void {
    if (kind === 'order-held') {
      if (this.#endedAtMs !== undefined) return;
      this.#lastNo = Math.max(this.#lastNo, no);
    }
    // Where facts before this one were trimmed, the book still knows which orders are meant.
    const lastNo = Math.max(this.#lastNo, this.#show.orderLast ?? 0);
    if (no <= this.#show.orderBefore || no > lastNo) return;
    const money = moneyOf(kind, from, unitsOf(lines), amountMinor);
    if (!money) return;
    this.curve.add(minuteOf(at), money);
    if (kind === 'order-held') this.orders += 1;
    else if (kind === 'order-paid') {
      this.paidOrders += 1;
      this.buyers.add(userId);
    } else this.returnedMinor += amountMinor;
    for (const line of lines) this.#line(kind, from, line);
  }

  #line(
    kind: string,
    from: string | null,
    { saleId, productId, title, quantity, priceMinor }: OrderLine,
  ): void {
    const sums = this.sales.get(saleId) ?? {
      productId,
      title,
      priceMinor,
      held: 0,
      paid: 0,
      revenueMinor: 0,
    };
    this.sales.set(saleId, sums);
    const money = moneyOf(kind, from, quantity, quantity * priceMinor);
    if (!money) return;
    sums.held += money.held;
    sums.paid += money.paid;
    sums.revenueMinor += money.revenueMinor;
  }
}
