import { createHash } from 'node:crypto';
import { roomInfoSchema } from '../../../shared/plays/room/contract.ts';
import type { Product } from '../../../shared/plays/shelf/contract.ts';
import type { Config } from '../../config/schema.ts';
import type { DemoSignIn } from '../../demo/sign-in.ts';
import type { RandomSource } from '../../kernel/random.ts';
import type { RoomPatch, RoomStore } from '../../plays/room/room.store.ts';
import type { ShelfStore } from '../../plays/shelf/shelf.store.ts';
import type { Tokens } from '../../realtime/auth.ts';
import { fingerprint } from '../../redis/reply.ts';
import { type Problem, problem } from '../problem.ts';
import { type ApiHandlers, type ApiRequest, reply } from './handler.ts';
import { API_PREFIX } from './routes.ts';

export type ApiDeps = {
  config: Config;
  random: RandomSource;
  tokens: Tokens;
  rooms: RoomStore;
  shelf: ShelfStore;
  /** Only in demo mode. */
  demo: DemoSignIn | undefined;
  serverNowMs: () => number;
};

export function createApiHandlers(deps: ApiDeps): ApiHandlers {
  const { config, random, tokens, rooms, shelf } = deps;

  async function save(
    request: ApiRequest<'addProduct'> | ApiRequest<'saveProduct'>,
    product: Product,
  ): Promise<{ ok: true; data: Product } | Problem> {
    const { roomId } = request.params;
    if (!(await rooms.exists(roomId))) return problem('ROOM_NOT_FOUND');
    const opId = request.headers['idempotency-key'] ?? random.id('http');
    const op = { actor: request.actor, opId, fingerprint: fingerprint('shelf:save-product', { product }) };
    const outcome = await shelf.save(roomId, op, product);
    if (outcome.ok) return outcome;
    return outcome.code === 'IDEMPOTENCY_MISMATCH'
      ? problem(outcome.code, { path: 'Idempotency-Key' })
      : problem(outcome.code);
  }

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

    listProducts: async ({ params }) => {
      if (!(await rooms.exists(params.roomId))) return problem('ROOM_NOT_FOUND');
      return reply({ products: await shelf.list(params.roomId) });
    },

    addProduct: async (request) => {
      const { productId, ...rest } = request.body;
      // The id follows from the key, so that a retry means the same product.
      const key = request.headers['idempotency-key'];
      const made = key === undefined ? random.id('p') : `p_${shortHash(`${request.actor} ${key}`)}`;
      const outcome = await save(request, { productId: productId ?? made, ...rest });
      if (!outcome.ok) return outcome;
      const { roomId } = request.params;
      return reply(
        { product: outcome.data },
        { Location: `${API_PREFIX}/rooms/${roomId}/products/${outcome.data.productId}` },
      );
    },

    saveProduct: async (request) => {
      const outcome = await save(request, { productId: request.params.productId, ...request.body });
      return outcome.ok ? reply({ product: outcome.data }) : outcome;
    },

    readProduct: async ({ params }) => {
      if (!(await rooms.exists(params.roomId))) return problem('ROOM_NOT_FOUND');
      const product = await shelf.find(params.roomId, params.productId);
      return product ? reply({ product }) : problem('PRODUCT_NOT_FOUND');
    },

    removeProduct: async ({ params, actor }) => {
      if (!(await rooms.exists(params.roomId))) return problem('ROOM_NOT_FOUND');
      const { roomId, productId } = params;
      const op = {
        actor,
        opId: random.id('http'),
        fingerprint: fingerprint('shelf:remove-product', { productId }),
      };
      const outcome = await shelf.remove(roomId, op, productId);
      if (outcome.ok) return reply(undefined);
      if (outcome.code === 'PRODUCT_NOT_FOUND') return problem(outcome.code);
      throw new Error('a fresh opId was known');
    },

    mintToken: async ({ params, body }) => {
      if (!tokens.canMint) return problem('TOKENS_ELSEWHERE');
      if (!(await rooms.exists(params.roomId))) return problem('ROOM_NOT_FOUND');
      const { ttlMs = config.accessTokenTtlMs, ...user } = body;
      return reply(await tokens.mint({ ...user, room: params.roomId, ttlMs }));
    },

    demoSignIn: async ({ body }) => {
      if (!deps.demo) return problem('NOT_FOUND');
      if (!(await rooms.exists(body.roomId))) return problem('ROOM_NOT_FOUND', { path: 'roomId' });
      const outcome = await deps.demo.signIn(body);
      if (outcome.ok) return reply(outcome.data);
      return outcome.code === 'UNAUTHENTICATED'
        ? problem('UNAUTHENTICATED', { path: 'code', detail: 'This code is not known here.' })
        : problem('INVALID_PAYLOAD', { path: 'name', detail: 'expected a name of 1 to 24 characters' });
    },
  };
}

/** Text that everyone will read, without what nobody can see. It must still fit: NFKC can make text longer. */
function cleanRoom(
  body: { [K in keyof RoomPatch]?: string | undefined },
): { ok: true; fields: RoomPatch } | Problem {
  const fields: RoomPatch = {};
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

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}
