import { buyersOrder, type Order, type OrderRecord } from '../../shared/trade/order.ts';
import type { MerchantOrders } from '../http/merchant-orders.ts';
import { type Outcome, ok, refuse } from '../kernel/outcome.ts';
import type { OrderStore } from '../plays/order/order.store.ts';
import { OWN_CHECKOUT } from '../plays/room/room.rules.ts';
import type { RoomStore } from '../plays/room/room.store.ts';
import type { CheckoutReferences } from '../trade/checkout-references.ts';
import { SHOP_ACTOR } from './people.ts';

export type DemoShopDeps = {
  references: CheckoutReferences;
  merchant: MerchantOrders;
  orders: Pick<OrderStore, 'read'>;
  rooms: Pick<RoomStore, 'read'>;
};

/** What the buyer does at the demo's checkout. `pay-again`: a second payment, as after a double click at a bank. */
export type CheckoutAction = 'look' | 'pay' | 'fail' | 'pay-again';
export type CheckoutOutcome =
  | 'LOOKED'
  | 'PAID'
  | 'PAID_LATE'
  | 'REFUND_REQUIRED'
  | 'FAILED'
  | 'PAID_ALREADY'
  | 'CLOSED';
export type Checkout = {
  order: Order;
  room: { roomId: string; title: string };
  outcome: CheckoutOutcome;
};

/**
 * Plays the server of a merchant's shop: it checks the reference with the public keys, shows the order, and
 * says that it is paid just as a merchant says it over the API. No money moves. A reference whose time is over
 * is taken all the same: a bank may answer late, and then the late payment shows what becomes of it.
 */
export class DemoShop {
  readonly #deps: DemoShopDeps;

  constructor(deps: DemoShopDeps) {
    this.#deps = deps;
  }

  async checkout(
    ref: string,
    action: CheckoutAction,
  ): Promise<Outcome<Checkout, 'REFERENCE_INVALID' | 'ORDER_NOT_FOUND'>> {
    const { references, orders, rooms } = this.#deps;
    const reference = await references.read(ref);
    if (!reference) return refuse('REFERENCE_INVALID');
    const { roomId, orderId } = reference;
    const listing = await rooms.read(roomId);
    // A room with a shop of its own is paid for there.
    if (!listing?.room.checkoutUrl?.startsWith(OWN_CHECKOUT)) return refuse('REFERENCE_INVALID');
    const before = await orders.read(roomId, orderId);
    if (!before) return refuse('ORDER_NOT_FOUND');
    const outcome = await this.#act(roomId, before, action);
    const order = outcome === 'LOOKED' ? before : await orders.read(roomId, orderId);
    return ok({
      order: buyersOrder(order ?? before),
      room: { roomId, title: listing.room.title },
      outcome,
    });
  }

  async #act(roomId: string, order: OrderRecord, action: CheckoutAction): Promise<CheckoutOutcome> {
    if (action === 'look') return 'LOOKED';
    // A card that is refused is between the buyer and the shop: the hold goes on, and may be paid yet.
    if (action === 'fail') return 'FAILED';
    const { orderId, amountMinor, currency } = order;
    // The same for every click on the same button: it is one payment, however often it is told.
    const name = action === 'pay' ? 'demo-pay' : 'demo-pay-again';
    const by = { actor: SHOP_ACTOR, key: `${name}-${orderId}` };
    const payment = { amountMinor, currency, paymentRef: `${name}-${orderId}` };
    const outcome = await this.#deps.merchant.pay(roomId, by, orderId, payment);
    if (outcome.ok) {
      const { state, late } = outcome.data;
      if (state === 'REFUND_REQUIRED') return state;
      return late ? 'PAID_LATE' : 'PAID';
    }
    switch (outcome.code) {
      case 'PAID_ALREADY':
        return 'PAID_ALREADY';
      case 'WRONG_STATE':
        return 'CLOSED';
      default:
        throw new Error(`the demo's shop was refused: ${outcome.code}`);
    }
  }
}
