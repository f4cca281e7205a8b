import { z } from 'zod';
import 'zod-openapi';
import { idSchema, roomIdSchema, shownText, timeMsSchema } from '../../../shared/kernel/units.ts';
import { reportOutcomeSchema, sellerReportSchema } from '../../../shared/plays/moderation/reports.ts';
import { limitSchema, pageQuery, roomParams } from './common-schemas.ts';

const nextCursor = z.string().nullable().meta({ description: 'null on the last page.' });
const NOTE_MAX = 500;

export const reportParams = roomParams.extend({ reportId: idSchema });

export const reportsQuery = pageQuery.extend({
  state: z.enum(['open', 'resolved']).default('open'),
});

export const reportPage = z.strictObject({ reports: z.array(sellerReportSchema), nextCursor });

export const reportedRoomsQuery = z.strictObject({
  limit: limitSchema,
  cursor: z.string().max(80).optional().meta({ description: 'The `nextCursor` of the page before.' }),
});

export const reportedRoomsPage = z.strictObject({
  rooms: z.array(
    z
      .strictObject({
        roomId: roomIdSchema,
        open: z.int().min(1).meta({ description: 'How many reports are open.' }),
        newestAtMs: timeMsSchema.meta({ description: 'When the newest of them was made.' }),
      })
      .meta({ id: 'ReportedRoom' }),
  ),
  nextCursor,
});

export const resolutionRequest = z
  .strictObject({
    outcome: reportOutcomeSchema.meta({
      description: '`upheld`: the reporter is right. `dismissed`: there is nothing to it.',
    }),
    note: shownText(0, NOTE_MAX)
      .default('')
      .meta({ description: 'For yourself: what you found, what you did.' }),
  })
  .meta({ id: 'ReportResolution' });

export const resolvedAnswer = z.strictObject({ report: sellerReportSchema });
