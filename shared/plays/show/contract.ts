import { z } from 'zod';
import { defineContract } from '../../kernel/contract.ts';
import {
  currencySchema,
  idSchema,
  minorSchema,
  quantitySchema,
  SELLERS,
  timeMsSchema,
  unitsSchema,
} from '../../kernel/units.ts';
import { orderIdSchema, orderSourceSchema, orderStateSchema } from '../../trade/order.ts';

/** How a show goes, for those who sell: figures by the minute, orders as they come, and a report once it is over. */

export const SHOW_LIMITS = {
  minutesShown: { value: 20, unit: 'minutes', summary: 'Minutes on the board, the one that runs included.' },
  ordersShown: { value: 30, unit: 'orders', summary: 'Latest orders on the board.' },
  ordersPage: { value: 200, unit: 'orders', summary: 'Orders in one answer of `show:orders`.' },
  bucketsMax: {
    value: 240,
    unit: 'buckets',
    summary: 'Points of a report’s curves; longer shows have wider ones.',
  },
  salesShown: { value: 200, unit: 'sales', summary: 'Sales, and draws, in a report.' },
  settleMs: {
    value: 3_600_000,
    unit: 'ms',
    summary: 'After a show, what becomes of its orders counts for so long; then its report stays as it is.',
  },
  minutesKeptMs: {
    value: 4 * 86_400_000,
    unit: 'ms',
    summary:
      'Viewers, messages and grabs by the minute, and who came, are kept for so long outside of reports.',
  },
  reportsKept: { value: 100, unit: 'shows', summary: 'Latest shows of a room with a report.' },
} as const;

const count = z.int().min(0);

/**
 * What happened from `atMs` on, for a minute or `bucketMs`. Orders and money are counted from the ledger, so they are
 * right to the unit; viewers, messages and grabs are counted by the nodes, and a node that dies takes seconds of them along.
 * On the board all orders of the room count; in a report, and in the sums of a show, those that were made during it.
 */
export const showBucketSchema = z.strictObject({
  atMs: timeMsSchema,
  /** The most at once; null where nobody counted. */
  viewers: count.nullable(),
  /** Messages that the room saw. */
  messages: count,
  /** Grabs that were decided, held or refused; a retry of one counts again. */
  grabs: count,
  /** Units held, bought and paid for in this time. */
  held: count,
  paid: count,
  /** Paid in this time, less what was refunded or cancelled after payment in it. May be negative. */
  revenueMinor: z.int(),
});
export type ShowBucket = z.infer<typeof showBucketSchema>;

export const showTotalsSchema = z.strictObject({
  viewersMost: count,
  /** Distinct users who came in, within about 1 %. A guest is known by their device, where that says what it is. */
  visitors: count,
  messages: count,
  grabs: count,
  /** Orders that were made, and of those what became of them, within an hour after the show. */
  orders: count,
  /** Orders that were paid, also where they were refunded or cancelled later. */
  paidOrders: count,
  /** Distinct users of those orders. */
  buyers: count,
  heldUnits: count,
  paidUnits: count,
  revenueMinor: z.int(),
  /** Refunded, or cancelled after payment. */
  returnedMinor: minorSchema,
  /** Users who began to follow during it and still do. */
  followersGained: z.int(),
});
export type ShowTotals = z.infer<typeof showTotalsSchema>;

/** An order as those who sell see it. */
export const showOrderSchema = z.strictObject({
  orderId: orderIdSchema,
  no: z.int().min(1),
  userId: z.string(),
  /** As they were called when they last bought here, or as a fan; '' where that is not known. */
  name: z.string(),
  lines: z.array(
    z.strictObject({
      saleId: idSchema,
      title: z.string(),
      quantity: quantitySchema,
      unitPriceMinor: minorSchema,
    }),
  ),
  amountMinor: minorSchema,
  currency: currencySchema,
  state: orderStateSchema,
  source: orderSourceSchema,
  madeAtMs: timeMsSchema,
  changedAtMs: timeMsSchema,
  /** While `HELD`: to be paid before this. Grabs, carts and offers in line each hold for a time of their own. */
  holdExpiresAtMs: timeMsSchema,
});
export type ShowOrder = z.infer<typeof showOrderSchema>;

const listedShowSchema = z.strictObject({
  sessionId: idSchema,
  title: z.string(),
  startedAtMs: timeMsSchema,
  /** null: it runs. */
  endedAtMs: timeMsSchema.nullable(),
});
export type ListedShow = z.infer<typeof listedShowSchema>;

export const showReportSchema = z.strictObject({
  show: listedShowSchema,
  currency: currencySchema,
  /** Facts of it that were trimmed from the ledger, or figures that were not kept, are missing here. */
  isPartial: z.boolean(),
  totals: showTotalsSchema,
  bucketMs: z.int().min(60_000),
  /**
   * Without gaps, from the minute in which it began. The last one is that of its end, or, within an hour after it, of the last
   * change of an order of it. Whole minutes: what nodes counted just before the start and just after the end is in them.
   */
  buckets: z.array(showBucketSchema),
  /** Those that opened during it or of which units were held, by opening. */
  sales: z.array(
    z.strictObject({
      saleId: idSchema,
      productId: idSchema,
      title: z.string(),
      priceMinor: minorSchema,
      opensAtMs: timeMsSchema,
      endsAtMs: timeMsSchema,
      total: unitsSchema,
      heldUnits: count,
      paidUnits: count,
      revenueMinor: z.int(),
    }),
  ),
  /** Those of which something happened during it: announced, closed, drawn or cancelled. */
  draws: z.array(
    z.strictObject({
      drawId: idSchema,
      title: z.string(),
      entries: count,
      winners: count,
      isCancelled: z.boolean(),
    }),
  ),
});
export type ShowReport = z.infer<typeof showReportSchema>;

const rate = { perSecond: 1, burst: 10 } as const;

export const showContract = defineContract({
  name: 'show',
  summary: 'How a show goes and went, for those who sell.',
  commands: {
    'show:board': {
      summary:
        'The last minutes, the sums since the show began, and the latest orders. Ask every two seconds.',
      input: z.strictObject({}),
      output: z.strictObject({
        serverNowMs: timeMsSchema,
        /** Oldest first, one a minute without gaps; the last one still runs. */
        minutes: z.array(showBucketSchema),
        /** Of the show that runs; null off air. */
        totals: showTotalsSchema.nullable(),
        /** Last changed first. */
        orders: z.array(showOrderSchema),
      }),
      roles: SELLERS,
      rate,
      errors: [],
    },
    'show:list': {
      summary: 'Shows of this room, latest first.',
      input: z.strictObject({ limit: z.int().min(1).max(SHOW_LIMITS.reportsKept.value).default(20) }),
      output: z.strictObject({ shows: z.array(listedShowSchema) }),
      roles: SELLERS,
      rate,
      errors: [],
    },
    'show:report': {
      summary: 'What became of a show: sums, curves, sales and draws. Also of the one that runs.',
      input: z.strictObject({ sessionId: idSchema }),
      output: z.strictObject({ report: showReportSchema }),
      roles: SELLERS,
      rate,
      errors: ['SHOW_NOT_FOUND'],
    },
    'show:orders': {
      summary: 'Orders that were made during a show, in the order of their numbers.',
      input: z.strictObject({
        sessionId: idSchema,
        limit: z.int().min(1).max(SHOW_LIMITS.ordersPage.value).default(100),
        /** `nextCursor` of the answer before. */
        cursor: z.int().min(1).optional(),
      }),
      output: z.strictObject({ orders: z.array(showOrderSchema), nextCursor: z.int().nullable() }),
      roles: SELLERS,
      rate: { perSecond: 5, burst: 20 },
      errors: ['SHOW_NOT_FOUND'],
    },
  },
  events: {},
  notices: {},
  errors: {
    SHOW_NOT_FOUND: {
      message: 'There is no such show in this room, or its record is gone.',
      retryable: false,
    },
  },
  limits: SHOW_LIMITS,
  snapshot: z.strictObject({}),
  you: z.strictObject({}),
});
