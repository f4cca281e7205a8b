import { z } from 'zod';
import { messageSchema } from '../../community/chat-message.ts';
import { fanBadgeSchema } from '../../community/fans.ts';
import { defineContract } from '../../kernel/contract.ts';
import { sanctionKindSchema, sanctionSchema } from '../../kernel/sanction.ts';
import {
  idSchema,
  opIdSchema,
  roleSchema,
  roomIdSchema,
  SIGNED_IN,
  STAFF,
  seqSchema,
  shownText,
  timeMsSchema,
  userIdSchema,
} from '../../kernel/units.ts';
import { actionKindSchema, actionSchema } from './actions.ts';
import { appealSchema, heldSchema, reportedSchema, wordListSchema } from './desk-records.ts';
import { MODERATION_LIMITS } from './limits.ts';
import { modesSchema } from './modes.ts';
import { reportCommands } from './reports.ts';

/** Moderation: keeping a room decent, by people and by rules, all of it on the record. */

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const reasonSchema = shownText(0, MODERATION_LIMITS.reasonMaxCharacters.value).default('');
const op = { opId: opIdSchema, reason: reasonSchema };
const messageIds = z.array(idSchema).min(1).max(MODERATION_LIMITS.messagesMax.value);
const staffRate = { perSecond: 5, burst: 30 } as const;
const acted = z.strictObject({ action: actionSchema });

const staffMember = z.strictObject({
  userId: z.string(),
  role: roleSchema,
  untilMs: timeMsSchema.nullable(),
});

export const moderationContract = defineContract({
  name: 'moderation',
  summary: 'Keeping the room decent: sanctions, review, word lists, modes, a log of all of it, appeals.',
  commands: {
    'moderation:delete': {
      summary: 'Take messages of the last 200 back, for everyone.',
      input: z.strictObject({ ...op, messageIds }),
      output: acted,
      roles: STAFF,
      rate: staffRate,
      rateExempt: STAFF,
      errors: ['MESSAGE_NOT_FOUND', 'OUTRANKED'],
    },
    'moderation:hold': {
      summary: 'Take shown messages back until they are reviewed.',
      input: z.strictObject({ ...op, messageIds }),
      output: acted,
      roles: STAFF,
      rate: staffRate,
      rateExempt: STAFF,
      errors: ['MESSAGE_NOT_FOUND', 'OUTRANKED'],
    },
    'moderation:review': {
      summary: 'Show held messages to everyone, or reject them for good.',
      input: z.strictObject({ ...op, messageIds, approve: z.boolean() }),
      output: acted,
      roles: STAFF,
      rate: staffRate,
      rateExempt: STAFF,
      errors: ['NOT_HELD'],
    },
    'moderation:sanction': {
      summary:
        'Mute, time out, kick or ban users, all of them or none. From the seq of the answer on, nothing that the sanction forbids is accepted from them, on any node.',
      input: z
        .strictObject({
          ...op,
          userIds: z.array(userIdSchema).min(1).max(MODERATION_LIMITS.targetsMax.value),
          kind: sanctionKindSchema,
          /** Of a timeout, a kick, or a ban that ends by itself. Left out: the default; a mute and a ban last until lifted. */
          durationMs: z
            .int()
            .min(10_000)
            .max(365 * DAY_MS)
            .optional(),
          /** Also take their messages of the last 200 back. */
          deleteMessages: z.boolean().default(false),
          /** Of a ban: also keep out other accounts on the devices that they used here. */
          devices: z.boolean().default(true),
        })
        .superRefine(({ kind, durationMs }, context) => {
          const range = {
            mute: [0, 0],
            timeout: [MINUTE_MS, 7 * DAY_MS],
            kick: [10_000, 60 * MINUTE_MS],
            ban: [60 * MINUTE_MS, 365 * DAY_MS],
          }[kind];
          const [min = 0, max = 0] = range;
          if (durationMs === undefined || (durationMs >= min && durationMs <= max)) return;
          const message =
            max === 0 ? 'a mute has no length; a timeout has' : `expected ${min} to ${max} ms for a ${kind}`;
          context.addIssue({ code: 'custom', path: ['durationMs'], message });
        }),
      output: acted.extend({ seq: seqSchema }),
      roles: STAFF,
      rate: staffRate,
      rateExempt: STAFF,
      errors: ['OUTRANKED', 'NOT_YOURSELF'],
    },
    'moderation:lift': {
      summary: 'End a mute or timeout (`speak`), or a ban or kick (`enter`).',
      input: z.strictObject({ ...op, userId: userIdSchema, what: z.enum(['speak', 'enter']) }),
      output: acted,
      roles: STAFF,
      rate: staffRate,
      rateExempt: STAFF,
      errors: ['NOT_SANCTIONED', 'OUTRANKED'],
    },
    'moderation:set-modes': {
      summary: 'Slow mode, followers only, fans only, level only, links. What is left out stays.',
      input: z.strictObject({ ...op, modes: modesSchema.partial() }),
      output: acted.extend({ modes: modesSchema }),
      roles: STAFF,
      rate: staffRate,
      rateExempt: STAFF,
      errors: [],
    },
    'moderation:undo': {
      summary:
        'Take an action back: a sanction ends, messages and modes return. Somebody of a lower role cannot undo.',
      input: z.strictObject({ ...op, actionId: idSchema }),
      output: acted,
      roles: STAFF,
      rate: staffRate,
      rateExempt: STAFF,
      errors: ['ACTION_NOT_FOUND', 'CANNOT_UNDO', 'OUTRANKED'],
    },
    'moderation:appoint': {
      summary: 'Make somebody cohost or moderator, for a time or for good, or a viewer again.',
      input: z.strictObject({
        ...op,
        userId: userIdSchema,
        role: roleSchema.extract(['cohost', 'moderator', 'viewer']),
        durationMs: z
          .int()
          .min(MINUTE_MS)
          .max(365 * DAY_MS)
          .nullable()
          .default(null),
      }),
      output: acted,
      roles: ['host'],
      rate: staffRate,
      errors: ['OUTRANKED', 'NOT_YOURSELF'],
    },
    'moderation:save-list': {
      summary: 'Make a word list, or change what it is called, does, and whether it counts.',
      input: z.strictObject({ ...op, list: wordListSchema.omit({ words: true }) }),
      output: z.strictObject({ list: wordListSchema }),
      roles: STAFF,
      rate: staffRate,
      errors: ['TOO_MANY_LISTS'],
    },
    'moderation:edit-words': {
      summary:
        'Add words to a list and take words out. A word that cannot be in a list is refused with its place; nothing is changed then.',
      input: z
        .strictObject({
          ...op,
          listId: idSchema,
          add: z.array(z.string().max(200)).max(MODERATION_LIMITS.wordsPerCall.value).default([]),
          remove: z.array(z.string().max(200)).max(MODERATION_LIMITS.wordsPerCall.value).default([]),
          /** Also take words that would have stopped most of what was said lately. */
          force: z.boolean().default(false),
        })
        .refine(({ add, remove }) => add.length + remove.length <= MODERATION_LIMITS.wordsPerCall.value, {
          message: `expected at most ${MODERATION_LIMITS.wordsPerCall.value} words in all`,
          path: ['add'],
        }),
      output: z.strictObject({ list: wordListSchema }),
      roles: STAFF,
      rate: staffRate,
      errors: ['LIST_NOT_FOUND', 'BAD_WORD', 'TOO_BROAD', 'TOO_MANY_WORDS'],
    },
    'moderation:remove-list': {
      summary: 'Remove a word list.',
      input: z.strictObject({ ...op, listId: idSchema }),
      output: z.strictObject({}),
      roles: STAFF,
      rate: staffRate,
      errors: ['LIST_NOT_FOUND'],
    },
    'moderation:words': {
      summary: 'Words of a list, in alphabetical order, page by page.',
      input: z.strictObject({
        listId: idSchema,
        cursor: z.string().max(200).optional(),
        limit: z.int().min(1).max(500).default(200),
      }),
      output: z.strictObject({ words: z.array(z.string()), nextCursor: z.string().nullable() }),
      roles: STAFF,
      rate: staffRate,
      errors: ['LIST_NOT_FOUND'],
    },
    'moderation:desk': {
      summary: 'What a moderator sees on opening the desk; staff events after `seq` keep it current.',
      input: z.strictObject({}),
      output: z.strictObject({
        seq: seqSchema,
        /** Oldest first, at most 100. */
        held: z.array(heldSchema),
        heldCount: z.int().min(0),
        reported: z.array(reportedSchema),
        /** Newest first, at most 50. */
        actions: z.array(actionSchema),
        /** Open ones, oldest first, at most 50. */
        appeals: z.array(appealSchema),
        lists: z.array(wordListSchema),
        staff: z.array(staffMember),
      }),
      roles: STAFF,
      rate: staffRate,
      errors: [],
    },
    'moderation:log': {
      summary: 'Search the log of actions, newest first. `text` looks into reasons, names and messages.',
      input: z.strictObject({
        actorId: userIdSchema.optional(),
        userId: userIdSchema.optional(),
        kind: actionKindSchema.optional(),
        fromMs: timeMsSchema.optional(),
        toMs: timeMsSchema.optional(),
        text: z.string().min(1).max(100).optional(),
        cursor: z.string().max(64).optional(),
        limit: z.int().min(1).max(50).default(20),
      }),
      output: z.strictObject({
        actions: z.array(actionSchema),
        /** null: there is no more. A page may be short, or empty, with more behind it. */
        nextCursor: z.string().nullable(),
      }),
      roles: STAFF,
      rate: staffRate,
      errors: [],
    },
    'moderation:person': {
      summary: 'What a moderator may know of somebody.',
      input: z.strictObject({ userId: userIdSchema }),
      output: z.strictObject({
        userId: z.string(),
        role: roleSchema,
        badge: fanBadgeSchema.nullable(),
        followingSinceMs: timeMsSchema.nullable(),
        watchedMs: z.int().min(0),
        hasPaidOrders: z.boolean(),
        here: z.boolean(),
        sanctions: z.array(sanctionSchema),
        /** Newest first, at most 20. */
        actions: z.array(actionSchema),
        /** Of the last 200, newest first, at most 20. */
        messages: z.array(messageSchema),
      }),
      roles: STAFF,
      rate: staffRate,
      errors: [],
    },
    ...reportCommands,
    'moderation:appeal': {
      summary:
        'Appeal against a sanction, once. Works from outside the room, too: it is the one thing that is taken from somebody who is banned.',
      input: z.strictObject({
        opId: opIdSchema,
        roomId: roomIdSchema,
        actionId: idSchema,
        text: shownText(1, MODERATION_LIMITS.appealMaxCharacters.value),
      }),
      output: z.strictObject({ appealId: z.string() }),
      roles: SIGNED_IN,
      rate: { perSecond: 0.05, burst: 3 },
      errors: ['NOT_SANCTIONED', 'APPEALED'],
    },
    'moderation:resolve-appeal': {
      summary: 'Accept an appeal, which ends the sanction, or reject it.',
      input: z.strictObject({ ...op, appealId: z.string().max(140), accept: z.boolean() }),
      output: acted,
      roles: STAFF,
      rate: staffRate,
      errors: ['APPEAL_NOT_FOUND', 'OUTRANKED'],
    },
  },
  events: {
    'moderation:sanctioned': {
      summary: 'These users may not speak, or not be here, until `untilMs` (null: until it is lifted).',
      data: z.strictObject({
        userIds: z.array(z.string()),
        kind: sanctionKindSchema,
        untilMs: timeMsSchema.nullable(),
      }),
      lane: 'control',
    },
    'moderation:lifted': {
      summary: 'These users may speak, or come in, again.',
      data: z.strictObject({ userIds: z.array(z.string()), what: z.enum(['speak', 'enter']) }),
      lane: 'control',
    },
    'moderation:modes-changed': {
      summary: 'How chat works now.',
      data: z.strictObject({ modes: modesSchema }),
      lane: 'control',
      conflateBy: '',
    },
    'moderation:acted': {
      summary: 'A moderator did something.',
      data: z.strictObject({ action: actionSchema }),
      lane: 'control',
      audience: 'staff',
    },
    'moderation:held': {
      summary: 'A message waits for review.',
      data: heldSchema,
      lane: 'control',
      audience: 'staff',
    },
    'moderation:reported': {
      summary: 'A viewer reported a message.',
      data: z.strictObject({
        messageId: idSchema,
        byUserId: z.string(),
        reason: z.string(),
        reports: z.int().min(1),
      }),
      lane: 'control',
      audience: 'staff',
    },
    'moderation:appealed': {
      summary: 'Somebody appeals against a sanction, or an appeal was answered.',
      data: z.strictObject({ appeal: appealSchema }),
      lane: 'control',
      audience: 'staff',
    },
    'moderation:lists-changed': {
      summary: 'Word lists or their words have changed.',
      data: z.strictObject({ lists: z.array(wordListSchema) }),
      lane: 'control',
      audience: 'staff',
      conflateBy: '',
    },
    'moderation:filtered': {
      summary: 'What the filters stopped in the last ten seconds, over all nodes. At most once a second.',
      data: z.strictObject({ blocked: z.int().min(0), held: z.int().min(0), users: z.int().min(0) }),
      lane: 'ambient',
      audience: 'staff',
      conflateBy: '',
    },
  },
  notices: {
    'moderation:you-changed': {
      summary: 'The sanctions that you are under now.',
      data: z.strictObject({ sanctions: z.array(sanctionSchema) }),
    },
    'moderation:appeal-answered': {
      summary: 'Your appeal was answered.',
      data: z.strictObject({ actionId: idSchema, accepted: z.boolean(), note: z.string() }),
    },
  },
  errors: {
    PRODUCT_NOT_FOUND: { message: 'There is no such product in this room.', retryable: false },
    TOO_MANY_REPORTS: {
      message: 'You have as many open reports in this room as one person may have.',
      retryable: false,
    },
    MESSAGE_NOT_FOUND: { message: 'That message is not among the last 200.', retryable: false },
    NOT_HELD: { message: 'That message does not wait for review, or not any more.', retryable: false },
    OUTRANKED: {
      message: 'You can act only on people of a lower role; `path` names whom.',
      retryable: false,
    },
    NOT_YOURSELF: { message: 'You cannot do this to yourself.', retryable: false },
    NOT_SANCTIONED: { message: 'There is no such sanction in force.', retryable: false },
    ACTION_NOT_FOUND: { message: 'There is no such action.', retryable: false },
    CANNOT_UNDO: { message: 'It was undone already, is too old, or cannot be undone.', retryable: false },
    TOO_MANY_LISTS: { message: 'The room has as many word lists as it may have.', retryable: false },
    LIST_NOT_FOUND: { message: 'There is no such word list.', retryable: false },
    BAD_WORD: { message: 'A word cannot be in a list; `path` names it.', retryable: false },
    TOO_BROAD: {
      message:
        'These words would have stopped most of what was said lately; `force` takes them all the same.',
      retryable: false,
    },
    TOO_MANY_WORDS: { message: 'The room has as many words as it may have.', retryable: false },
    APPEALED: { message: 'You have appealed against this sanction already.', retryable: false },
    APPEAL_NOT_FOUND: { message: 'There is no such open appeal.', retryable: false },
  },
  limits: MODERATION_LIMITS,
  snapshot: z.strictObject({ modes: modesSchema }),
  you: z.strictObject({ sanctions: z.array(sanctionSchema) }),
});
export type ModerationSnapshot = z.infer<typeof moderationContract.snapshot>;
export type ModerationYou = z.infer<typeof moderationContract.you>;
