import type { Order } from '../../../shared/trade/order.ts';
import { type Harness, opId } from '../../testing/harness.ts';
import type { TestClient } from '../../testing/test-client.ts';
import { paymentOf, stage, take } from '../../trade/testing/stage.ts';
import { type SaleTerms, startSale } from '../flash-sale/testing.ts';

/** Text that JSON and Lua could stumble over. */
export const REASON = 'Said "no" \\ / \u0001 🫖\u2028';

export type Line = { saleId: string; quantity: number; token?: string };
export const hold = (client: TestClient, lines: Line[], id = opId()) =>
  client.call('order:hold', { opId: id, lines });

/** Two open sales of three units each; holds of the first end after 30 s. */
export async function twoSales(harness: Harness, terms: SaleTerms = {}) {
  const all = await stage(harness);
  const a = await startSale(all.host, { stock: 3, limitPerBuyer: 3, holdMs: 30_000, ...terms });
  const b = await startSale(all.host, { stock: 3, limitPerBuyer: 3, ...terms });
  return { ...all, a: a.saleId, b: b.saleId };
}

/** An order of one unit that ana holds for 30 s, and what the merchant may do with it. */
export async function held(harness: Harness, terms: SaleTerms = {}) {
  const all = await stage(harness);
  const sale = await startSale(all.host, { stock: 1, holdMs: 30_000, ...terms });
  const ana = await all.join('ana');
  const order = await take(ana, sale.saleId);
  const { order: orders } = all.node.core.stores;
  const { roomId, merchant } = all;
  return {
    ...{ ...all, ...sale, ana, order, orders },
    pay: (op = merchant(), of: Order = order) => orders.pay(roomId, op, of.orderId, paymentOf(of)),
    cancel: (returnUnits = false, op = merchant()) =>
      orders.cancel(roomId, op, order.orderId, { reason: REASON, returnUnits }),
    refund: (returnUnits = false, op = merchant()) =>
      orders.refund(roomId, op, order.orderId, { reason: REASON, refundRef: 're_1', returnUnits }),
    fulfil: (op = merchant()) => orders.fulfil(roomId, op, order.orderId, { trackingRef: 'DHL "1"' }),
  };
}
