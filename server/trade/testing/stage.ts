import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import type { Order } from '../../../shared/trade/order.ts';
import { type Harness, type NodeOptions, opId, type TestNode, TestTime } from '../../testing/harness.ts';
import type { TestClient } from '../../testing/test-client.ts';

/** A room with a host, whose time is turned by hand. */
export async function stage(harness: Harness, options: Omit<NodeOptions, 'time'> = {}) {
  const time = new TestTime();
  const node = await harness.node({ ...options, time });
  const roomId = await harness.room(node);
  const host = await harness.join(node, roomId, { userId: 'host', role: 'host' });
  return {
    ...{ time, node, roomId, host },
    join: (userId: string, on: TestNode = node) => harness.join(on, roomId, { userId }),
    /** A sale as Redis has it. */
    live: async (saleId: string): Promise<FlashSale> => {
      const sale = await node.core.stores.flashSale.read(roomId, saleId);
      if (!sale) throw new Error('no such sale');
      return sale;
    },
    record: (orderId: string) => node.core.stores.order.read(roomId, orderId),
    /** What `order:changed` told a client, as [order id, state] pairs. */
    told: (client: TestClient): string[][] =>
      client.notices.flatMap(({ name, data }) => {
        if (name !== 'order:changed') return [];
        const { orderId, state } = (data as { order: Order }).order;
        return [[orderId, state]];
      }),
    /** The merchant's step: actor, a fresh opId. */
    merchant: (fingerprint = '') => ({ actor: '@shop', opId: opId(), fingerprint }),
  };
}
export type Stage = Awaited<ReturnType<typeof stage>>;

export const refused = (code: string, more: object = {}) => ({ ok: false, error: { code, ...more } });

/** Grabs and expects to get. */
export async function take(client: TestClient, saleId: string, quantity = 1): Promise<Order> {
  const { order } = await client.must('flash-sale:grab', { opId: opId(), saleId, quantity });
  return order;
}

/** A payment that fits the order. */
export function paymentOf(order: Pick<Order, 'orderId' | 'amountMinor' | 'currency'>, ref = 'pay') {
  const { orderId, amountMinor, currency } = order;
  return { amountMinor, currency, paymentRef: `${ref}-${orderId}` };
}
