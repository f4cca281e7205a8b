import { z } from 'zod';
import 'zod-openapi';
import { idSchema, MAX_UNITS, roomIdSchema, shownText } from '../../../shared/kernel/units.ts';
import { flashSaleContract, saleSchema } from '../../../shared/plays/flash-sale/contract.ts';

/** What a merchant sends and gets about sales and their stock. */

export const saleParams = z.strictObject({ roomId: roomIdSchema, saleId: idSchema });
export const saleAnswer = z.strictObject({ sale: saleSchema });
export const salesAnswer = z.strictObject({ sales: z.array(saleSchema) });

const schedule = flashSaleContract.commands['flash-sale:schedule'].input;
const { opId: _opId, ...terms } = schedule.shape;

/** The same as the host's command, whose checks of one field against another it borrows. */
export const newSaleSchema = z
  .strictObject(terms)
  .superRefine((sale, context) => {
    const checked = schedule.safeParse({ opId: 'not-of-importance', ...sale });
    for (const { message, path } of checked.error?.issues ?? []) {
      context.addIssue({ code: 'custom', message, path: [...path] });
    }
  })
  .meta({ id: 'NewSale' });

export const stockCorrectionSchema = z
  .strictObject({
    units: z
      .int()
      .min(-MAX_UNITS)
      .max(MAX_UNITS)
      .refine((units) => units !== 0, 'expected units other than 0')
      .meta({ description: 'Found: above 0. Lost or broken: below 0.' }),
    reason: shownText(1, 500).meta({
      description: 'In your words; it goes into the ledger.',
      example: 'Two broke in the warehouse.',
    }),
  })
  .meta({ id: 'StockCorrection' });
