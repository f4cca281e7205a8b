import { z } from 'zod';
import {
  currencySchema,
  idSchema,
  minorSchema,
  quantitySchema,
  timeMsSchema,
  userIdSchema,
} from '../kernel/units.ts';

/** What sales and orders share: units that a buyer holds, pays, or gives back. */

/**
 * `HELD` → `PAID` | `EXPIRED` | `RELEASED`: a hold ends exactly once. A payment after that re-reserves the
 * units (`PAID`) or, where it can't, is `REFUND_REQUIRED`. `PAID` → `CANCELLED` | `REFUNDED` by the merchant.
 */
export const ORDER_STATES = [
  'HELD',
  'PAID',
  'EXPIRED',
  'RELEASED',
  'REFUND_REQUIRED',
  'REFUNDED',
  'CANCELLED',
] as const;
export const orderStateSchema = z.enum(ORDER_STATES);
export type OrderState = z.infer<typeof orderStateSchema>;

/** How the units were got: one grab, a cart of several sales, or an offer to the first in line. */
export const orderSourceSchema = z.enum(['grab', 'cart', 'waitlist']);
export type OrderSource = z.infer<typeof orderSourceSchema>;

export const MAX_ORDER_LINES = 20;

export const orderIdSchema = z
  .string()
  .regex(/^o[1-9][0-9]{0,9}-[A-Za-z0-9]{12}$/, 'expected an order id, as in "o1042-Xk29fLq8Zw01"')
  .meta({ description: 'Order id: the number of the order in its room, and 12 random characters.' });

/** The number in an order's id: 1, 2, 3 … in each room, without gaps. Not for ids of unknown form. */
export function orderNo(orderId: string): number {
  return Number(orderId.slice(1, orderId.indexOf('-')));
}

/** One sale of an order; the price and the title are those of the sale at that time. */
export const orderLineSchema = z
  .strictObject({
    saleId: idSchema,
    productId: idSchema,
    title: z.string(),
    quantity: quantitySchema,
    priceMinor: minorSchema,
  })
  .meta({ id: 'OrderLine' });
export type OrderLine = z.infer<typeof orderLineSchema>;

/** An order as its buyer sees it. */
export const orderSchema = z
  .strictObject({
    orderId: orderIdSchema,
    state: orderStateSchema,
    source: orderSourceSchema,
    /** One a sale. */
    lines: z.array(orderLineSchema).min(1).max(MAX_ORDER_LINES),
    amountMinor: minorSchema,
    currency: currencySchema,
    createdAtMs: timeMsSchema,
    /** While `HELD`: pay before this, by the server's clock. */
    holdExpiresAtMs: timeMsSchema,
    /** Of the last change. */
    updatedAtMs: timeMsSchema,
    paidAtMs: timeMsSchema.nullable(),
    fulfilledAtMs: timeMsSchema.nullable(),
  })
  .meta({ id: 'Order' });
export type Order = z.infer<typeof orderSchema>;

/** An order as the merchant sees it. */
export const orderRecordSchema = orderSchema
  .extend({
    /** 1, 2, 3 … in the room. */
    no: z.int().min(1),
    userId: userIdSchema,
    /** The merchant's own name for the payment; null until there was one. */
    paymentRef: z.string().nullable(),
    /** Paid after the hold had ended. */
    late: z.boolean(),
    /** Why it was released, cancelled or refunded, in the merchant's words, or why a refund is required. */
    reason: z.string().nullable(),
    refundRef: z.string().nullable(),
    trackingRef: z.string().nullable(),
    /** Sold units have gone back on sale. */
    unitsReturned: z.boolean(),
    cancelledAtMs: timeMsSchema.nullable(),
    refundedAtMs: timeMsSchema.nullable(),
  })
  .meta({ id: 'OrderRecord' });
export type OrderRecord = z.infer<typeof orderRecordSchema>;

/** What its buyer may see of an order. */
export function buyersOrder(record: OrderRecord): Order {
  const { orderId, state, source, lines, amountMinor, currency } = record;
  const { createdAtMs, holdExpiresAtMs, updatedAtMs, paidAtMs, fulfilledAtMs } = record;
  return {
    ...{ orderId, state, source, lines, amountMinor, currency },
    ...{ createdAtMs, holdExpiresAtMs, updatedAtMs, paidAtMs, fulfilledAtMs },
  };
}
