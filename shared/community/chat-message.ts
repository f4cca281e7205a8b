import { z } from 'zod';
import { idSchema, roleSchema, timeMsSchema } from '../kernel/units.ts';
import { fanBadgeSchema } from './fans.ts';

/** A message as everybody gets it: chat shows it, moderation holds it and keeps it as evidence. */

export const CHAT_TEXT_MAX_GRAPHEMES = 300;
/** A grapheme may be many code points; this bounds the bytes. */
export const CHAT_TEXT_MAX_CODE_UNITS = 1500;
export const CHAT_MENTIONS_MAX = 5;

export const messageSchema = z
  .strictObject({
    messageId: idSchema,
    userId: z.string(),
    name: z.string(),
    role: roleSchema,
    text: z.string(),
    /** Users named with "@" by the sender's client; they see the message even when chat is shaped. */
    mentions: z.array(z.string()).max(CHAT_MENTIONS_MAX),
    /** null: no fan of this room when it was said. */
    badge: fanBadgeSchema.nullable(),
    replyTo: z
      .strictObject({ messageId: idSchema, userId: z.string(), name: z.string(), excerpt: z.string() })
      .nullable(),
    atMs: timeMsSchema,
  })
  .meta({ id: 'ChatMessage' });
export type ChatMessage = z.infer<typeof messageSchema>;
