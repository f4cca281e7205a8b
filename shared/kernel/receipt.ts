import { z } from 'zod';
import { idSchema, opIdSchema, roomIdSchema, seqSchema, timeMsSchema } from './units.ts';

/**
 * What the server said to an attempt to take units, signed, so that the buyer can show it to anyone: the
 * verdict, and where in the room's event log and when it fell. Answers of one moment share a signature:
 * `path` leads from this one to the root that was signed (docs/receipts.md has the bytes).
 */
export const receiptSchema = z
  .strictObject({
    v: z.literal(1),
    roomId: roomIdSchema,
    userId: z.string(),
    opId: opIdSchema,
    /** What was asked for, lines of one sale summed. */
    lines: z.array(z.strictObject({ saleId: idSchema, quantity: z.int().min(1) })).min(1),
    verdict: z.enum(['HELD', 'REFUSED']),
    /** The error code of a refusal; null when held. */
    reason: z.string().nullable(),
    /** The order that holds the units; null when refused. */
    orderId: z.string().nullable(),
    /** Last event of the room at the time of the verdict. */
    seq: seqSchema,
    /** Server time (Redis) of the verdict. */
    atMs: timeMsSchema,
    /** Which of the published keys signed. */
    keyId: z.string(),
    /** Position of this answer among those signed together, from 0. */
    index: z.int().min(0),
    /** How many were signed together. */
    size: z.int().min(1),
    /** Sibling hashes from the leaf up, base64url, RFC 9162 section 2.1.3. */
    path: z.array(z.string()),
    /** Ed25519 over the root, base64url. */
    signature: z.string(),
  })
  .meta({ id: 'Receipt' });
export type Receipt = z.infer<typeof receiptSchema>;

/** What of a receipt is known before it is signed. */
export type Verdict = Omit<Receipt, 'v' | 'keyId' | 'index' | 'size' | 'path' | 'signature'>;
