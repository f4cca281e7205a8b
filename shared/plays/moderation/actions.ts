import { z } from 'zod';
import { idSchema, roleSchema, timeMsSchema } from '../../kernel/units.ts';

/** What moderators did: the entries of the room's moderation log. */

export const ACTION_KINDS = [
  ...([
    'delete',
    'restore',
    'hold',
    'approve',
    'reject',
    'mute',
    'timeout',
    'kick',
    'ban',
    'unmute',
    'unban',
  ] as const),
  ...(['modes', 'words', 'appoint', 'undo', 'appeal-accepted', 'appeal-rejected'] as const),
] as const;
export const actionKindSchema = z.enum(ACTION_KINDS);
export type ActionKind = z.infer<typeof actionKindSchema>;

/** A message as it is kept for evidence. */
export const evidenceSchema = z.strictObject({
  messageId: idSchema,
  userId: z.string(),
  name: z.string(),
  text: z.string(),
});

export const actionSchema = z
  .strictObject({
    /** `a1`, `a2`, … in the room. */
    actionId: idSchema,
    kind: actionKindSchema,
    /** Who; `system` for what the clock or a filter did. */
    actorId: z.string(),
    actorName: z.string(),
    actorRole: roleSchema,
    /** Whom it is against. */
    userIds: z.array(z.string()),
    /** The messages it is about; more than 50 are cut. */
    messages: z.array(evidenceSchema),
    reason: z.string(),
    /** When a sanction ends; null: for good, or it is none. */
    untilMs: timeMsSchema.nullable(),
    /** What changed, in a few words of the program: modes, a list, a role. */
    detail: z.string(),
    /** The action that this one takes back. */
    undoes: idSchema.nullable(),
    /** The action that took this one back. */
    undoneBy: idSchema.nullable(),
    atMs: timeMsSchema,
  })
  .meta({ id: 'ModerationAction' });
export type Action = z.infer<typeof actionSchema>;
