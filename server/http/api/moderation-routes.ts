import { z } from 'zod';
import { idSchema, shownText, timeMsSchema } from '../../../shared/kernel/units.ts';
import { type Action, actionKindSchema, actionSchema } from '../../../shared/plays/moderation/actions.ts';
import { type WordList, wordListSchema } from '../../../shared/plays/moderation/desk-records.ts';
import { MODERATION_LIMITS } from '../../../shared/plays/moderation/limits.ts';
import { STARTER_HEADS } from '../../plays/moderation/words-starters.ts';
import { limitSchema, roomParams } from './common-schemas.ts';
import type { ApiRoute } from './route.ts';

const listParams = roomParams.extend({ listId: idSchema });
/** Room for a list of a megabyte, and for what JSON makes of it. */
const UPLOAD_BYTES_MAX = 2 * 1024 * 1024;
const TEXT_MAX = 1024 * 1024;

const uploadSchema = z
  .strictObject({
    words: z.string().max(TEXT_MAX).meta({
      description: 'One word or phrase a line; blank lines and lines that begin with "#" are left out.',
    }),
    force: z
      .boolean()
      .default(false)
      .meta({ description: 'Take words that would have stopped most of what was said lately all the same.' }),
    reason: shownText(0, MODERATION_LIMITS.reasonMaxCharacters.value)
      .default('')
      .meta({ description: 'For the moderation log.' }),
  })
  .meta({ id: 'WordUpload' });

const uploadAnswer = z.strictObject({
  words: z.int().min(0).meta({ description: 'How many words the list has now.' }),
  problems: z
    .array(
      z
        .strictObject({ line: z.int().min(1), word: z.string(), message: z.string() })
        .meta({ id: 'WordProblem' }),
    )
    .meta({ description: 'Lines that were left out, and why; the first hundred.' }),
});

const logQuery = z.strictObject({
  limit: limitSchema,
  cursor: z.string().max(64).optional().meta({ description: 'The `nextCursor` of the page before.' }),
  kind: actionKindSchema.optional(),
  actorId: z.string().max(64).optional().meta({ description: 'Who acted.' }),
  userId: z.string().max(64).optional().meta({ description: 'Whom it was against.' }),
  fromMs: z.coerce.number<string>().pipe(timeMsSchema).optional(),
  toMs: z.coerce.number<string>().pipe(timeMsSchema).optional(),
  text: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .meta({ description: 'Looked for in reasons, names and messages.' }),
});

/** Those that every room begins with. */
const lists = STARTER_HEADS.map(({ head, words }): WordList => ({ ...JSON.parse(`${head}}`), words }));
const params = { roomId: 'linen-house' };
const action = {
  ...{ actionId: 'a12', kind: 'timeout', actorId: 'u-7', actorName: 'Mo', actorRole: 'moderator' },
  ...{ userIds: ['u-1001'], messages: [], reason: 'spam', untilMs: 1_780_000_600_000, detail: '' },
  ...{ undoes: null, undoneBy: null, atMs: 1_780_000_000_000 },
} satisfies Action;

export const moderationRoutes = {
  listWordLists: {
    method: 'get',
    path: '/rooms/{roomId}/word-lists',
    tag: 'Moderation',
    summary: 'List the word lists of a room',
    auth: 'api-key',
    params: roomParams,
    success: {
      status: 200,
      text: 'All of them, without their words.',
      schema: z.strictObject({ lists: z.array(wordListSchema) }),
    },
    problems: ['ROOM_NOT_FOUND'],
    example: { params, answer: { lists } },
  },
  replaceWords: {
    method: 'put',
    path: '/rooms/{roomId}/word-lists/{listId}/words',
    tag: 'Moderation',
    summary: 'Give a word list other words',
    description:
      'For lists that are too long for the desk: up to a megabyte of text. Words that cannot be in a list are left out and told of; the others count from the answer on, on every node. Sending it again is fine.',
    auth: 'api-key',
    rate: 'uploads',
    params: listParams,
    body: uploadSchema,
    bodyBytesMax: UPLOAD_BYTES_MAX,
    success: {
      status: 200,
      text: 'How many words there are now, and what was left out.',
      schema: uploadAnswer,
    },
    problems: ['ROOM_NOT_FOUND', 'WORD_LIST_NOT_FOUND', 'WORD_LISTS_FULL', 'WORDS_TOO_BROAD'],
    example: {
      params: { ...params, listId: 'en-block' },
      body: { words: '# sold elsewhere\nreplica watches\nfree followers\n', reason: 'spring cleaning' },
      answer: { words: 2, problems: [] },
    },
  },
  listActions: {
    method: 'get',
    path: '/rooms/{roomId}/moderation-log',
    tag: 'Moderation',
    summary: 'Search what moderators did, newest first',
    description: 'A page may be short, or empty, with more behind it: go on until `nextCursor` is null.',
    auth: 'api-key',
    params: roomParams,
    query: logQuery,
    success: {
      status: 200,
      text: 'A page of actions.',
      schema: z.strictObject({
        actions: z.array(actionSchema),
        nextCursor: z.string().nullable().meta({ description: 'null on the last page.' }),
      }),
    },
    problems: ['ROOM_NOT_FOUND'],
    example: {
      params,
      query: { limit: '20', kind: 'timeout' },
      answer: { actions: [action], nextCursor: null },
    },
  },
} as const satisfies Record<string, ApiRoute>;
