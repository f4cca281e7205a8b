import { z } from 'zod';
import { messageSchema } from '../../community/chat-message.ts';
import { sanctionKindSchema } from '../../kernel/sanction.ts';
import { idSchema, shownText, timeMsSchema } from '../../kernel/units.ts';

/** What the desk shows: word lists, held messages, appeals. */

export const wordActionSchema = z.enum(['block', 'hold', 'mask']);

export const wordListSchema = z
  .strictObject({
    listId: idSchema,
    title: shownText(1, 60),
    /** BCP 47 tag of the language that the words are of, for people who edit them. */
    language: z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'expected a language tag, e.g. zh-CN'),
    /** What happens to a message with one of the words: refused, held for review, or shown with stars. */
    action: wordActionSchema,
    enabled: z.boolean(),
    words: z.int().min(0),
  })
  .meta({ id: 'WordList' });
export type WordList = z.infer<typeof wordListSchema>;

/** Why a message waits for review. */
export const heldWhySchema = z.strictObject({
  by: z.enum(['word', 'link', 'moderator']),
  /** The word or link. */
  detail: z.string(),
});

export const heldSchema = z
  .strictObject({ message: messageSchema, why: heldWhySchema, heldAtMs: timeMsSchema })
  .meta({ id: 'HeldMessage' });
export type Held = z.infer<typeof heldSchema>;

/**
 * Reported by viewers, and not dealt with: `reports` of them, the last ones with their reasons. A list has the newest
 * first, at most 100.
 */
export const reportedSchema = z
  .strictObject({
    message: messageSchema,
    reports: z.int().min(1),
    last: z.array(z.strictObject({ byUserId: z.string(), reason: z.string() })),
    reportedAtMs: timeMsSchema,
  })
  .meta({ id: 'ReportedMessage' });
export type Reported = z.infer<typeof reportedSchema>;

export const appealSchema = z
  .strictObject({
    appealId: z.string(),
    userId: z.string(),
    name: z.string(),
    text: z.string(),
    actionId: idSchema,
    kind: sanctionKindSchema,
    state: z.enum(['open', 'accepted', 'rejected']),
    note: z.string(),
    atMs: timeMsSchema,
  })
  .meta({ id: 'Appeal' });
export type Appeal = z.infer<typeof appealSchema>;
