import { DemoShop } from '../../demo/shop.ts';
import { CheckoutReferences } from '../../trade/checkout-references.ts';
import { MerchantOrders } from '../merchant-orders.ts';
import { problem } from '../problem.ts';
import type { demoRoutes } from './demo-routes.ts';
import type { ApiDeps } from './deps.ts';
import { type HandlersOf, reply } from './handler.ts';
import { publicKeysOf } from './public-keys.ts';
import { cleanRoom } from './room-input.ts';

export function createDemoHandlers(deps: ApiDeps): HandlersOf<typeof demoRoutes> {
  const { config, rooms, orders } = deps;
  const shop = new DemoShop({
    references: new CheckoutReferences(publicKeysOf(deps), config.tokenIssuer),
    merchant: new MerchantOrders(orders),
    ...{ orders, rooms },
  });
  return {
    demoSignIn: async ({ body }) => {
      if (!deps.demo) return problem('NOT_FOUND');
      if (!(await rooms.exists(body.roomId))) return problem('ROOM_NOT_FOUND', { path: 'roomId' });
      const outcome = await deps.demo.signIn.signIn(body);
      if (outcome.ok) return reply(outcome.data);
      return outcome.code === 'UNAUTHENTICATED'
        ? problem('UNAUTHENTICATED', { path: 'code', detail: 'This code is not known here.' })
        : problem('INVALID_PAYLOAD', { path: 'name', detail: 'expected a name of 1 to 24 characters' });
    },

    makeDemoRoom: async ({ body, log }) => {
      if (!deps.demo) return problem('NOT_FOUND');
      const clean = cleanRoom(body, deps.serverNowMs());
      if (!clean.ok) return clean;
      const outcome = await deps.demo.rooms.make({ ...body, ...clean.fields });
      if (!outcome.ok) return problem(outcome.code);
      const { roomId } = outcome.data.room;
      log.info({ roomId }, 'a visitor made a room');
      return reply(outcome.data, { Location: `/r/${roomId}` });
    },

    demoCheckout: async ({ body, log }) => {
      const outcome = await shop.checkout(body.ref, body.action);
      if (!outcome.ok) return problem(outcome.code, { path: 'ref' });
      const { order, room } = outcome.data;
      log.info(
        { roomId: room.roomId, orderId: order.orderId, action: body.action, outcome: outcome.data.outcome },
        'a visit to the checkout of the demo',
      );
      return reply(outcome.data);
    },
  };
}
