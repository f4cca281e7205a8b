import type { Harness } from '../../../testing/harness.ts';
import { type HttpNode, httpNode, TEST_DEMO_SECRETS } from '../../testing.ts';
import type { OperationId } from '../routes.ts';
import { communitySetups } from './community-setups.ts';
import { openShop } from './shop.ts';
import { webhookSetups } from './webhook-setups.ts';

/** What the server made and the document cannot know: put in place of its examples. */
export type Given = {
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
};

/** Brings a fresh node to where the example of an operation works. */
export type Setup = (node: HttpNode) => Promise<Given>;

const ROOM = { roomId: 'linen-house' };

const held: Setup = async (node) => {
  const shop = await openShop(node, ROOM);
  const { orderId } = await shop.grab('u-1001');
  return { params: { orderId } };
};

const paid: Setup = async (node) => {
  const shop = await openShop(node, ROOM);
  const order = await shop.grab('u-1001');
  await shop.change(order, 'payment', { amountMinor: 5_900, currency: 'CNY', paymentRef: 'pi_3Nq8f2' });
  return { params: { orderId: order.orderId } };
};

const referred: Setup = async (node) => {
  const shop = await openShop(node, ROOM);
  return { body: { ref: await shop.ref(await shop.grab('u-1001')) } };
};

const room: Setup = async (node) => {
  const shop = await openShop(node, ROOM);
  return { params: { saleId: shop.saleId } };
};

/** Where there is none, the room, its product and its sale are enough. */
const setups: Partial<Record<OperationId, Setup>> = {
  createRoom: async () => ({}),
  readOrder: held,
  payOrder: held,
  cancelOrder: paid,
  refundOrder: paid,
  fulfilOrder: paid,
  listOrders: paid,
  exportOrders: paid,
  verifyReference: referred,
  ...webhookSetups,
  ...communitySetups,
  readPublicLedger: held,
  readPseudonym: async (node) => {
    await openShop(node, ROOM);
    return { body: { token: await node.token({ userId: 'u-1001', room: ROOM.roomId }) } };
  },
  demoCheckout: async (node) => {
    const given = await referred(node);
    const here = { checkoutUrl: '/checkout?ref={ref}' };
    await node.core.stores.room.update(ROOM.roomId, here, 'tests');
    return given;
  },
  demoSignIn: async (node) => {
    await openShop(node, { roomId: 'demo' });
    return {};
  },
};

export function setUp(operation: OperationId, node: HttpNode): Promise<Given> {
  return (setups[operation] ?? room)(node);
}

/** A demo, which has every operation, alone on its keys. */
export function exampleNode(harness: Harness, operation: string): Promise<HttpNode> {
  const config = {
    ...{ demo: true, tokenSecret: TEST_DEMO_SECRETS.tokenSecret, redisKeyPrefix: `${operation}:` },
    // For the receiver of a test message.
    webhookAllowPrivate: ['127.0.0.1'],
  };
  return httpNode(harness, { config, demoSecrets: TEST_DEMO_SECRETS });
}
