import type { FlashSale } from '../../../../shared/plays/flash-sale/contract.ts';
import type { OrderRecord } from '../../../../shared/trade/order.ts';
import { systemRandom } from '../../../kernel/random.ts';
import { opId } from '../../../testing/harness.ts';
import type { HttpNode } from '../../testing.ts';

export const PRICE_MINOR = 5_900;
export const CURRENCY = 'CNY';

export type Shop = {
  readonly node: HttpNode;
  readonly roomId: string;
  readonly saleId: string;
  /** `/api/v1/rooms/…` */
  readonly path: string;
  /** A buyer of this name, or a new one, grabs. */
  grab(userId?: string, quantity?: number): Promise<OrderRecord>;
  sale(): Promise<FlashSale>;
  /** Changes an order over the API, with a fresh key. */
  change(order: { orderId: string }, what: string, body: object): Promise<OrderRecord>;
  pay(order: { orderId: string; amountMinor: number }): Promise<OrderRecord>;
  ref(order: OrderRecord): Promise<string>;
};

/** A room with a product and an open sale, all made over the API. */
export async function openShop(
  node: HttpNode,
  terms: { roomId?: string; stock?: number; limitPerBuyer?: number; holdMs?: number } = {},
): Promise<Shop> {
  const {
    roomId = `shop-${systemRandom
      .id('')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]/g, '')}`,
    ...rest
  } = terms;
  const path = `/api/v1/rooms/${roomId}`;
  const must = async (method: string, url: string, body: object): Promise<unknown> => {
    const answer = await node.api.call(method, url, body, { 'idempotency-key': opId() });
    if (answer.status > 299) throw new Error(`${method} ${url}: ${answer.status} ${answer.text}`);
    return answer.json;
  };
  await must('POST', '/api/v1/rooms', {
    roomId,
    title: 'Linen House',
    hostName: 'Lin',
    sellerContact: 'Linen House Ltd, help@linen.example',
    checkoutUrl: 'https://shop.example/pay?ref={ref}',
  });
  await must('PUT', `${path}/products/linen-shirt`, {
    title: 'Linen shirt',
    description: 'Washed linen, five sizes.',
    imageUrl: 'https://shop.example/linen-shirt.jpg',
    priceMinor: 12_900,
  });
  const { sale } = (await must('POST', `${path}/sales`, {
    productId: 'linen-shirt',
    priceMinor: PRICE_MINOR,
    compareAtMinor: 12_900,
    compareAtBasis: 'Our price over the last 30 days',
    stock: 20,
    opensInMs: 0,
    ...rest,
  })) as { sale: FlashSale };
  const { saleId } = sale;
  const { flashSale, order } = node.core.stores;

  const shop: Shop = {
    ...{ node, roomId, saleId, path },
    grab: async (userId = systemRandom.id('u'), quantity = 1) => {
      const request = { userId, opId: opId(), fingerprint: 'f', quantity, proofLevel: 2 as const };
      const [outcome] = await flashSale.grab(roomId, saleId, [request]);
      if (!outcome?.ok) throw new Error(outcome?.code ?? 'no answer');
      return outcome.data;
    },
    sale: async () => {
      const found = await flashSale.read(roomId, saleId);
      if (!found) throw new Error('the sale is gone');
      return found;
    },
    change: async ({ orderId }, what, body) => {
      await must('POST', `${path}/orders/${orderId}/${what}`, body);
      const found = await order.read(roomId, orderId);
      if (!found) throw new Error('the order is gone');
      return found;
    },
    pay: ({ orderId, amountMinor }) =>
      shop.change({ orderId }, 'payment', { amountMinor, currency: CURRENCY, paymentRef: `pay-${orderId}` }),
    ref: (record) => node.core.signing.checkout.reference(roomId, record),
  };
  return shop;
}
