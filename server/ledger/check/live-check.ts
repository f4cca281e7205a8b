import { type OrderLine, orderNo } from '../../../shared/trade/order.ts';
import type { LiveOrder, LiveRoom, LiveSale } from './live-room.ts';
import { LIVE_ORDER_FIELDS } from './live-room.ts';
import {
  hashOfText,
  hashOfTime,
  identityOf,
  ONCE_FIELDS,
  type OnceField,
  stateCode,
  stateName,
  textField,
  timeField,
} from './order-facts.ts';
import type { Replay } from './replay.ts';
import { waitingFor } from './sale-replay.ts';
import { emptyRow, type OrderRow } from './tables.ts';

const FIRST_ONCE = LIVE_ORDER_FIELDS.length - ONCE_FIELDS.length;

/**
 * Invariant 2: the live keys are what the facts lead to. Whatever is compared must have been read at the
 * moment of the last fact that was replayed.
 */
export class LiveCheck {
  readonly #replay: Replay;
  readonly #row: OrderRow = emptyRow();

  constructor(replay: Replay) {
    this.#replay = replay;
  }

  /** Everything at once. */
  room(live: LiveRoom): void {
    this.head(live.fact, live.order);
    this.saleIds(live.saleIds);
    for (const [saleId, sale] of live.sales) this.sale(saleId, sale);
    for (const [saleId, units] of live.units) this.buyers(saleId, units);
    for (let no = 1; no <= this.#replay.lastNo; no += 1) {
      this.order(no, live.orders.get(no), live.atMs);
    }
  }

  head(fact: number, order: number): void {
    const { findings, lastN, lastNo } = this.#replay;
    if (fact !== lastN) findings.report(2, `the head counts ${fact} facts, the ledger ends at ${lastN}`);
    if (order !== lastNo) findings.report(2, `the head counts ${order} orders, the ledger ${lastNo}`);
  }

  saleIds(ids: readonly string[]): void {
    const { findings, sales } = this.#replay;
    const live = new Set(ids);
    for (const saleId of live)
      if (!sales.has(saleId)) findings.report(2, 'no fact tells of this sale', { saleId });
    for (const saleId of sales.keys()) {
      if (!live.has(saleId)) findings.report(2, 'the sale is not in the list of sales', { saleId });
    }
  }

  sale(saleId: string, live: LiveSale): void {
    const { findings, sales } = this.#replay;
    const sale = sales.get(saleId);
    if (!sale) return;
    const where = { saleId };
    const expected: Record<string, string | number> = {
      ...{
        total: sale.total,
        available: sale.available,
        held: sale.held,
        sold: sale.sold,
        epoch: sale.epoch,
      },
      ...{ waiting: waitingFor(sale), phase: sale.phase, opensAtMs: sale.opensAtMs, endsAtMs: sale.endsAtMs },
      ...{ productId: sale.productId, title: sale.title, priceMinor: sale.priceMinor },
      limitPerBuyer: sale.limitPerBuyer,
    };
    for (const [name, value] of Object.entries(expected)) {
      if (live.fields[name] !== String(value))
        findings.report(2, `${name} is ${live.fields[name]}, the ledger leads to ${value}`, where);
    }
    if (live.running !== (sale.phase !== 'ended'))
      findings.report(2, `is ${live.running ? '' : 'not '}among the running sales, and ${sale.phase}`, where);
    if (live.buyers !== sale.buyers)
      findings.report(2, `has ${live.buyers} buyers, the ledger leads to ${sale.buyers}`, where);
    const line = [...(sale.line ?? [])];
    const different = [...live.line.keys()].find(
      (i) => live.line[i]?.[0] !== line[i]?.[0] || live.line[i]?.[1] !== line[i]?.[1],
    );
    if (different === undefined && live.line.length === line.length) return;
    const place = different ?? live.line.length;
    findings.report(
      2,
      `place ${place + 1} in line is ${live.line[place]?.[0] ?? 'nobody'}'s, the ledger leads to ${line[place]?.[0] ?? 'nobody'}`,
      where,
    );
  }

  buyers(saleId: string, units: Iterable<readonly [userId: string, units: number]>): void {
    const { findings, sales } = this.#replay;
    const sale = sales.get(saleId);
    if (!sale) return;
    for (const [userId, live] of units) {
      const expected = this.#replay.knownUnitsOf(sale, userId);
      if (expected !== live)
        findings.report(2, `${userId} has ${live} units, the ledger leads to ${expected ?? 'none ever'}`, {
          saleId,
        });
    }
  }

  /** `atMs`: when it was read. */
  order(no: number, live: LiveOrder | undefined, atMs: number) {
    const { findings, holds, orders } = this.#replay;
    const row = this.#row;
    orders.read(no, row);
    const [orderId, userId, noText, state] = live?.values ?? [];
    if (row.state === 0) {
      // A gap in the numbers has been told already.
      if (orderId) findings.report(2, 'no fact tells of this order', { orderId });
      return;
    }
    if (!live || !orderId || !userId) return findings.report(2, `order number ${no} is missing`);
    const where = { orderId };
    if (row.id !== hashOfText(orderId) || noText !== String(no) || orderNo(orderId) !== no)
      findings.report(2, `order number ${no} has another id or number than in the ledger`, where);
    if (stateCode((state ?? null) as Parameters<typeof stateCode>[0]) !== row.state)
      findings.report(2, `it is ${state}, the ledger leads to ${stateName(row.state)}`, where);
    this.#fields(live, row, where);
    if (!live.listed) findings.report(2, `it is not among the orders of ${userId}`, where);
    const count = this.#replay.ordersOf(userId);
    if (live.ordersOfUser !== count)
      findings.report(
        2,
        `${userId} has ${live.ordersOfUser} orders in their list, the ledger has ${count}`,
        where,
      );
    const dueAtMs = holds.get(no) ?? null;
    if (live.dueAtMs !== dueAtMs)
      findings.report(2, `it is due to expire at ${live.dueAtMs}, the ledger leads to ${dueAtMs}`, where);
    if (dueAtMs !== null) this.#replay.late.note(dueAtMs, atMs, 'is still open', where);
  }

  #fields({ values }: LiveOrder, row: OrderRow, where: { orderId: string }): void {
    const { findings } = this.#replay;
    const [, userId, , , lines, amountMinor, currency, reason, updatedAtMs] = values;
    const identity = identityOf(userId ?? '', parseLines(lines), Number(amountMinor), currency ?? '');
    if (identity !== row.identity)
      findings.report(2, 'its buyer, lines, amount or currency are not those of the ledger', where);
    if (updatedAtMs === null || hashOfTime(Number(updatedAtMs)) !== row.updated)
      findings.report(2, `updatedAtMs is ${updatedAtMs}, the ledger says otherwise`, where);
    if ((typeof reason === 'string' ? hashOfText(reason) : 0) !== row.reason)
      findings.report(2, `its reason is ${JSON.stringify(reason)}, the ledger says otherwise`, where);
    let fields = 0;
    for (let i = 0; i < ONCE_FIELDS.length; i += 1) {
      const value = values[FIRST_ONCE + i];
      if (typeof value !== 'string') continue;
      const name = ONCE_FIELDS[i] as OnceField;
      fields += name.endsWith('Ms') ? timeField(name, Number(value)) : textField(name, value);
    }
    if (fields >>> 0 === row.fields) return;
    const shown = ONCE_FIELDS.flatMap((name, i) => {
      const value = values[FIRST_ONCE + i];
      return typeof value === 'string' ? [`${name} ${value}`] : [];
    });
    findings.report(2, `one of its fields is not what the ledger leads to: ${shown.join(', ')}`, where);
  }
}

function parseLines(text: string | null | undefined): OrderLine[] {
  try {
    const lines = JSON.parse(text ?? '') as OrderLine[];
    const read = (line: OrderLine): boolean =>
      typeof line.saleId === 'string' && typeof line.productId === 'string' && typeof line.title === 'string';
    return Array.isArray(lines) && lines.every(read) ? lines : [];
  } catch {
    return [];
  }
}
