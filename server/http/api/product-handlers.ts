import { createHash } from 'node:crypto';
import type { Product } from '../../../shared/plays/shelf/contract.ts';
import { fingerprint } from '../../redis/reply.ts';
import { type Problem, problem } from '../problem.ts';
import type { ApiDeps } from './deps.ts';
import { type ApiRequest, type HandlersOf, reply } from './handler.ts';
import type { productRoutes } from './product-routes.ts';
import { API_PREFIX } from './route.ts';

export function createProductHandlers({ random, rooms, shelf }: ApiDeps): HandlersOf<typeof productRoutes> {
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
    // The merchant's own keys are never banned.
    if (outcome.code === 'BANNED') throw new Error('an API key cannot be banned');
    return outcome.code === 'IDEMPOTENCY_MISMATCH'
      ? problem(outcome.code, { path: 'Idempotency-Key' })
      : problem(outcome.code);
  }

  return {
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
  };
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}
