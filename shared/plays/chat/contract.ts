import { z } from 'zod';
import { defineContract } from '../../kernel/contract.ts';
import {
  graphemeCount,
  idSchema,
  opIdSchema,
  roleSchema,
  SIGNED_IN,
  STAFF,
  seqSchema,
  timeMsSchema,
  userIdSchema,
} from '../../kernel/units.ts';

/** Chat: what people say, the last 200 messages, one pinned message. */

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
    replyTo: z
      .strictObject({ messageId: idSchema, userId: z.string(), name: z.string(), excerpt: z.string() })
      .nullable(),
    atMs: timeMsSchema,
  })
  .meta({ id: 'ChatMessage' });
export type ChatMessage = z.infer<typeof messageSchema>;

const textSchema = z
  .string()
  // Not max(): zod counts code points.
  .refine((text) => text.length <= CHAT_TEXT_MAX_CODE_UNITS, {
    message: `expected at most ${CHAT_TEXT_MAX_CODE_UNITS} code units`,
  })
  .refine((text) => graphemeCount(text) <= CHAT_TEXT_MAX_GRAPHEMES, {
    message: `expected at most ${CHAT_TEXT_MAX_GRAPHEMES} characters`,
  })
  .refine((text) => text.trim().length > 0, { message: 'expected some text' });

export const chatContract = defineContract({
  name: 'chat',
  summary: 'What people say to each other.',
  commands: {
    'chat:say': {
      summary:
        'Say something. The text is cleaned (NFKC, no control or bidi characters, at most 3 marks a letter).',
      input: z.strictObject({
        opId: opIdSchema,
        text: textSchema,
        mentions: z.array(userIdSchema).max(CHAT_MENTIONS_MAX).default([]),
        replyToMessageId: idSchema.nullable().default(null),
      }),
      output: z.strictObject({ seq: seqSchema, message: messageSchema }),
      roles: SIGNED_IN,
      rate: { perSecond: 1, burst: 3 },
      errors: ['EMPTY_TEXT', 'MESSAGE_NOT_FOUND'],
    },
    'chat:pin': {
      summary: 'Pin a message of the last 200 for everyone; null unpins.',
      input: z.strictObject({ opId: opIdSchema, messageId: idSchema.nullable() }),
      output: z.strictObject({}),
      roles: STAFF,
      rate: { perSecond: 1, burst: 5 },
      errors: ['MESSAGE_NOT_FOUND'],
    },
  },
  events: {
    'chat:said': {
      summary: 'Someone said something.',
      data: messageSchema,
      lane: 'chat',
    },
    'chat:pinned': {
      summary: 'This message is pinned now; null for none.',
      data: z.strictObject({ message: messageSchema.nullable() }),
      lane: 'control',
      conflateBy: '',
    },
  },
  notices: {
    'chat:mentioned': {
      summary: 'A message that names you was left out of the shaped chat; here it is.',
      data: z.strictObject({ seq: seqSchema, message: messageSchema }),
    },
  },
  errors: {
    EMPTY_TEXT: { message: 'Nothing readable is left of the text.', retryable: false },
    MESSAGE_NOT_FOUND: { message: 'That message is not among the last 200.', retryable: false },
  },
  limits: {
    textMaxGraphemes: { value: CHAT_TEXT_MAX_GRAPHEMES, unit: 'graphemes', summary: 'Length of a message.' },
    nameMaxGraphemes: { value: 24, unit: 'graphemes', summary: 'Length of a shown name.' },
    mentionsMax: { value: CHAT_MENTIONS_MAX, unit: 'users', summary: 'Mentions in a message.' },
    historyKept: { value: 200, unit: 'messages', summary: 'In the snapshot.' },
  },
  snapshot: z.strictObject({
    /** Oldest first. */
    messages: z.array(messageSchema),
    pinned: messageSchema.nullable(),
  }),
  you: z.strictObject({}),
});
export type ChatSnapshot = z.infer<typeof chatContract.snapshot>;
