import type { OrderFactKind } from '../../../shared/trade/facts.ts';
import {
  FLAG,
  hashOfText,
  hashOfTime,
  type OrderData,
  stateCode,
  textField,
  timeField,
} from './order-facts.ts';
import type { RawFact, Replay } from './replay.ts';
import { emptyRow, type OrderRow } from './tables.ts';

/** Keeps what each order is: the row that its hash in Redis must have. */
export class OrderKeeper {
  readonly #replay: Replay;
  /** Of the order that is looked at. */
  readonly row: OrderRow = emptyRow();

  constructor(replay: Replay) {
    this.#replay = replay;
  }

  begin(id: number): void {
    const { row } = this;
    row.state = row.flags = row.fields = row.reason = 0;
    row.id = id;
  }

  find(no: number): OrderRow | undefined {
    this.#replay.orders.read(no, this.row);
    return this.row.state === 0 ? undefined : this.row;
  }

  /** Writes what the order is from this fact on. */
  keep(kind: OrderFactKind, fact: RawFact, order: OrderData, identity: number): void {
    const { row } = this;
    const { orders, holds } = this.#replay;
    row.state = stateCode(order.to);
    row.identity = identity;
    row.updated = hashOfTime(fact.at);
    if (kind === 'order-held') holds.set(order.no, order.holdExpiresAtMs ?? 0);
    else if (order.from === 'HELD') holds.delete(order.no);
    if (order.unitsReturned === true) row.flags |= FLAG.returned;
    if (kind === 'order-paid' || kind === 'order-refund-required') row.flags |= FLAG.paid;
    if (kind === 'order-fulfilled') row.flags |= FLAG.fulfilled;
    if (typeof order.reason === 'string') row.reason = hashOfText(order.reason);
    row.fields = (row.fields + addedFields(kind, fact.at, order)) >>> 0;
    orders.write(order.no, row);
  }
}

/** Sum of the fields that a fact adds to its order. */
function addedFields(kind: OrderFactKind, at: number, order: OrderData): number {
  const returned = order.unitsReturned === true ? textField('unitsReturned', '1') : 0;
  switch (kind) {
    case 'order-held': {
      const times = timeField('createdAtMs', at) + timeField('holdExpiresAtMs', order.holdExpiresAtMs ?? 0);
      return times + textField('source', order.source ?? '');
    }
    case 'order-paid':
    case 'order-refund-required': {
      const late = order.from === 'HELD' ? 0 : textField('late', '1');
      return late + timeField('paidAtMs', at) + textField('paymentRef', order.paymentRef ?? '');
    }
    case 'order-fulfilled': {
      const tracking =
        typeof order.trackingRef === 'string' ? textField('trackingRef', order.trackingRef) : 0;
      return tracking + timeField('fulfilledAtMs', at);
    }
    case 'order-cancelled':
      return returned + timeField('cancelledAtMs', at);
    case 'order-refunded': {
      const ref = typeof order.refundRef === 'string' ? textField('refundRef', order.refundRef) : 0;
      return returned + ref + timeField('refundedAtMs', at);
    }
    case 'order-expired':
    case 'order-released':
      return 0;
  }
}
