import { fingerprint, type OpRefusal } from '../../redis/reply.ts';
import { type Problem, problem } from '../problem.ts';
import type { ApiDeps } from './deps.ts';
import { type HandlersOf, reply } from './handler.ts';
import { API_PREFIX } from './route.ts';
import type { saleRoutes } from './sale-routes.ts';

export function createSaleHandlers({ random, rooms, sales }: ApiDeps): HandlersOf<typeof saleRoutes> {
  return {
    scheduleSale: async ({ params, headers, body, actor, log }) => {
      const { roomId } = params;
      if (!(await rooms.exists(roomId))) return problem('ROOM_NOT_FOUND');
      const op = { actor, opId: headers['idempotency-key'], fingerprint: fingerprint('merchant:sale', body) };
      const outcome = await sales.schedule(roomId, op, random.id('sale'), body);
      if (!outcome.ok)
        return refused(outcome.code, outcome.code === 'PRODUCT_NOT_FOUND' ? 'productId' : undefined);
      const sale = outcome.data;
      log.info({ roomId, saleId: sale.saleId, total: sale.total }, 'a sale was planned');
      return reply({ sale }, { Location: `${API_PREFIX}/rooms/${roomId}/sales/${sale.saleId}` });
    },

    listSales: async ({ params }) => {
      if (!(await rooms.exists(params.roomId))) return problem('ROOM_NOT_FOUND');
      return reply({ sales: await sales.list(params.roomId) });
    },

    readSale: async ({ params }) => {
      if (!(await rooms.exists(params.roomId))) return problem('ROOM_NOT_FOUND');
      const sale = await sales.read(params.roomId, params.saleId);
      return sale ? reply({ sale }) : problem('SALE_NOT_FOUND');
    },

    correctStock: async ({ params, headers, body, actor, log }) => {
      const { roomId, saleId } = params;
      if (!(await rooms.exists(roomId))) return problem('ROOM_NOT_FOUND');
      const op = {
        actor,
        opId: headers['idempotency-key'],
        fingerprint: fingerprint('merchant:stock', { saleId, ...body }),
      };
      const outcome = await sales.correct(roomId, op, saleId, body);
      if (!outcome.ok) return refused(outcome.code, outcome.code.startsWith('STOCK_') ? 'units' : undefined);
      log.info({ roomId, saleId, ...body }, 'the stock of a sale was corrected');
      return reply({ sale: outcome.data });
    },
  };
}

function refused(
  code:
    | 'SALE_NOT_FOUND'
    | 'PRODUCT_NOT_FOUND'
    | 'TOO_MANY_SALES'
    | 'STOCK_TOO_LARGE'
    | 'STOCK_TOO_SMALL'
    | OpRefusal,
  path: string | undefined,
): Problem {
  if (code === 'BANNED') throw new Error('an API key cannot be banned');
  if (code === 'IDEMPOTENCY_MISMATCH') return problem(code, { path: 'Idempotency-Key' });
  return problem(code, path === undefined ? {} : { path });
}
