import { orderContract } from '../../../shared/plays/order/contract.ts';
import { buyersOrder } from '../../../shared/trade/order.ts';
import type { Identity } from '../../kernel/context.ts';
import { ok, refuse } from '../../kernel/outcome.ts';
import { definePlay, nothing, type Play } from '../../kernel/play.ts';
import { fingerprint } from '../../redis/reply.ts';
import type { CheckoutLinks } from '../../trade/checkout-links.ts';
import type { GrabTokens } from '../../trade/grab-tokens.ts';
import type { Receipts } from '../../trade/receipts.ts';
import { orderYouReader } from './order.reader.ts';
import { sumLines } from './order.rules.ts';
import type { OrderStore } from './order.store.ts';

export type OrderPlayDeps = {
  store: OrderStore;
  tokens: GrabTokens;
  receipts: Receipts;
  checkout: CheckoutLinks;
  /** A cart is held; a retry says so again. */
  onHeld: (roomId: string, user: Identity) => void;
};

export function createOrderPlay(deps: OrderPlayDeps): Play<typeof orderContract> {
  const { store, tokens, receipts, checkout } = deps;

  return definePlay({
    contract: orderContract,
    snapshot: nothing,
    you: orderYouReader,
    due: { expire: (roomId, nos) => store.expire(roomId, nos.map(Number)) },
    handlers: {
      'order:hold': async (input, { roomId, user }) => {
        const { opId } = input;
        const { userId } = user;
        const summed = sumLines(input.lines);
        const lines = summed.map(({ saleId, quantity }) => ({ saleId, quantity }));
        const op = { actor: userId, opId, fingerprint: fingerprint('order:hold', { lines }) };
        const wanted = summed.map(({ token, proof, ...line }) => ({
          ...line,
          proofLevel: tokens.level({ roomId, saleId: line.saleId, userId, opId }, token, proof),
        }));
        const outcome = await store.hold(roomId, op, wanted);
        if (outcome.ok) deps.onHeld(roomId, user);
        const { seq, atMs } = outcome;
        const receipt = await receipts.sign({
          ...{ roomId, userId, opId, lines, seq, atMs },
          verdict: outcome.ok ? 'HELD' : 'REFUSED',
          reason: outcome.ok ? null : outcome.code,
          orderId: outcome.ok ? outcome.data.orderId : null,
        });
        if (outcome.ok) return ok({ order: buyersOrder(outcome.data), receipt });
        const { seq: _seq, atMs: _atMs, ...refusal } = outcome;
        return { ...refusal, receipt };
      },
      'order:release': async (input, { roomId, user }) => {
        const { opId, orderId } = input;
        const op = { actor: user.userId, opId, fingerprint: fingerprint('order:release', { orderId }) };
        const outcome = await store.release(roomId, op, orderId);
        if (outcome.ok) return ok({ order: buyersOrder(outcome.data) });
        return outcome.code === 'ORDER_NOT_FOUND' ? { ...outcome, path: 'orderId' } : outcome;
      },
      'order:mine': async ({ limit, cursor }, { roomId, user }) => {
        const { orders, nextCursor } = await store.mine(roomId, user.userId, limit, cursor);
        return ok({ orders: orders.map(buyersOrder), nextCursor });
      },
      'order:checkout': async ({ orderId }, { roomId, user }) => {
        const record = await store.read(roomId, orderId);
        if (record?.userId !== user.userId) return refuse('ORDER_NOT_FOUND', { path: 'orderId' });
        if (record.state !== 'HELD') return refuse('WRONG_STATE');
        const url = await checkout.linkFor(roomId, record);
        if (url === undefined) return refuse('NO_CHECKOUT');
        return ok({ url, expiresAtMs: record.holdExpiresAtMs });
      },
    },
  });
}
