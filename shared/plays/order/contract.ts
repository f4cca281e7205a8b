import { z } from 'zod';
import { defineContract } from '../../kernel/contract.ts';
import { receiptSchema } from '../../kernel/receipt.ts';
import {
  idSchema,
  MAX_MINOR,
  opIdSchema,
  quantitySchema,
  SIGNED_IN,
  timeMsSchema,
} from '../../kernel/units.ts';
import { SALE_ERROR_CODES, SALE_ERRORS } from '../../trade/errors.ts';
import { MAX_ORDER_LINES, orderIdSchema, orderSchema } from '../../trade/order.ts';

/** Orders: what a buyer holds, pays for, or gives back. Payment itself happens at the merchant's shop. */

export const ORDER_LIMITS = {
  linesMax: { value: MAX_ORDER_LINES, unit: 'lines', summary: 'Lines of a cart.' },
  cartHoldMs: { value: 600_000, unit: 'ms', summary: 'How long a cart is held.' },
  amountMax: { value: MAX_MINOR, unit: 'minor units', summary: 'Largest amount of an order.' },
  ordersKept: { value: 20, unit: 'orders', summary: 'Your latest orders in the state that you join with.' },
  pageMax: { value: 50, unit: 'orders', summary: 'Orders in one answer of `order:mine`.' },
} as const;

const orderCommand = z.strictObject({ opId: opIdSchema, orderId: orderIdSchema });

export const orderContract = defineContract({
  name: 'order',
  summary: 'What you hold, pay for, or give back.',
  commands: {
    'order:hold': {
      summary:
        'Reserve units of several sales at once, all or nothing, for `cartHoldMs`. Lines of one sale are summed.',
      input: z.strictObject({
        opId: opIdSchema,
        lines: z
          .array(
            z.strictObject({
              saleId: idSchema,
              quantity: quantitySchema,
              token: z.string().max(200).optional(),
              proof: z.string().max(40).optional(),
            }),
          )
          .min(1)
          .max(MAX_ORDER_LINES),
      }),
      output: z.strictObject({ order: orderSchema, receipt: receiptSchema }),
      roles: SIGNED_IN,
      rate: { perSecond: 2, burst: 5 },
      errors: [...SALE_ERROR_CODES, 'AMOUNT_TOO_LARGE'],
    },
    'order:release': {
      summary: 'Give up a hold. Its units go back on sale.',
      input: orderCommand,
      output: z.strictObject({ order: orderSchema }),
      roles: SIGNED_IN,
      rate: { perSecond: 2, burst: 5 },
      errors: ['ORDER_NOT_FOUND', 'WRONG_STATE'],
    },
    'order:mine': {
      summary: 'Your orders in this room, newest first.',
      input: z.strictObject({
        limit: z.int().min(1).max(ORDER_LIMITS.pageMax.value).default(ORDER_LIMITS.ordersKept.value),
        /** `nextCursor` of the answer before. */
        cursor: z.int().min(1).optional(),
      }),
      output: z.strictObject({ orders: z.array(orderSchema), nextCursor: z.int().nullable() }),
      roles: SIGNED_IN,
      rate: { perSecond: 2, burst: 10 },
      errors: [],
    },
    'order:checkout': {
      summary: "Where to pay: the merchant's shop, with a signed reference that ends with the hold.",
      input: z.strictObject({ orderId: orderIdSchema }),
      output: z.strictObject({ url: z.string(), expiresAtMs: timeMsSchema }),
      roles: SIGNED_IN,
      rate: { perSecond: 2, burst: 10 },
      errors: ['ORDER_NOT_FOUND', 'WRONG_STATE', 'NO_CHECKOUT'],
    },
  },
  events: {},
  notices: {
    'order:changed': {
      summary: 'An order of yours is new or has changed, on this device or elsewhere.',
      data: z.strictObject({ order: orderSchema }),
    },
  },
  errors: {
    ...SALE_ERRORS,
    ORDER_NOT_FOUND: { message: 'You have no such order in this room.', retryable: false },
    WRONG_STATE: { message: 'The order is not in a state that allows this.', retryable: false },
    AMOUNT_TOO_LARGE: { message: 'That is more than an order can be about.', retryable: false },
    NO_CHECKOUT: { message: 'The host has not connected a shop to this room yet.', retryable: false },
  },
  limits: ORDER_LIMITS,
  snapshot: z.strictObject({}),
  you: z.strictObject({
    /** Newest first. */
    orders: z.array(orderSchema),
  }),
});
export type OrderYou = z.infer<typeof orderContract.you>;
