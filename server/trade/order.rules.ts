import type { OrderRecord, OrderState } from '../../shared/trade/order.ts';

/** What an order decides, without I/O. The Lua of the order play decides the same inside Redis. */

export type Payment = { amountMinor: number; currency: string; paymentRef: string };

/** `SAME`: this very payment is known. `LATE`: the hold has ended, so the units must be got again. */
export type PayVerdict = 'IN_TIME' | 'LATE' | 'SAME' | 'PAID_ALREADY' | 'AMOUNT_MISMATCH' | 'WRONG_STATE';

export function decidePay(
  order: Pick<OrderRecord, 'state' | 'amountMinor' | 'currency' | 'paymentRef'>,
  payment: Payment,
): PayVerdict {
  const { state } = order;
  if (state === 'REFUNDED' || state === 'CANCELLED') return 'WRONG_STATE';
  if (payment.amountMinor !== order.amountMinor || payment.currency !== order.currency)
    return 'AMOUNT_MISMATCH';
  if (state === 'PAID' || state === 'REFUND_REQUIRED') {
    return payment.paymentRef === order.paymentRef ? 'SAME' : 'PAID_ALREADY';
  }
  // A hold that is past its deadline and not ended yet still has its units: nothing was lost.
  return state === 'HELD' ? 'IN_TIME' : 'LATE';
}

/** Why a late payer can't have the units of a line again; undefined when nothing stands in the way. */
export function lateObstacle(line: {
  quantity: number;
  free: number;
  taken: number;
  limitPerBuyer: number;
}): 'LIMIT_REACHED' | 'SOLD_OUT' | undefined {
  if (line.taken + line.quantity > line.limitPerBuyer) return 'LIMIT_REACHED';
  return line.quantity > line.free ? 'SOLD_OUT' : undefined;
}

/** What the merchant's cancelling makes of an order; undefined: it can't be cancelled. */
export function cancelledState(state: OrderState): 'RELEASED' | 'CANCELLED' | undefined {
  if (state === 'HELD') return 'RELEASED';
  return state === 'PAID' ? 'CANCELLED' : undefined;
}

export function canRefund(state: OrderState): boolean {
  return state === 'PAID' || state === 'CANCELLED' || state === 'REFUND_REQUIRED';
}

/** Whether a refund puts units back on sale: only when told to, at most once, and only where there were any. */
export function refundReturns(order: Pick<OrderRecord, 'state' | 'unitsReturned'>, told: boolean): boolean {
  return told && order.state !== 'REFUND_REQUIRED' && !order.unitsReturned;
}

/**
 * Whether a hold that ends unpaid counts against its buyer: it ran out, or was kept from others for half of its
 * time. An offer to someone in line came unasked and never counts.
 */
export function countsAsUnpaid(
  hold: Pick<OrderRecord, 'source' | 'createdAtMs' | 'holdExpiresAtMs'>,
  endedAtMs: number,
): boolean {
  if (hold.source === 'waitlist') return false;
  return endedAtMs >= (hold.createdAtMs + hold.holdExpiresAtMs) / 2;
}
