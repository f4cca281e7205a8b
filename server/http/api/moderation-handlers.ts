import type { Identity } from '../../kernel/context.ts';
import { readCursor } from '../../plays/moderation/action-log.ts';
import type { Caller } from '../../plays/moderation/moderation.rules.ts';
import { problem } from '../problem.ts';
import type { ApiDeps } from './deps.ts';
import { type HandlersOf, reply } from './handler.ts';
import type { moderationRoutes } from './moderation-routes.ts';

export function createModerationHandlers({
  rooms,
  words,
  actionLog,
}: ApiDeps): HandlersOf<typeof moderationRoutes> {
  return {
    listWordLists: async ({ params: { roomId } }) => {
      if (!(await rooms.exists(roomId))) return problem('ROOM_NOT_FOUND');
      return reply({ lists: await words.store.lists(roomId) });
    },

    replaceWords: async ({ params: { roomId, listId }, body, actor, log }) => {
      if (!(await rooms.exists(roomId))) return problem('ROOM_NOT_FOUND');
      const { words: text, ...how } = body;
      const outcome = await words.replaceWords(roomId, merchant(actor, roomId), listId, text, how);
      if (outcome.ok) {
        log.info({ roomId, listId, words: outcome.data.words }, 'the words of a list were replaced');
        return reply(outcome.data);
      }
      switch (outcome.code) {
        case 'LIST_NOT_FOUND':
          return problem('WORD_LIST_NOT_FOUND');
        case 'TOO_MANY_WORDS':
          return problem('WORD_LISTS_FULL', { path: 'words' });
        case 'TOO_BROAD':
          return problem('WORDS_TOO_BROAD', { path: 'words' });
        default:
          throw new Error(`an upload was refused with ${outcome.code}`);
      }
    },

    listActions: async ({ params: { roomId }, query }) => {
      if (!(await rooms.exists(roomId))) return problem('ROOM_NOT_FOUND');
      const { limit, cursor, ...wanted } = query;
      if (cursor !== undefined && readCursor(cursor) === undefined)
        return problem('INVALID_PAYLOAD', {
          path: 'cursor',
          detail: 'expected the nextCursor of the page before',
        });
      return reply(await actionLog.search(roomId, wanted, { limit, cursor }));
    },
  };
}

/** Whoever has the key stands above everybody in the room. */
function merchant(actor: string, room: string): Caller {
  const user: Identity = {
    userId: actor,
    name: actor,
    role: 'host',
    room,
    expiresAtMs: Number.POSITIVE_INFINITY,
    issuedAtMs: 0,
  };
  return { user, connection: { token: user } };
}
