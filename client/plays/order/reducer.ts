import type { Order, OrderState } from '../../../shared/trade/order.ts';

/** Your orders as this page knows them, newest first. Words of them come late, twice, or not at all. */
export type Orders = readonly Order[];

/** How far along its life an order is: it never goes back. */
const STEP: Readonly<Record<OrderState, number>> = {
  HELD: 0,
  EXPIRED: 1,
  RELEASED: 1,
  PAID: 2,
  REFUND_REQUIRED: 2,
  CANCELLED: 3,
  REFUNDED: 4,
};

/** What we heard within this time may be newer than an answer that was under way; older than that, the answer counts. */
const UNDER_WAY_MS = 15_000;

/** Whether `told` is a later word about the same order than `known`. */
export function isLater(told: Order, known: Order): boolean {
  const steps = STEP[told.state] - STEP[known.state];
  if (steps !== 0) return steps > 0;
  if (told.fulfilledAtMs !== null || known.fulfilledAtMs !== null) {
    return known.fulfilledAtMs === null;
  }
  return told.updatedAtMs > known.updatedAtMs;
}

/** One more word about an order: a notice, or the answer to a command. The same list where it says nothing new. */
export function withOrder(orders: Orders, told: Order): Orders {
  const known = orders.find(({ orderId }) => orderId === told.orderId);
  if (known === undefined) return sorted([...orders, told]);
  if (!isLater(told, known)) return orders;
  return orders.map((order) => (order === known ? told : order));
}

/**
 * A list of the newest orders as the server has them. It replaces what we knew, because the server may have lost
 * its last second; only what we heard while the answer was under way stays. `pageSize`: a shorter list is whole.
 */
export function ordersAsOf(orders: Orders, listed: Orders, pageSize: number, nowMs: number): Orders {
  const isFresh = (order: Order) => nowMs - order.updatedAtMs < UNDER_WAY_MS;
  const lowest = listed.length < pageSize ? 0 : Math.min(...listed.map(orderNumber));
  const listedIds = new Set(listed.map(({ orderId }) => orderId));
  const unlisted = orders.filter(
    (order) => !listedIds.has(order.orderId) && (isFresh(order) || orderNumber(order) < lowest),
  );
  const newest = listed.map((told) => {
    const known = orders.find(({ orderId }) => orderId === told.orderId);
    return known !== undefined && isFresh(known) && isLater(known, told) ? known : told;
  });
  return sorted([...newest, ...unlisted]);
}

/** Older orders, of the next page. */
export function withOlder(orders: Orders, page: Orders): Orders {
  return page.reduce(withOrder, orders);
}

/** The number that an order's id carries: 1042 of "o1042-…". */
export function orderNumber({ orderId }: Pick<Order, 'orderId'>): number {
  return Number(orderId.slice(1, orderId.indexOf('-')));
}

function sorted(orders: Order[]): Orders {
  return orders.sort((a, b) => orderNumber(b) - orderNumber(a));
}

/** What a change of an order means to its buyer. */
export type OrderNews =
  | 'offered'
  | 'paid'
  | 'refund-coming'
  | 'refunded'
  | 'cancelled'
  | 'sent'
  | 'taken-back';

/** The word that a change is worth; null where the page shows enough by itself. */
export function newsOf(before: Order | undefined, now: Order): OrderNews | null {
  if (before?.state === now.state) {
    return before.fulfilledAtMs === null && now.fulfilledAtMs !== null ? 'sent' : null;
  }
  switch (now.state) {
    case 'HELD':
      return now.source === 'waitlist' ? 'offered' : null;
    case 'PAID':
      return 'paid';
    case 'REFUND_REQUIRED':
      return 'refund-coming';
    case 'REFUNDED':
      return 'refunded';
    case 'CANCELLED':
      return 'cancelled';
    case 'EXPIRED':
      return before === undefined ? null : 'taken-back';
    case 'RELEASED':
      return null;
  }
}
