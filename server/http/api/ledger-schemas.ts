import { z } from 'zod';
import 'zod-openapi';
import { idSchema, roomIdSchema, timeMsSchema, unitsSchema } from '../../../shared/kernel/units.ts';
import { PUBLIC_FACTS_MAX } from '../../ledger/public-ledger.ts';

const whole = (min: number, max: number) => z.coerce.number<string>().int().min(min).max(max);

export const publicLedgerQuery = z.strictObject({
  after: whole(0, Number.MAX_SAFE_INTEGER)
    .default(0)
    .meta({ description: 'Number of the last fact that you have; those after it are sent.' }),
  limit: whole(1, PUBLIC_FACTS_MAX).default(1000).meta({ description: 'The most facts that are sent.' }),
});

export const proofParams = z.strictObject({ roomId: roomIdSchema, saleId: idSchema });

export const proofAnswer = z.strictObject({
  proof: z
    .strictObject({
      saleId: idSchema,
      title: z.string(),
      fact: z.int().min(0).meta({ description: 'The totals are those after this fact.' }),
      atMs: timeMsSchema,
      fromFact: z.int().min(1).nullable().meta({
        description: 'The fact that planned the sale: count from here. null: it has been archived.',
      }),
      totals: z.strictObject({
        total: unitsSchema,
        available: unitsSchema,
        held: unitsSchema,
        sold: unitsSchema,
      }),
    })
    .meta({ id: 'StockProof' }),
});

export const pseudonymRequest = z.strictObject({
  token: z.string().min(1).max(8000).meta({ description: 'Your access token.', example: 'eyJhbGciOi…' }),
});

export const pseudonymAnswer = z.strictObject({
  buyer: z.string().meta({ description: 'Your `buyer` in the public ledger of this room.' }),
});
