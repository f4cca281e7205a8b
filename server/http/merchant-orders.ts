import type { OrderStore, Payment } from '../plays/order/order.store.ts';
import { fingerprint } from '../redis/reply.ts';
import type { Op } from '../trade/trade.ts';

/** Who acts for the merchant (`@` and a name), and under which Idempotency-Key. */
export type By = { actor: string; key: string };

type Store = Pick<OrderStore, 'pay' | 'cancel' | 'refund' | 'fulfil'>;

/**
 * What a merchant does with an order. A key stands for one operation on one order with one body: used for
 * anything else it is refused.
 */
export class MerchantOrders {
  readonly #orders: Store;

  constructor(orders: Store) {
    this.#orders = orders;
  }

  pay(roomId: string, by: By, orderId: string, payment: Payment): ReturnType<Store['pay']> {
    return this.#orders.pay(roomId, op('payment', by, orderId, payment), orderId, payment);
  }

  cancel(
    roomId: string,
    by: By,
    orderId: string,
    how: Parameters<Store['cancel']>[3],
  ): ReturnType<Store['cancel']> {
    return this.#orders.cancel(roomId, op('cancellation', by, orderId, how), orderId, how);
  }

  refund(
    roomId: string,
    by: By,
    orderId: string,
    how: Parameters<Store['refund']>[3],
  ): ReturnType<Store['refund']> {
    return this.#orders.refund(roomId, op('refund', by, orderId, how), orderId, how);
  }

  fulfil(
    roomId: string,
    by: By,
    orderId: string,
    how: Parameters<Store['fulfil']>[3],
  ): ReturnType<Store['fulfil']> {
    return this.#orders.fulfil(roomId, op('fulfilment', by, orderId, how), orderId, how);
  }
}

function op(operation: string, by: By, orderId: string, body: object): Op {
  return {
    actor: by.actor,
    opId: by.key,
    fingerprint: fingerprint(`merchant:${operation}`, { orderId, ...body }),
  };
}
