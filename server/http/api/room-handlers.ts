import { problem } from '../problem.ts';
import type { ApiDeps } from './deps.ts';
import { type HandlersOf, reply } from './handler.ts';
import { cleanRoom } from './room-input.ts';
import type { roomRoutes } from './room-routes.ts';
import { API_PREFIX } from './route.ts';

export function createRoomHandlers(deps: ApiDeps): HandlersOf<typeof roomRoutes> {
  const { config, tokens, rooms } = deps;
  return {
    createRoom: async ({ body, actor }) => {
      const createdAtMs = deps.serverNowMs();
      const clean = cleanRoom(body, createdAtMs);
      if (!clean.ok) return clean;
      const room = { ...body, ...clean.fields, demo: false, simulated: 0, createdAtMs };
      const outcome = await rooms.create(room, actor);
      if (!outcome.ok) return problem(outcome.code, { path: 'roomId' });
      return reply({ room: outcome.data }, { Location: `${API_PREFIX}/rooms/${room.roomId}` });
    },

    listRooms: async ({ query }) => reply(await rooms.list(query.limit, query.cursor)),

    readRoom: async ({ params }) => {
      const listing = await rooms.read(params.roomId);
      return listing ? reply(listing) : problem('ROOM_NOT_FOUND');
    },

    changeRoom: async ({ params, body, actor }) => {
      const clean = cleanRoom(body, deps.serverNowMs());
      if (!clean.ok) return clean;
      const outcome = await rooms.update(params.roomId, clean.fields, actor);
      return outcome.ok ? reply({ room: outcome.data }) : problem(outcome.code);
    },

    mintToken: async ({ params, body }) => {
      if (!tokens.canMint) return problem('TOKENS_ELSEWHERE');
      if (!(await rooms.exists(params.roomId))) return problem('ROOM_NOT_FOUND');
      const { ttlMs = config.accessTokenTtlMs, ...user } = body;
      return reply(await tokens.mint({ ...user, room: params.roomId, ttlMs }));
    },
  };
}
