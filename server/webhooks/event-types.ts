import type { FactKind } from '../../shared/trade/facts.ts';

/**
 * What a receiver is told of, by the fact that it is made from. A fact without a line here goes to nobody;
 * a play that writes new facts adds its lines.
 */
export const EVENT_TYPE_OF = {
  'session-started': 'session.started',
  'session-ended': 'session.ended',
  'sale-scheduled': 'sale.scheduled',
  'sale-opened': 'sale.opened',
  'sale-paused': 'sale.paused',
  'sale-resumed': 'sale.resumed',
  'sale-extended': 'sale.extended',
  'sale-sold-out': 'sale.sold_out',
  'sale-closed': 'sale.closed',
  restocked: 'stock.restocked',
  'written-off': 'stock.written_off',
  'order-held': 'order.held',
  'order-paid': 'order.paid',
  'order-expired': 'order.expired',
  'order-released': 'order.released',
  'order-refund-required': 'order.refund_required',
  'order-refunded': 'order.refunded',
  'order-cancelled': 'order.cancelled',
  'order-fulfilled': 'order.fulfilled',
  'waitlist-joined': 'waitlist.joined',
  'waitlist-left': 'waitlist.left',
  'waitlist-closed': 'waitlist.closed',
  'draw-revealed': 'draw.done',
} as const satisfies Partial<Record<FactKind, `${string}.${string}`>>;

export type EventType = (typeof EVENT_TYPE_OF)[keyof typeof EVENT_TYPE_OF];

export const EVENT_TYPES = Object.values(EVENT_TYPE_OF) as unknown as readonly [EventType, ...EventType[]];

/** The type of the message behind the test button. Every endpoint gets it, whatever it asked for. */
export const TEST_TYPE = 'webhook.test';

export function eventTypeOf(kind: string): EventType | undefined {
  return Object.hasOwn(EVENT_TYPE_OF, kind) ? EVENT_TYPE_OF[kind as keyof typeof EVENT_TYPE_OF] : undefined;
}
