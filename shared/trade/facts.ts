import { z } from 'zod';
import {
  currencySchema,
  idSchema,
  minorSchema,
  quantitySchema,
  timeMsSchema,
  unitsSchema,
  userIdSchema,
} from '../kernel/units.ts';
import { COMMUNITY_FACTS } from './community-facts.ts';
import { orderIdSchema, orderLineSchema, orderSourceSchema, orderStateSchema } from './order.ts';

/**
 * Facts: the entries of a room's ledger. Each is written by the script that had the effect, with a gapless
 * number `n`, who acted, the opId, and Redis' time. Replaying them gives the live figures.
 */

const sale = { saleId: idSchema };
const order = {
  orderId: orderIdSchema,
  no: z.int().min(1),
  userId: userIdSchema,
  lines: z.array(orderLineSchema).min(1),
  amountMinor: minorSchema,
  currency: currencySchema,
};
const reason = z.string().nullable();

/** What each kind of fact says. */
export const FACTS = {
  'room-created': z.looseObject({ roomId: z.string() }),
  'session-started': z.strictObject({ sessionId: idSchema, title: z.string(), startedAtMs: timeMsSchema }),
  'session-ended': z.strictObject({ sessionId: idSchema, endedAtMs: timeMsSchema }),

  /** The sale as it was planned: `total` units, all available. */
  'sale-scheduled': z.looseObject({
    ...sale,
    productId: idSchema,
    title: z.string(),
    priceMinor: minorSchema,
    limitPerBuyer: quantitySchema,
    total: unitsSchema,
  }),
  'sale-opened': z.strictObject({ ...sale, opensAtMs: timeMsSchema, endsAtMs: timeMsSchema }),
  'sale-paused': z.strictObject(sale),
  'sale-resumed': z.strictObject(sale),
  'sale-extended': z.strictObject({ ...sale, endsAtMs: timeMsSchema }),
  'sale-sold-out': z.strictObject({ ...sale, epoch: z.int().min(0) }),
  'sale-closed': z.strictObject({ ...sale, reason: z.enum(['time', 'host']), endsAtMs: timeMsSchema }),
  restocked: z.strictObject({ ...sale, units: unitsSchema.min(1), reason }),
  'written-off': z.strictObject({ ...sale, units: unitsSchema.min(1), reason }),

  'order-held': z.strictObject({
    ...order,
    from: z.null(),
    to: z.literal('HELD'),
    source: orderSourceSchema,
    holdExpiresAtMs: timeMsSchema,
  }),
  /** From `EXPIRED` or `RELEASED`: a late payment, for which units were taken from stock again. */
  'order-paid': z.strictObject({
    ...order,
    from: orderStateSchema.extract(['HELD', 'EXPIRED', 'RELEASED']),
    to: z.literal('PAID'),
    paymentRef: z.string(),
  }),
  'order-expired': z.strictObject({ ...order, from: z.literal('HELD'), to: z.literal('EXPIRED') }),
  'order-released': z.strictObject({
    ...order,
    from: z.literal('HELD'),
    to: z.literal('RELEASED'),
    by: z.enum(['buyer', 'merchant']),
    reason,
  }),
  /** A late payment for which there were no units left. */
  'order-refund-required': z.strictObject({
    ...order,
    from: orderStateSchema.extract(['EXPIRED', 'RELEASED']),
    to: z.literal('REFUND_REQUIRED'),
    paymentRef: z.string(),
    reason: z.enum(['SOLD_OUT', 'LIMIT_REACHED']),
  }),
  /** `unitsReturned`: this step put the units back on sale. */
  'order-refunded': z.strictObject({
    ...order,
    from: orderStateSchema.extract(['PAID', 'CANCELLED', 'REFUND_REQUIRED']),
    to: z.literal('REFUNDED'),
    unitsReturned: z.boolean(),
    reason,
    refundRef: z.string().nullable(),
  }),
  'order-cancelled': z.strictObject({
    ...order,
    from: z.literal('PAID'),
    to: z.literal('CANCELLED'),
    unitsReturned: z.boolean(),
    reason,
  }),
  'order-fulfilled': z.strictObject({
    ...order,
    from: z.literal('PAID'),
    to: z.literal('PAID'),
    trackingRef: z.string().nullable(),
  }),

  'waitlist-joined': z.strictObject({ ...sale, userId: userIdSchema }),
  /** `offered`: the unit that came back became an order of this buyer, in the next fact. */
  'waitlist-left': z.strictObject({
    ...sale,
    userId: userIdSchema,
    reason: z.enum(['left', 'offered', 'LIMIT_REACHED', 'TOO_MANY_HOLDS', 'BANNED']),
  }),
  'waitlist-closed': z.strictObject(sale),

  ...COMMUNITY_FACTS,
} as const;

export type FactKind = keyof typeof FACTS;
export type FactData<K extends FactKind = FactKind> = z.output<(typeof FACTS)[K]>;

/** An entry of the ledger. */
export type Fact<K extends FactKind = FactKind> = {
  [One in K]: {
    /** 1, 2, 3 … in the room. */
    n: number;
    kind: One;
    /** A user id; `@<API key>` for the merchant; `system` for what the clock did. */
    actor: string;
    /** '' where nobody asked for it. */
    opId: string;
    atMs: number;
    data: FactData<One>;
  };
}[K];

export const ORDER_FACT_KINDS = [
  'order-held',
  'order-paid',
  'order-expired',
  'order-released',
  'order-refund-required',
  'order-refunded',
  'order-cancelled',
  'order-fulfilled',
] as const satisfies readonly FactKind[];
export type OrderFactKind = (typeof ORDER_FACT_KINDS)[number];
