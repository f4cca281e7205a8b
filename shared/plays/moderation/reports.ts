import { z } from 'zod';
import type { CommandSpec } from '../../kernel/contract.ts';
import {
  currencySchema,
  idSchema,
  minorSchema,
  opIdSchema,
  SIGNED_IN,
  shownText,
  timeMsSchema,
} from '../../kernel/units.ts';
import { MODERATION_LIMITS } from './limits.ts';

/** Reports: of a message, to the room's staff; of the seller or a product, to whoever runs the server and to nobody else. */

export const REPORT_REASONS = [
  'misleading',
  'counterfeit',
  'prohibited',
  'scam',
  'offensive',
  'other',
] as const;
export const reportReasonSchema = z.enum(REPORT_REASONS);
export type ReportReason = z.infer<typeof reportReasonSchema>;

const REPORT_TEXT_MAX = MODERATION_LIMITS.sellerReportMaxCharacters.value;

export const reportCommands = {
  'moderation:report': {
    summary: 'Report a message to the moderators.',
    input: z.strictObject({ opId: opIdSchema, messageId: idSchema, reason: shownText(0, 200).default('') }),
    output: z.strictObject({}),
    roles: SIGNED_IN,
    rate: { perSecond: 0.1, burst: 5 },
    errors: ['MESSAGE_NOT_FOUND'],
  },
  'moderation:report-seller': {
    summary:
      'Report the seller, or a product on the shelf, to whoever runs this server. Nobody of the room is told. `again`: your report of the same thing was open still and has these words now.',
    input: z
      .strictObject({
        opId: opIdSchema,
        /** null: the seller. */
        productId: idSchema.nullable(),
        reason: reportReasonSchema,
        text: shownText(0, REPORT_TEXT_MAX).default(''),
      })
      .superRefine(({ reason, text }, context) => {
        if (reason === 'other' && text === '')
          context.addIssue({ code: 'custom', path: ['text'], message: 'say what is wrong' });
      }),
    output: z.strictObject({ reportId: idSchema, again: z.boolean() }),
    roles: SIGNED_IN,
    rate: { perSecond: 0.1, burst: 5 },
    errors: ['PRODUCT_NOT_FOUND', 'TOO_MANY_REPORTS'],
  },
} as const satisfies Record<string, CommandSpec>;

export const reportOutcomeSchema = z.enum(['upheld', 'dismissed']);
export type ReportOutcome = z.infer<typeof reportOutcomeSchema>;

/** What the operator sees. */
export const sellerReportSchema = z
  .strictObject({
    reportId: idSchema,
    userId: z.string().meta({ description: 'Who reports. Not for the seller.' }),
    name: z.string(),
    reason: reportReasonSchema,
    text: z.string(),
    reportedAtMs: timeMsSchema,
    changedAtMs: timeMsSchema.meta({ description: 'When they last said it in other words.' }),
    seller: z
      .strictObject({ hostName: z.string(), sellerContact: z.string() })
      .meta({ description: 'As it was when it was reported.' }),
    product: z
      .strictObject({
        productId: idSchema,
        title: z.string(),
        description: z.string(),
        imageUrl: z.string().nullable(),
        priceMinor: minorSchema,
        currency: currencySchema,
      })
      .nullable()
      .meta({ description: 'As it was when it was reported. null: the report is about the seller.' }),
    resolution: z
      .strictObject({
        outcome: reportOutcomeSchema,
        note: z.string(),
        by: z.string().meta({ description: '`@` and the name of the API key.' }),
        atMs: timeMsSchema,
      })
      .nullable()
      .meta({ description: 'null: it is open.' }),
  })
  .meta({ id: 'SellerReport' });
export type SellerReport = z.infer<typeof sellerReportSchema>;
