import { z } from 'zod';
import 'zod-openapi';
import { idSchema } from '../../../shared/kernel/units.ts';
import { MAX_TICKET } from '../../../shared/lottery/fair-draw.ts';
import { drawRecordSchema, listedTicketSchema } from '../../../shared/lottery/record.ts';
import { awardSchema, DRAW_LIMITS, drawSchema } from '../../../shared/plays/lottery/draw.ts';
import { limitSchema, roomParams } from './common-schemas.ts';

export const drawParams = roomParams.extend({ drawId: idSchema });

export const drawPageQuery = z.strictObject({
  limit: limitSchema.pipe(z.int().max(20)),
  cursor: idSchema.optional().meta({ description: 'The `nextCursor` of the page before.' }),
});

export const drawsAnswer = z.strictObject({
  draws: z.array(drawSchema),
  nextCursor: z.string().nullable().meta({ description: 'null on the last page.' }),
});

export const recordAnswer = drawRecordSchema;
export const proofAnswer = listedTicketSchema.meta({ id: 'ListedTicket' });

export const proofQuery = z.strictObject({
  ticket: z.coerce
    .number<string>()
    .int()
    .min(1)
    .max(MAX_TICKET)
    .meta({ description: 'Number of the ticket.' }),
});

export const entriesQuery = z.strictObject({
  after: z.coerce
    .number<string>()
    .int()
    .min(0)
    .max(MAX_TICKET)
    .default(0)
    .meta({ description: 'Tickets after this one.' }),
  limit: z.coerce
    .number<string>()
    .int()
    .min(1)
    .max(DRAW_LIMITS.entriesMax.value)
    .default(DRAW_LIMITS.entriesMax.value)
    .meta({ description: 'At most so many; left out: all of them.' }),
});

export const claimsQuery = z.strictObject({
  fromAward: z.coerce
    .number<string>()
    .int()
    .min(0)
    .default(0)
    .meta({ description: 'The `nextAward` of the page before.' }),
  limit: limitSchema,
});

export const claimsAnswer = z.strictObject({
  claims: z.array(
    z
      .strictObject({
        award: awardSchema,
        userId: z.string(),
        contact: z.string().nullable().meta({ description: 'What the winner said where the prize goes.' }),
      })
      .meta({ id: 'PrizeClaim' }),
  ),
  nextAward: z.int().nullable().meta({ description: 'null on the last page.' }),
});
