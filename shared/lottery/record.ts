import { z } from 'zod';
import { currencySchema, idSchema, minorSchema, roomIdSchema, timeMsSchema } from '../kernel/units.ts';
import { ENTRY_ID, ENTRY_STATES, MAX_TICKET } from './fair-draw.ts';
import { AWARD_STATUSES, RECORD_FORMAT, RECORD_LIMITS } from './record-limits.ts';

/**
 * The public record of a draw: all that it takes to check it, at every moment from its announcement on.
 * docs/fair-draw.md says what each field means. Pages take only the types from here (this carries zod) and check the
 * shape with `record-shape.ts`; a test compares the two.
 */

const hex = (bytes: number) =>
  z
    .string()
    .regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`), `expected ${bytes} bytes as lower-case hexadecimal`);
const count = z.int().min(0).max(MAX_TICKET);
const ticket = z.int().min(1).max(MAX_TICKET);
const rank = z.int().min(1).max(RECORD_LIMITS.winners);
const wholeSeconds = z.int().min(0).max(RECORD_LIMITS.seconds);
const round = z.int().min(1).max(RECORD_LIMITS.round);
const entryId = z.string().regex(ENTRY_ID, 'expected 16 URL-safe base64 characters');
const path = z.array(hex(32)).max(RECORD_LIMITS.path);

/** One ticket of the list, and the proof that it is there: sibling hashes from the leaf up. */
export const listedTicketSchema = z.strictObject({
  ticket,
  entryId,
  state: z.enum(ENTRY_STATES),
  path,
});

export const drawRecordSchema = z
  .strictObject({
    format: z.literal(RECORD_FORMAT),
    roomId: roomIdSchema,
    drawId: idSchema,
    title: z.string().max(RECORD_LIMITS.text),
    currency: currencySchema,
    prizes: z
      .array(
        z.strictObject({
          title: z.string().max(RECORD_LIMITS.text),
          valueMinor: minorSchema,
          count: z.int().min(1).max(RECORD_LIMITS.winners),
        }),
      )
      .min(1)
      .max(RECORD_LIMITS.prizes)
      .refine((prizes) => prizes.reduce((sum, { count: each }) => sum + each, 0) <= RECORD_LIMITS.winners, {
        message: `expected at most ${RECORD_LIMITS.winners} winners in all`,
      }),
    committedAtMs: timeMsSchema,
    openedAtMs: timeMsSchema,
    closesAtMs: timeMsSchema,
    commit: hex(32),
    trust: z.enum(['beacon', 'operator']),
    beacon: z
      .strictObject({
        chainHash: hex(32),
        publicKey: hex(96),
        scheme: z.string().max(RECORD_LIMITS.text),
        genesisTimeS: wholeSeconds,
        periodS: z.int().min(1).max(RECORD_LIMITS.periodS),
        round,
        movedFromRound: round.nullable(),
        signature: hex(48).nullable(),
        randomness: hex(32).nullable(),
      })
      .nullable(),
    conditions: z
      .array(z.looseObject({ kind: z.string().max(RECORD_LIMITS.text) }))
      .max(RECORD_LIMITS.conditions),
    frozen: z.strictObject({ atMs: timeMsSchema, entries: count, voided: count, root: hex(32) }).nullable(),
    drawn: z
      .strictObject({
        atMs: timeMsSchema,
        winners: z
          .array(z.strictObject({ rank, i: z.int().min(0).max(MAX_TICKET), ticket }))
          .max(RECORD_LIMITS.winners),
      })
      .nullable(),
    awards: z.array(
      z.strictObject({
        rank,
        prizeIndex: z.int().min(0).max(RECORD_LIMITS.prizes),
        i: z.int().min(0).max(MAX_TICKET),
        ticket,
        status: z.enum(AWARD_STATUSES),
      }),
    ),
    touched: z.array(listedTicketSchema),
    seed: hex(32).nullable(),
    redrawOf: z.strictObject({ drawId: idSchema, reason: z.string().max(RECORD_LIMITS.text) }).nullable(),
  })
  .meta({ id: 'DrawRecord' });

export type DrawRecord = z.infer<typeof drawRecordSchema>;
export type DrawBeacon = NonNullable<DrawRecord['beacon']>;
export type ListedTicket = z.infer<typeof listedTicketSchema>;
export type Award = DrawRecord['awards'][number];
