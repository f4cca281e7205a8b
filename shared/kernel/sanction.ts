import { z } from 'zod';
import { idSchema, timeMsSchema } from './units.ts';

/**
 * - `mute`: may not speak, until it is lifted; `timeout`: may not speak for a time;
 * - `kick`: out of the room for a moment; `ban`: out of the room, for a time or for good.
 */
export const sanctionKindSchema = z.enum(['mute', 'timeout', 'kick', 'ban']);
export type SanctionKind = z.infer<typeof sanctionKindSchema>;

/** A sanction as the one who is under it sees it. */
export const sanctionSchema = z
  .strictObject({
    /** The moderation action that it comes from; an appeal names it. */
    actionId: idSchema,
    kind: sanctionKindSchema,
    /** null: until it is lifted. */
    untilMs: timeMsSchema.nullable(),
    /** In the moderator's words; '' when none were given. */
    reason: z.string(),
    appeal: z.enum(['none', 'open', 'rejected']),
  })
  .meta({ id: 'Sanction' });
export type Sanction = z.infer<typeof sanctionSchema>;
