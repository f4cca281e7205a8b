import { z } from 'zod';
import 'zod-openapi';
import { opIdSchema, roomIdSchema } from '../../../shared/kernel/units.ts';

/** Parts of a request that groups of operations share. */

export const PAGE_MAX = 100;

export const roomParams = z.strictObject({ roomId: roomIdSchema });

export const limitSchema = z.coerce.number<string>().int().min(1).max(PAGE_MAX).default(20);

export const pageQuery = z.strictObject({
  limit: limitSchema,
  cursor: z
    .string()
    .regex(/^\d{1,9}$/, 'expected the nextCursor of the page before')
    .optional()
    .meta({ description: 'The `nextCursor` of the page before.' }),
});

/** `Idempotency-Key` may be left out. */
export const idempotencyHeaders = z.strictObject({
  'idempotency-key': opIdSchema.optional().meta({
    description: 'Repeat it when you retry: the same request then has one effect, and the same answer.',
  }),
});

/** `Idempotency-Key` may not be left out: whatever is about money or stock. */
export const keyedHeaders = z.strictObject({
  'idempotency-key': opIdSchema.meta({
    description:
      'Required. A fresh one for each thing that you mean to do, the same one when you retry it: it happens once.',
  }),
});
