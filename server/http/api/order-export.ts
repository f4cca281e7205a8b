import { stringify } from 'csv-stringify/sync';
import { withoutFormulas } from '../../../shared/kernel/spreadsheet.ts';
import type { OrderRecord, OrderState } from '../../../shared/trade/order.ts';

/** Orders as files: CSV for spreadsheets and accounting, NDJSON for programs. */

export type ExportHow = {
  format: 'csv' | 'ndjson';
  state?: OrderState | undefined;
  changedSinceMs?: number | undefined;
  bom: 'true' | 'false';
};

/** Columns of the CSV, in their order. A row is a line of an order; `line` counts from 1. */
export const CSV_COLUMNS = [
  ...['orderId', 'no', 'state', 'source', 'userId', 'currency', 'orderAmountMinor', 'lines'],
  ...['line', 'saleId', 'productId', 'title', 'quantity', 'priceMinor', 'lineAmountMinor'],
  ...['createdAt', 'holdExpiresAt', 'updatedAt', 'paidAt', 'fulfilledAt', 'cancelledAt', 'refundedAt'],
  ...['late', 'unitsReturned', 'paymentRef', 'refundRef', 'trackingRef', 'reason'],
] as const;

type Row = Record<(typeof CSV_COLUMNS)[number], string | number>;

/** Text of the export, a batch of orders at a time: memory stays the same however many there are. */
export async function* exportedOrders(
  batches: AsyncIterable<readonly OrderRecord[]>,
  how: ExportHow,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const { state, changedSinceMs = 0 } = how;
  const wanted = (order: OrderRecord): boolean =>
    (state === undefined || order.state === state) && order.updatedAtMs >= changedSinceMs;
  // With the first batch, not before: a store that is away is told as a problem, not as half a file.
  let head = how.format === 'csv' ? `${how.bom === 'true' ? '\ufeff' : ''}${csv([[...CSV_COLUMNS]])}` : '';
  for await (const batch of batches) {
    if (signal.aborted) return;
    const orders = batch.filter(wanted);
    const text =
      how.format === 'csv' ? rows(orders) : orders.map((order) => `${JSON.stringify(order)}\n`).join('');
    // Also where it is empty: the answer begins, and the reader's going is noticed.
    yield head + text;
    head = '';
  }
  if (head !== '') yield head;
}

function rows(orders: readonly OrderRecord[]): string {
  return csv(orders.flatMap(rowsOf).map((row) => CSV_COLUMNS.map((column) => row[column])));
}

/** RFC 4180, without formulas. Numbers are ours and stay as they are. */
function csv(rows: readonly (readonly (string | number)[])[]): string {
  const safe = rows.map((row) =>
    row.map((value) => (typeof value === 'number' ? value : withoutFormulas(value))),
  );
  return stringify(safe, { record_delimiter: '\r\n' });
}

function rowsOf(order: OrderRecord): Row[] {
  const { lines } = order;
  return lines.map(({ saleId, productId, title, quantity, priceMinor }, i) => ({
    orderId: order.orderId,
    no: order.no,
    state: order.state,
    source: order.source,
    userId: order.userId,
    currency: order.currency,
    orderAmountMinor: order.amountMinor,
    lines: lines.length,
    line: i + 1,
    ...{ saleId, productId, title, quantity, priceMinor },
    lineAmountMinor: quantity * priceMinor,
    createdAt: time(order.createdAtMs),
    holdExpiresAt: time(order.holdExpiresAtMs),
    updatedAt: time(order.updatedAtMs),
    paidAt: time(order.paidAtMs),
    fulfilledAt: time(order.fulfilledAtMs),
    cancelledAt: time(order.cancelledAtMs),
    refundedAt: time(order.refundedAtMs),
    late: String(order.late),
    unitsReturned: String(order.unitsReturned),
    paymentRef: order.paymentRef ?? '',
    refundRef: order.refundRef ?? '',
    trackingRef: order.trackingRef ?? '',
    reason: order.reason ?? '',
  }));
}

/** UTC, ISO 8601; empty where it has not happened. */
function time(ms: number | null): string {
  return ms === null ? '' : new Date(ms).toISOString();
}
