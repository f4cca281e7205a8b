import { roomInfoSchema } from '../../../shared/plays/room/contract.ts';
import type { RoomPatch } from '../../plays/room/room.store.ts';
import { type Problem, problem } from '../problem.ts';
import type { ApiDeps } from './deps.ts';
import { type HandlersOf, reply } from './handler.ts';
import type { roomRoutes } from './room-routes.ts';
import { API_PREFIX } from './route.ts';

export function createRoomHandlers(deps: ApiDeps): HandlersOf<typeof roomRoutes> {
  const { config, tokens, rooms } = deps;
  return {
    createRoom: async ({ body, actor }) => {
      const text = cleanRoom(body);
      if (!text.ok) return text;
      const room = { ...body, ...text.fields, demo: false, createdAtMs: deps.serverNowMs() };
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
      const text = cleanRoom(body);
      if (!text.ok) return text;
      const outcome = await rooms.update(params.roomId, text.fields, actor);
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

/** Text that everyone will read, without what nobody can see. It must still fit: NFKC can make text longer. */
function cleanRoom<Body extends { [K in keyof RoomPatch]?: RoomPatch[K] | undefined }>(
  body: Body,
): { ok: true; fields: RoomPatch } | Problem {
  const fields: RoomPatch = {};
  if (body.checkoutUrl !== undefined) fields.checkoutUrl = body.checkoutUrl;
  for (const name of ['title', 'hostName', 'sellerContact'] as const) {
    const text = body[name];
    if (text === undefined) continue;
    const checked = roomInfoSchema.shape[name].safeParse(text);
    if (!checked.success) {
      return problem('INVALID_PAYLOAD', {
        path: name,
        detail: 'expected text that can be seen, and not too long',
      });
    }
    fields[name] = checked.data;
  }
  return { ok: true, fields };
}
