import { z } from 'zod';
import { EARLY_MS_MAX, fanLevelSchema } from '../../community/fans.ts';
import { defineContract } from '../../kernel/contract.ts';
import { receiptSchema } from '../../kernel/receipt.ts';
import {
  idSchema,
  MAX_MINOR,
  minorSchema,
  opIdSchema,
  quantitySchema,
  SELLERS,
  SIGNED_IN,
  seqSchema,
  shownText,
  timeMsSchema,
  unitsSchema,
} from '../../kernel/units.ts';
import { SALE_ERROR_CODES, SALE_ERRORS } from '../../trade/errors.ts';
import { TOKEN_TTL_MS, TRADE_LIMITS, WORK_BITS } from '../../trade/limits.ts';
import { MAX_ORDER_LINES, orderSchema } from '../../trade/order.ts';

/** Flash sale: a product at a price, a stock, an opening and a closing time; grabs become orders to pay. */

export const FLASH_SALE_LIMITS = {
  opensInMs: { value: 30_000, unit: 'ms', summary: 'Default time from scheduling to opening (0 to 7 days).' },
  durationMs: { value: 300_000, unit: 'ms', summary: 'Default time open (10 s to 24 h).' },
  holdMs: { value: 120_000, unit: 'ms', summary: 'Default time that a hold lasts (30 s to 30 min).' },
  limitPerBuyer: { value: 1, unit: 'units', summary: 'Default units a buyer may hold and have paid.' },
  ...TRADE_LIMITS,
  waitlistMax: { value: 1000, unit: 'buyers', summary: 'Buyers who may wait for one sale.' },
  tokenTtlMs: { value: TOKEN_TTL_MS, unit: 'ms', summary: 'How long a grab token is good for.' },
  workBits: { value: WORK_BITS, unit: 'bits', summary: 'Zero bits that a proof of work must begin with.' },
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

/**
 * What a grab must bring besides its opId: nothing, a token (given from the opening on, good once), or a
 * token and a proof of work, which costs a bot's machine time.
 */
export const saleGuardSchema = z.enum(['none', 'token', 'work']);
export type SaleGuard = z.infer<typeof saleGuardSchema>;

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
    guard: saleGuardSchema,
    /** For `earlyMs` after its opening, the sale is for fans of at least `earlyLevel`; 0 and 0: for all. */
    earlyLevel: fanLevelSchema.or(z.literal(0)),
    earlyMs: z.int().min(0).max(EARLY_MS_MAX),
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
    /** Buyers in line for units that come back. */
    waiting: z.int().min(0),
  })
  .meta({ id: 'FlashSale' });
export type FlashSale = z.infer<typeof saleSchema>;

const stockSchema = z.strictObject({
  saleId: idSchema,
  total: unitsSchema,
  available: unitsSchema,
  held: unitsSchema,
  sold: unitsSchema,
  epoch: z.int().min(0),
});

const waitingSchema = z.strictObject({
  /** 1 is the next. */
  position: z.int().min(1),
  waiting: z.int().min(1),
  /** Last event of the room at this moment: `waitlist-left` after it moves you up. */
  seq: seqSchema,
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
          guard: saleGuardSchema.default('token'),
          earlyLevel: fanLevelSchema.or(z.literal(0)).default(0),
          earlyMs: z.int().min(0).max(EARLY_MS_MAX).default(0),
        })
        .refine((sale) => sale.compareAtMinor === null || sale.compareAtBasis !== null, {
          message: 'expected the basis of the compare-at price',
          path: ['compareAtBasis'],
        })
        .refine((sale) => sale.compareAtMinor === null || sale.compareAtMinor > sale.priceMinor, {
          message: 'expected a compare-at price above the price',
          path: ['compareAtMinor'],
        })
        .refine((sale) => sale.priceMinor * sale.limitPerBuyer <= MAX_MINOR, {
          message: 'expected a price that one buyer could pay for all units allowed',
          path: ['priceMinor'],
        })
        .refine((sale) => (sale.earlyLevel === 0) === (sale.earlyMs === 0), {
          message: 'expected a level and a time, or neither',
          path: ['earlyMs'],
        })
        .refine((sale) => sale.earlyMs < sale.durationMs, {
          message: 'expected less than the duration of the sale',
          path: ['earlyMs'],
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
    'flash-sale:token': {
      summary: 'Ask for what a guarded sale wants with a grab. Given once the sale is open, for one opId.',
      input: z.strictObject({ opId: opIdSchema, saleIds: z.array(idSchema).min(1).max(MAX_ORDER_LINES) }),
      output: z.strictObject({
        tokens: z.array(
          z.strictObject({
            saleId: idSchema,
            /** null: this sale takes grabs without. */
            token: z.string().nullable(),
            /** Zero bits that sha256(token + ":" + proof) must begin with; 0 when no work is asked for. */
            workBits: z.int().min(0).max(32),
            expiresAtMs: timeMsSchema,
          }),
        ),
      }),
      roles: SIGNED_IN,
      rate: { perSecond: 3, burst: 6 },
      errors: ['SALE_NOT_FOUND', 'NOT_OPEN', 'ENDED'],
    },
    'flash-sale:grab': {
      summary: 'Reserve units until `holdExpiresAtMs`. All or nothing.',
      input: z.strictObject({
        opId: opIdSchema,
        saleId: idSchema,
        quantity: quantitySchema,
        token: z.string().max(200).optional(),
        proof: z.string().max(40).optional(),
      }),
      output: z.strictObject({ order: orderSchema, receipt: receiptSchema }),
      roles: SIGNED_IN,
      rate: { perSecond: 3, burst: 6 },
      errors: SALE_ERROR_CODES,
    },
    'flash-sale:wait': {
      summary:
        'Stand in line for one unit of a sale that is sold out. A unit that comes back becomes an order of the first in line, to be paid within `offerMs`.',
      input: saleCommand,
      output: waitingSchema,
      roles: SIGNED_IN,
      rate: { perSecond: 2, burst: 6 },
      errors: [
        'SALE_NOT_FOUND',
        'NOT_OPEN',
        'PAUSED',
        'ENDED',
        'TOO_MANY_HOLDS',
        'LIMIT_REACHED',
        'NOT_SOLD_OUT',
        'WAITLIST_FULL',
      ],
    },
    'flash-sale:stop-waiting': {
      summary: 'Leave the line.',
      input: saleCommand,
      output: z.strictObject({}),
      roles: SIGNED_IN,
      rate: { perSecond: 2, burst: 6 },
      errors: ['SALE_NOT_FOUND', 'NOT_WAITING'],
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
    'flash-sale:waitlist-joined': {
      summary: 'Someone stood in line, at its end.',
      data: z.strictObject({ saleId: idSchema, waiting: z.int().min(1) }),
      lane: 'money',
      conflateBy: 'saleId',
    },
    'flash-sale:waitlist-left': {
      summary: 'Someone left the line, or got a unit: everyone behind `position` moves up by one.',
      data: z.strictObject({ saleId: idSchema, position: z.int().min(1), waiting: z.int().min(0) }),
      lane: 'money',
    },
    'flash-sale:waitlist-closed': {
      summary:
        'The line is gone: nothing can come back any more, or the host closed the sale, or had paused it when it ended.',
      data: z.strictObject({ saleId: idSchema }),
      lane: 'money',
    },
  },
  notices: {
    'flash-sale:waitlist-passed-over': {
      summary: 'Your turn came, but you may not have a unit now; you are no longer in line.',
      data: z.strictObject({
        saleId: idSchema,
        reason: z.enum(['LIMIT_REACHED', 'TOO_MANY_HOLDS', 'BANNED']),
      }),
    },
  },
  errors: {
    ...SALE_ERRORS,
    PRODUCT_NOT_FOUND: { message: 'There is no such product in this room.', retryable: false },
    TOO_MANY_SALES: {
      message: 'Too many sales run or wait in this room; close one first.',
      retryable: false,
    },
    WRONG_PHASE: { message: 'The sale is not in a phase that allows this.', retryable: false },
    STOCK_TOO_LARGE: { message: 'That is more stock than a sale can have.', retryable: false },
    NOT_SOLD_OUT: { message: 'Units are left; grab one.', retryable: false },
    WAITLIST_FULL: { message: 'Too many are waiting already.', retryable: true },
    NOT_WAITING: { message: 'You are not in line.', retryable: false },
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
    /** Units you hold or have paid, by sale. */
    taken: z.record(z.string(), z.int().min(0)),
    /** Your places in line, by sale. */
    waiting: z.record(z.string(), waitingSchema),
  }),
});
export type FlashSaleSnapshot = z.infer<typeof flashSaleContract.snapshot>;
export type FlashSaleYou = z.infer<typeof flashSaleContract.you>;
