import type { Receipt } from '../../../shared/kernel/receipt.ts';
import { flashSaleContract } from '../../../shared/plays/flash-sale/contract.ts';
import { buyersOrder } from '../../../shared/trade/order.ts';
import type { CommandContext, Identity } from '../../kernel/context.ts';
import { ok, refuse } from '../../kernel/outcome.ts';
import { definePlay, type Play } from '../../kernel/play.ts';
import type { RandomSource } from '../../kernel/random.ts';
import { fingerprint } from '../../redis/reply.ts';
import type { GrabTokens } from '../../trade/grab-tokens.ts';
import type { Receipts } from '../../trade/receipts.ts';
import type { Op } from '../../trade/trade.ts';
import { flashSaleReader, flashSaleYouReader } from './flash-sale.reader.ts';
import type { Decided, FlashSaleStore, GrabOutcome, SteerVerb } from './flash-sale.store.ts';
import type { GrabBatcher, GrabBusy } from './grab-batcher.ts';
import type { SaleGuards } from './sale-guards.ts';
import type { SoldOutCache } from './sold-out-cache.ts';

export type FlashSalePlayDeps = {
  store: FlashSaleStore;
  batcher: GrabBatcher;
  soldOut: SoldOutCache;
  guards: SaleGuards;
  tokens: GrabTokens;
  receipts: Receipts;
  random: RandomSource;
  /** Redis' time, as this node knows it. */
  serverNowMs: () => number;
  onLocalAnswer: () => void;
  /** A grab got units, or did not; a retry of it counts again. */
  onDecided: (roomId: string, user: Identity, isHeld: boolean) => void;
  /** Somebody stands in line for units; a retry says so again. */
  onWaiting: (roomId: string, user: Identity) => void;
};

export function createFlashSalePlay(deps: FlashSalePlayDeps): Play<typeof flashSaleContract> {
  const { store, batcher, soldOut, guards, tokens, receipts, random } = deps;
  const op = (command: string, context: CommandContext, input: { opId: string }): Op => ({
    actor: context.user.userId,
    opId: input.opId,
    fingerprint: fingerprint(command, input),
  });

  async function steer(
    verb: SteerVerb,
    context: CommandContext,
    input: { opId: string; saleId: string; byMs?: number },
  ) {
    const { saleId, opId: _, ...by } = input;
    const id = op(`flash-sale:${verb}`, context, input);
    const outcome = await store.steer(context.roomId, id, saleId, verb, by);
    return outcome.ok ? ok({ sale: outcome.data }) : outcome;
  }

  async function tick(roomId: string, saleIds: readonly string[]): Promise<void> {
    for (const saleId of saleIds) await store.tick(roomId, saleId);
  }

  async function grab(
    context: CommandContext,
    input: {
      opId: string;
      saleId: string;
      quantity: number;
      token?: string | undefined;
      proof?: string | undefined;
    },
  ): Promise<GrabOutcome | GrabBusy> {
    const { roomId, user } = context;
    const { saleId, quantity, opId, token, proof } = input;
    const lostAtSeq = soldOut.lost(roomId, saleId, user.userId);
    if (lostAtSeq !== undefined) {
      deps.onLocalAnswer();
      return { ...refuse('SOLD_OUT', { path: 'saleId' }), seq: lostAtSeq, atMs: deps.serverNowMs() };
    }
    const request = {
      ...{ userId: user.userId, opId, quantity },
      // A token proves something about the grab, and is no part of what it asks for.
      fingerprint: fingerprint('flash-sale:grab', { saleId, quantity }),
      proofLevel: tokens.level({ roomId, saleId, userId: user.userId, opId }, token, proof),
    };
    return batcher.grab(roomId, saleId, request, soldOut.knows(roomId, saleId));
  }

  function receiptFor(
    context: CommandContext,
    input: { opId: string; saleId: string; quantity: number },
    outcome: GrabOutcome,
  ): Promise<Receipt> {
    const { opId, saleId, quantity } = input;
    const { seq, atMs }: Decided = outcome;
    return receipts.sign({
      ...{ roomId: context.roomId, userId: context.user.userId, opId, lines: [{ saleId, quantity }] },
      verdict: outcome.ok ? 'HELD' : 'REFUSED',
      reason: outcome.ok ? null : outcome.code,
      orderId: outcome.ok ? outcome.data.orderId : null,
      ...{ seq, atMs },
    });
  }

  return definePlay({
    contract: flashSaleContract,
    snapshot: flashSaleReader,
    you: flashSaleYouReader,
    observe: (roomId, event) => {
      soldOut.observe(roomId, event);
      guards.observe(roomId, event);
    },
    forget: (roomId) => {
      soldOut.forget(roomId);
      guards.forget(roomId);
    },
    due: { open: tick, close: tick, offer: tick },
    handlers: {
      'flash-sale:schedule': async (input, context) => {
        const { opId: _, ...terms } = input;
        const id = op('flash-sale:schedule', context, input);
        const outcome = await store.schedule(context.roomId, id, random.id('sale'), terms);
        return outcome.ok ? ok({ sale: outcome.data }) : outcome;
      },
      'flash-sale:open': (input, context) => steer('open', context, input),
      'flash-sale:pause': (input, context) => steer('pause', context, input),
      'flash-sale:resume': (input, context) => steer('resume', context, input),
      'flash-sale:extend': (input, context) => steer('extend', context, input),
      'flash-sale:restock': async (input, context) => {
        const id = op('flash-sale:restock', context, input);
        const outcome = await store.restock(context.roomId, id, input.saleId, input.units);
        return outcome.ok ? ok({ sale: outcome.data }) : outcome;
      },
      'flash-sale:close': (input, context) => steer('close', context, input),

      'flash-sale:token': async ({ opId, saleIds }, { roomId, user }) => {
        const given = [];
        for (const [i, saleId] of saleIds.entries()) {
          const wanted = await guards.of(roomId, saleId);
          if (!wanted.ok) return { ...wanted, path: `saleIds.${i}` };
          const { guard, endsAtMs } = wanted.data;
          const intent = { roomId, saleId, userId: user.userId, opId };
          given.push({
            saleId,
            ...(guard === 'none'
              ? { token: null, workBits: 0, expiresAtMs: endsAtMs }
              : tokens.issue(intent, guard)),
          });
        }
        return ok({ tokens: given });
      },
      'flash-sale:grab': async (input, context) => {
        const outcome = await grab(context, input);
        // Nothing was decided, so there is nothing to sign.
        if (!outcome.ok && outcome.code === 'BUSY') return outcome;
        deps.onDecided(context.roomId, context.user, outcome.ok);
        const receipt = await receiptFor(context, input, outcome);
        if (outcome.ok) return ok({ order: buyersOrder(outcome.data), receipt });
        const { seq: _seq, atMs: _atMs, ...refusal } = outcome;
        return { ...refusal, receipt };
      },
      'flash-sale:wait': async (input, context) => {
        const id = op('flash-sale:wait', context, input);
        const outcome = await store.wait(context.roomId, id, input.saleId);
        if (outcome.ok) deps.onWaiting(context.roomId, context.user);
        return outcome;
      },
      'flash-sale:stop-waiting': async (input, context) => {
        const id = op('flash-sale:stop-waiting', context, input);
        const outcome = await store.stopWaiting(context.roomId, id, input.saleId);
        return outcome.ok ? ok({}) : outcome;
      },
    },
  });
}
