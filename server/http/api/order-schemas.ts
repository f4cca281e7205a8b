import { z } from 'zod';
import 'zod-openapi';
import {
  currencySchema,
  minorSchema,
  roomIdSchema,
  shownText,
  timeMsSchema,
} from '../../../shared/kernel/units.ts';
import { orderIdSchema, orderRecordSchema, orderStateSchema } from '../../../shared/trade/order.ts';
import { limitSchema } from './common-schemas.ts';

/** What a merchant sends and gets about orders. */

export const orderParams = z.strictObject({ roomId: roomIdSchema, orderId: orderIdSchema });

export const orderAnswer = z.strictObject({ order: orderRecordSchema });

/** Names that the merchant's own systems gave: compared byte by byte, so nothing unseen is in them. */
const referenceSchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, 'expected 1-200 printable ASCII characters without spaces');

const reasonSchema = shownText(1, 500).meta({
  description: 'In your words, for your own people. The buyer does not see it.',
  example: 'The buyer changed their mind.',
});

const returnUnitsSchema = z.boolean().default(false).meta({
  description:
    'true: the units of a paid order go back on sale, or to those in line. They stay sold otherwise.',
});

export const paymentSchema = z
  .strictObject({
    amountMinor: minorSchema.meta({ description: 'What was paid; exactly the amount of the order.' }),
    currency: currencySchema,
    paymentRef: referenceSchema.meta({
      description:
        "The payment's name at your payment provider: it tells one payment told twice from two payments.",
      example: 'pi_3Nq8f2',
    }),
  })
  .meta({ id: 'Payment' });

export const cancellationSchema = z
  .strictObject({ reason: reasonSchema, returnUnits: returnUnitsSchema })
  .meta({ id: 'Cancellation' });

export const refundSchema = z
  .strictObject({
    reason: reasonSchema,
    refundRef: referenceSchema
      .optional()
      .meta({ description: "The refund's name at your payment provider.", example: 're_8Hd02k' }),
    returnUnits: returnUnitsSchema,
  })
  .meta({ id: 'Refund' });

export const fulfilmentSchema = z
  .strictObject({
    trackingRef: shownText(1, 200)
      .optional()
      .meta({ description: 'Where to follow the parcel, or its number.', example: 'SF1400021345678' }),
  })
  .meta({ id: 'Fulfilment' });

const stateQuery = orderStateSchema.optional().meta({ description: 'Only orders in this state.' });

export const ordersQuery = z.strictObject({
  limit: limitSchema,
  cursor: z
    .string()
    .regex(/^[1-9]\d{0,9}$/, 'expected the nextCursor of the page before')
    .optional()
    .meta({ description: 'The `nextCursor` of the page before.' }),
  state: stateQuery,
});

export const ordersPage = z.strictObject({
  orders: z.array(orderRecordSchema),
  nextCursor: z.string().nullable().meta({
    description: 'null on the last page. With a filter a page may be short, or empty, and not the last.',
  }),
});

const wholeText = (max: number) =>
  z
    .string()
    .regex(/^\d{1,13}$/, 'expected a whole number')
    .transform(Number)
    .pipe(z.int().max(max));

export const exportQuery = z.strictObject({
  format: z.enum(['csv', 'ndjson']).default('csv').meta({
    description: '`csv`: a row for each line of an order. `ndjson`: an order in each line, as JSON.',
  }),
  state: stateQuery,
  fromNo: wholeText(9_999_999_999)
    .optional()
    .meta({ description: 'Begin with the order of this number: 1, 2, 3 … in the room.' }),
  changedSinceMs: wholeText(9_999_999_999_999)
    .optional()
    .meta({ description: 'Only orders whose last change was at this time (Unix ms) or later.' }),
  bom: z.enum(['true', 'false']).default('false').meta({
    description: '`true`: the CSV begins with a byte order mark. Excel needs it to read UTF-8.',
  }),
});

export const verifySchema = z
  .strictObject({
    ref: z.string().min(1).max(2000).meta({ description: 'The `ref` that the buyer came with.' }),
    acceptExpired: z.boolean().default(false).meta({
      description: 'true: also a reference whose time is over, for a payment that was already under way.',
    }),
  })
  .meta({ id: 'ReferenceToVerify' });

export const verifiedSchema = z.strictObject({
  roomId: roomIdSchema,
  order: orderRecordSchema,
  expiresAtMs: timeMsSchema.meta({ description: 'The reference is good until then: as long as the hold.' }),
  expired: z.boolean(),
});
