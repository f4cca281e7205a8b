import { z } from 'zod';
import {
  CHAT_MENTIONS_MAX,
  CHAT_TEXT_MAX_CODE_UNITS,
  CHAT_TEXT_MAX_GRAPHEMES,
  messageSchema,
} from '../../community/chat-message.ts';
import { defineContract } from '../../kernel/contract.ts';
import {
  graphemeCount,
  idSchema,
  opIdSchema,
  SIGNED_IN,
  STAFF,
  seqSchema,
  userIdSchema,
} from '../../kernel/units.ts';

/** Chat: what people say, the last 200 messages, one pinned message. */

export {
  CHAT_TEXT_MAX_CODE_UNITS,
  CHAT_TEXT_MAX_GRAPHEMES,
  type ChatMessage,
} from '../../community/chat-message.ts';

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
      rateExempt: STAFF,
      errors: [
        ...([
          'EMPTY_TEXT',
          'MESSAGE_NOT_FOUND',
          'MUTED',
          'SLOW_MODE',
          'FOLLOWERS_ONLY',
          'LEVEL_ONLY',
        ] as const),
        ...(['WORD_BLOCKED', 'LINK_BLOCKED'] as const),
      ],
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
    'chat:removed': {
      summary: 'These messages are gone: a moderator took them back, or holds them for review.',
      data: z.strictObject({ messageIds: z.array(idSchema) }),
      lane: 'control',
    },
    'chat:restored': {
      summary: 'A message that was removed is back, in its place by `atMs`.',
      data: z.strictObject({ message: messageSchema }),
      lane: 'control',
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
    MUTED: {
      message: 'You may not speak here for now; `retryAfterMs` where it ends by itself.',
      retryable: false,
    },
    SLOW_MODE: { message: 'Slow mode: wait `retryAfterMs` between two messages.', retryable: true },
    FOLLOWERS_ONLY: {
      message:
        'Only those who have followed the room for a while may speak; `retryAfterMs` for those who follow.',
      retryable: true,
    },
    LEVEL_ONLY: { message: 'Only fans of a level may speak right now.', retryable: false },
    WORD_BLOCKED: { message: 'A word in it is not allowed in this room.', retryable: false },
    LINK_BLOCKED: { message: 'Links are not allowed in this room.', retryable: false },
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
