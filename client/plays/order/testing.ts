import type { Order } from '../../../shared/trade/order.ts';

/** A sample for the tests of whatever shows orders: one unit of the sale `s1`, held until 320 s. */
export function sampleOrder(part: Partial<Order> = {}): Order {
  return {
    orderId: 'o1-AAAAAAAAAAAA',
    state: 'HELD',
    source: 'grab',
    lines: [{ saleId: 's1', productId: 'p1', title: 'Linen shirt', quantity: 1, priceMinor: 5900 }],
    amountMinor: 5900,
    currency: 'CNY',
    createdAtMs: 200_000,
    holdExpiresAtMs: 320_000,
    updatedAtMs: 200_000,
    paidAtMs: null,
    fulfilledAtMs: null,
    ...part,
  };
}
