import { z } from 'zod';
import { defineContract } from '../../kernel/contract.ts';
import {
  idSchema,
  minorSchema,
  opIdSchema,
  quantitySchema,
  SELLERS,
  SIGNED_IN,
  shownText,
  timeMsSchema,
  unitsSchema,
} from '../../kernel/units.ts';

/** Flash sale: a product at a price, a stock, an opening and a closing time; grabs become holds. */

export const FLASH_SALE_LIMITS = {
  opensInMs: { value: 30_000, unit: 'ms', summary: 'Default time from scheduling to opening (0 to 7 days).' },
  durationMs: { value: 300_000, unit: 'ms', summary: 'Default time open (10 s to 24 h).' },
  holdMs: { value: 120_000, unit: 'ms', summary: 'Default time that a hold lasts (30 s to 30 min).' },
  limitPerBuyer: { value: 1, unit: 'units', summary: 'Default units a buyer may hold and have paid.' },
  unpaidHoldsMax: { value: 3, unit: 'holds', summary: 'Unpaid holds in an hour before a buyer is paused.' },
  unpaidWindowMs: { value: 3_600_000, unit: 'ms', summary: 'The hour in which unpaid holds count.' },
  unpaidPauseMs: { value: 600_000, unit: 'ms', summary: 'How long a buyer is paused after too many.' },
  salesKept: { value: 20, unit: 'sales', summary: 'Sales in the snapshot: all that run, then the latest.' },
} as const;

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
export const holdMsSchema = z
  .int()
  .min(30_000)
  .max(30 * MINUTE_MS);
export const durationMsSchema = z.int().min(10_000).max(DAY_MS);

/** `scheduled` → `open` ⇄ `paused` → `ended`. */
export const salePhaseSchema = z.enum(['scheduled', 'open', 'paused', 'ended']);
export type SalePhase = z.infer<typeof salePhaseSchema>;

export const saleSchema = z
  .strictObject({
    saleId: idSchema,
    productId: idSchema,
    /** As it was when the sale was scheduled; later edits of the product don't reach a running sale. */
    title: z.string(),
    imageUrl: z.string().nullable(),
    priceMinor: minorSchema,
    compareAtMinor: minorSchema.nullable(),
    /** What the compare-at price stands on, in words, e.g. "our price over the last 30 days". */
    compareAtBasis: z.string().nullable(),
    limitPerBuyer: quantitySchema,
    holdMs: holdMsSchema,
    phase: salePhaseSchema,
    opensAtMs: timeMsSchema,
    endsAtMs: timeMsSchema,
    /** available + held + sold = total, always. */
    total: unitsSchema,
    available: unitsSchema,
    held: unitsSchema,
    sold: unitsSchema,
    /** Rises whenever units come back after the sale was sold out. */
    epoch: z.int().min(0),
  })
  .meta({ id: 'FlashSale' });
export type FlashSale = z.infer<typeof saleSchema>;

export const holdSchema = z
  .strictObject({
    holdId: idSchema,
    saleId: idSchema,
    quantity: quantitySchema,
    priceMinor: minorSchema,
    holdExpiresAtMs: timeMsSchema,
  })
  .meta({ id: 'Hold' });
export type Hold = z.infer<typeof holdSchema>;

const stockSchema = z.strictObject({
  saleId: idSchema,
  total: unitsSchema,
  available: unitsSchema,
  held: unitsSchema,
  sold: unitsSchema,
  epoch: z.int().min(0),
});

const saleCommand = z.strictObject({ opId: opIdSchema, saleId: idSchema });
const saleResult = z.strictObject({ sale: saleSchema });
const hostRate = { perSecond: 2, burst: 10 } as const;

export const flashSaleContract = defineContract({
  name: 'flash-sale',
  summary: 'A stock at a price for a short time; whoever grabs a unit holds it until a deadline.',
  commands: {
    'flash-sale:schedule': {
      summary: 'Plan a sale of a product on the shelf. It opens by itself.',
      input: z
        .strictObject({
          opId: opIdSchema,
          productId: idSchema,
          priceMinor: minorSchema,
          compareAtMinor: minorSchema.nullable().default(null),
          compareAtBasis: shownText(1, 120).nullable().default(null),
          stock: unitsSchema.min(1),
          opensInMs: z
            .int()
            .min(0)
            .max(7 * DAY_MS)
            .default(FLASH_SALE_LIMITS.opensInMs.value),
          durationMs: durationMsSchema.default(FLASH_SALE_LIMITS.durationMs.value),
          limitPerBuyer: quantitySchema.default(FLASH_SALE_LIMITS.limitPerBuyer.value),
          holdMs: holdMsSchema.default(FLASH_SALE_LIMITS.holdMs.value),
        })
        .refine((sale) => sale.compareAtMinor === null || sale.compareAtBasis !== null, {
          message: 'expected the basis of the compare-at price',
          path: ['compareAtBasis'],
        })
        .refine((sale) => sale.compareAtMinor === null || sale.compareAtMinor > sale.priceMinor, {
          message: 'expected a compare-at price above the price',
          path: ['compareAtMinor'],
        }),
      output: saleResult,
      roles: SELLERS,
      rate: hostRate,
      errors: ['PRODUCT_NOT_FOUND', 'TOO_MANY_SALES'],
    },
    'flash-sale:open': {
      summary: 'Open a scheduled sale now; it keeps its full duration.',
      input: saleCommand,
      output: saleResult,
      roles: SELLERS,
      rate: hostRate,
      errors: ['SALE_NOT_FOUND', 'WRONG_PHASE'],
    },
    'flash-sale:pause': {
      summary: 'Refuse grabs for a while. Holds and the closing time stay.',
      input: saleCommand,
      output: saleResult,
      roles: SELLERS,
      rate: hostRate,
      errors: ['SALE_NOT_FOUND', 'WRONG_PHASE'],
    },
    'flash-sale:resume': {
      summary: 'Take grabs again.',
      input: saleCommand,
      output: saleResult,
      roles: SELLERS,
      rate: hostRate,
      errors: ['SALE_NOT_FOUND', 'WRONG_PHASE'],
    },
    'flash-sale:extend': {
      summary: 'Move the closing time later.',
      input: saleCommand.extend({ byMs: z.int().min(1000).max(DAY_MS) }),
      output: saleResult,
      roles: SELLERS,
      rate: hostRate,
      errors: ['SALE_NOT_FOUND', 'WRONG_PHASE'],
    },
    'flash-sale:restock': {
      summary: 'Add units.',
      input: saleCommand.extend({ units: unitsSchema.min(1) }),
      output: saleResult,
      roles: SELLERS,
      rate: hostRate,
      errors: ['SALE_NOT_FOUND', 'WRONG_PHASE', 'STOCK_TOO_LARGE'],
    },
    'flash-sale:close': {
      summary: 'End the sale now. Holds keep their deadline.',
      input: saleCommand,
      output: saleResult,
      roles: SELLERS,
      rate: hostRate,
      errors: ['SALE_NOT_FOUND', 'WRONG_PHASE'],
    },
    'flash-sale:grab': {
      summary: 'Reserve units until `holdExpiresAtMs`. All or nothing.',
      input: z.strictObject({ opId: opIdSchema, saleId: idSchema, quantity: quantitySchema }),
      output: z.strictObject({ hold: holdSchema }),
      roles: SIGNED_IN,
      rate: { perSecond: 3, burst: 6 },
      errors: [
        'SALE_NOT_FOUND',
        'NOT_OPEN',
        'SOLD_OUT',
        'LIMIT_REACHED',
        'PAUSED',
        'ENDED',
        'TOO_MANY_HOLDS',
      ],
    },
  },
  events: {
    'flash-sale:scheduled': {
      summary: 'A sale was planned.',
      data: z.strictObject({ sale: saleSchema }),
      lane: 'money',
    },
    'flash-sale:opened': {
      summary: 'Grabs are taken from now on.',
      data: z.strictObject({ saleId: idSchema, opensAtMs: timeMsSchema, endsAtMs: timeMsSchema }),
      lane: 'money',
    },
    'flash-sale:paused': {
      summary: 'Grabs are refused for a while.',
      data: z.strictObject({ saleId: idSchema }),
      lane: 'money',
    },
    'flash-sale:resumed': {
      summary: 'Grabs are taken again.',
      data: z.strictObject({ saleId: idSchema }),
      lane: 'money',
    },
    'flash-sale:extended': {
      summary: 'The closing time moved.',
      data: z.strictObject({ saleId: idSchema, endsAtMs: timeMsSchema }),
      lane: 'money',
    },
    'flash-sale:stock-changed': {
      summary: 'Units were held, sold, returned or added. The last value always arrives.',
      data: stockSchema,
      lane: 'money',
      conflateBy: 'saleId',
    },
    'flash-sale:closed': {
      summary: 'The sale is over: its time was up, or the host closed it.',
      data: z.strictObject({
        saleId: idSchema,
        reason: z.enum(['time', 'host']),
        endsAtMs: timeMsSchema,
      }),
      lane: 'money',
    },
  },
  notices: {
    'flash-sale:held': {
      summary: 'You hold units (for your other devices).',
      data: z.strictObject({ hold: holdSchema }),
    },
    'flash-sale:hold-expired': {
      summary: 'Your hold ran out unpaid; its units went back.',
      data: z.strictObject({ saleId: idSchema, holdId: idSchema }),
    },
  },
  errors: {
    SALE_NOT_FOUND: { message: 'There is no such sale in this room.', retryable: false },
    PRODUCT_NOT_FOUND: { message: 'There is no such product in this room.', retryable: false },
    TOO_MANY_SALES: {
      message: 'Too many sales run or wait in this room; close one first.',
      retryable: false,
    },
    WRONG_PHASE: { message: 'The sale is not in a phase that allows this.', retryable: false },
    STOCK_TOO_LARGE: { message: 'That is more stock than a sale can have.', retryable: false },
    NOT_OPEN: { message: 'The sale has not opened yet; wait `retryAfterMs`.', retryable: true },
    SOLD_OUT: { message: 'No unit is left; held ones may come back.', retryable: true },
    LIMIT_REACHED: { message: 'You have as many as one buyer may have.', retryable: false },
    PAUSED: { message: 'The host paused the sale.', retryable: true },
    ENDED: { message: 'The sale is over.', retryable: false },
    TOO_MANY_HOLDS: {
      message: 'Too many of your holds ran out unpaid; wait `retryAfterMs`.',
      retryable: true,
    },
  },
  limits: {
    ...FLASH_SALE_LIMITS,
    runningMax: { value: 20, unit: 'sales', summary: 'Scheduled, open and paused sales in one room.' },
  },
  snapshot: z.strictObject({
    /** Newest first. */
    sales: z.array(saleSchema),
  }),
  you: z.strictObject({
    /** Your running holds. */
    holds: z.array(holdSchema),
    /** Units you hold or have paid, by sale. */
    taken: z.record(z.string(), z.int().min(0)),
  }),
});
export type FlashSaleSnapshot = z.infer<typeof flashSaleContract.snapshot>;
export type FlashSaleYou = z.infer<typeof flashSaleContract.you>;
