import type { OrderRecord } from '../../../shared/trade/order.ts';
import type { Refusal } from '../../kernel/outcome.ts';
import type { OpRefusal } from '../../redis/reply.ts';
import { CheckoutReferences } from '../../trade/checkout-references.ts';
import { MerchantOrders } from '../merchant-orders.ts';
import { type Problem, problem } from '../problem.ts';
import type { ApiDeps } from './deps.ts';
import { type ApiRequest, type HandlersOf, reply } from './handler.ts';
import { exportedOrders } from './order-export.ts';
import type { orderRoutes } from './order-routes.ts';
import { publicKeysOf } from './public-keys.ts';

type ChangeId = 'payOrder' | 'cancelOrder' | 'refundOrder' | 'fulfilOrder';
type ChangeCode = 'ORDER_NOT_FOUND' | 'WRONG_STATE' | 'PAID_ALREADY' | 'AMOUNT_MISMATCH' | OpRefusal;

export function createOrderHandlers(deps: ApiDeps): HandlersOf<typeof orderRoutes> {
  const { config, rooms, orders, serverNowMs } = deps;
  const merchant = new MerchantOrders(orders);
  const references = new CheckoutReferences(publicKeysOf(deps), config.tokenIssuer);

  async function change(
    request: ApiRequest<ChangeId>,
    make: (
      by: { actor: string; key: string },
      roomId: string,
      orderId: string,
    ) => Promise<{ ok: true; data: OrderRecord } | Refusal<ChangeCode>>,
  ): Promise<{ ok: true; body: { order: OrderRecord } } | Problem> {
    const { params, headers, actor, log } = request;
    const { roomId, orderId } = params;
    if (!(await rooms.exists(roomId))) return problem('ROOM_NOT_FOUND');
    const outcome = await make({ actor, key: headers['idempotency-key'] }, roomId, orderId);
    const order = outcome.ok ? outcome.data : await orders.read(roomId, orderId);
    const about = {
      roomId,
      orderId,
      state: order?.state,
      amountMinor: order?.amountMinor,
      currency: order?.currency,
    };
    if (!outcome.ok) {
      const { code } = outcome;
      if (code === 'PAID_ALREADY')
        log.warn(about, 'an order was paid twice: the second payment has to go back');
      else log.info({ ...about, code }, 'a change of an order was refused');
      return refusal(code, order, request);
    }
    if (outcome.data.state === 'REFUND_REQUIRED')
      log.warn(
        { ...about, reason: outcome.data.reason },
        'a payment came too late: the money has to go back',
      );
    else log.info({ ...about, late: outcome.data.late }, 'an order was changed');
    return reply({ order: outcome.data });
  }

  return {
    listOrders: async ({ params, query }) => {
      const { roomId } = params;
      if (!(await rooms.exists(roomId))) return problem('ROOM_NOT_FOUND');
      const before = query.cursor === undefined ? undefined : Number(query.cursor);
      const page = await orders.list(roomId, query.limit, { before, state: query.state });
      return reply({ ...page, nextCursor: page.nextCursor === null ? null : String(page.nextCursor) });
    },

    exportOrders: async ({ params, query, signal }) => {
      const { roomId } = params;
      if (!(await rooms.exists(roomId))) return problem('ROOM_NOT_FOUND');
      const csv = query.format === 'csv';
      return {
        ok: true,
        stream: exportedOrders(orders.all(roomId, query.fromNo ?? 1), query, signal),
        contentType: csv ? 'text/csv; charset=utf-8' : 'application/x-ndjson',
        headers: { 'Content-Disposition': `attachment; filename="orders-${roomId}.${query.format}"` },
      };
    },

    readOrder: async ({ params }) => {
      if (!(await rooms.exists(params.roomId))) return problem('ROOM_NOT_FOUND');
      const order = await orders.read(params.roomId, params.orderId);
      return order ? reply({ order }) : problem('ORDER_NOT_FOUND');
    },

    payOrder: (request) =>
      change(request, (by, roomId, orderId) => merchant.pay(roomId, by, orderId, request.body)),
    cancelOrder: (request) =>
      change(request, (by, roomId, orderId) => merchant.cancel(roomId, by, orderId, request.body)),
    refundOrder: (request) =>
      change(request, (by, roomId, orderId) => merchant.refund(roomId, by, orderId, request.body)),
    fulfilOrder: (request) =>
      change(request, (by, roomId, orderId) => merchant.fulfil(roomId, by, orderId, request.body)),

    verifyReference: async ({ body }) => {
      const reference = await references.read(body.ref);
      if (!reference) return problem('REFERENCE_INVALID', { path: 'ref' });
      const { roomId, orderId, expiresAtMs } = reference;
      const expired = serverNowMs() >= expiresAtMs;
      if (expired && !body.acceptExpired) {
        return problem('REFERENCE_EXPIRED', {
          path: 'ref',
          detail: `It was good until ${new Date(expiresAtMs).toISOString()}.`,
        });
      }
      const order = await orders.read(roomId, orderId);
      return order ? reply({ roomId, order, expiresAtMs, expired }) : problem('ORDER_NOT_FOUND');
    },
  };
}

function refusal(code: ChangeCode, order: OrderRecord | undefined, { body }: ApiRequest<ChangeId>): Problem {
  if (code === 'BANNED') throw new Error('an API key cannot be banned');
  if (code === 'IDEMPOTENCY_MISMATCH') return problem(code, { path: 'Idempotency-Key' });
  if (code === 'ORDER_NOT_FOUND' || !order) return problem('ORDER_NOT_FOUND');
  switch (code) {
    case 'PAID_ALREADY':
      return problem(code, {
        path: 'paymentRef',
        detail: `The order was paid before, as "${order.paymentRef}". Give this second payment back to the buyer.`,
      });
    case 'AMOUNT_MISMATCH': {
      const { amountMinor, currency } = order;
      const right = 'currency' in body && body.currency === currency;
      return problem(code, {
        path: right ? 'amountMinor' : 'currency',
        detail: `expected ${amountMinor} ${currency} (in the smallest unit); nothing was changed`,
        expected: { amountMinor, currency },
      });
    }
    case 'WRONG_STATE': {
      const done =
        order.state === 'PAID' && order.fulfilledAtMs !== null ? 'PAID and fulfilled' : order.state;
      return problem('ORDER_STATE', { state: order.state, detail: `The order is ${done}.` });
    }
  }
}
