import { flashSaleContract } from '../../../shared/plays/flash-sale/contract.ts';
import type { CommandContext } from '../../kernel/context.ts';
import { ok, refuse } from '../../kernel/outcome.ts';
import { definePlay, type Play } from '../../kernel/play.ts';
import type { RandomSource } from '../../kernel/random.ts';
import { fingerprint } from '../../redis/reply.ts';
import { flashSaleReader, flashSaleYouReader } from './flash-sale.reader.ts';
import type { FlashSaleStore, Op, SteerVerb } from './flash-sale.store.ts';
import type { GrabBatcher } from './grab-batcher.ts';
import type { SoldOutCache } from './sold-out-cache.ts';

export type FlashSalePlayDeps = {
  store: FlashSaleStore;
  batcher: GrabBatcher;
  soldOut: SoldOutCache;
  random: RandomSource;
  notify: (roomId: string, userId: string, name: string, data: unknown) => void;
  onLocalAnswer: () => void;
};

export function createFlashSalePlay(deps: FlashSalePlayDeps): Play<typeof flashSaleContract> {
  const { store, batcher, soldOut, random } = deps;
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
    const outcome = await store.steer(
      context.roomId,
      op(`flash-sale:${verb}`, context, input),
      saleId,
      verb,
      by,
    );
    return outcome.ok ? ok({ sale: outcome.data }) : outcome;
  }

  return definePlay({
    contract: flashSaleContract,
    snapshot: flashSaleReader,
    you: flashSaleYouReader,
    observe: (roomId, event) => soldOut.observe(roomId, event),
    forget: (roomId) => soldOut.forget(roomId),
    due: {
      open: async (roomId, saleIds) => {
        for (const saleId of saleIds) await store.tick(roomId, saleId);
      },
      close: async (roomId, saleIds) => {
        for (const saleId of saleIds) await store.tick(roomId, saleId);
      },
      expire: async (roomId, refs) => {
        for (const [saleId, holdIds] of bySale(refs)) {
          for (const { userId, holdId } of await store.expire(roomId, saleId, holdIds)) {
            deps.notify(roomId, userId, 'flash-sale:hold-expired', { saleId, holdId });
          }
        }
      },
    },
    handlers: {
      'flash-sale:schedule': async (input, context) => {
        const { opId: _, ...terms } = input;
        const saleId = random.id('sale');
        const outcome = await store.schedule(
          context.roomId,
          op('flash-sale:schedule', context, input),
          saleId,
          terms,
        );
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
      'flash-sale:grab': async (input, context) => {
        const { roomId, user } = context;
        const { saleId, quantity, opId } = input;
        if (soldOut.lost(roomId, saleId, user.userId)) {
          deps.onLocalAnswer();
          return refuse('SOLD_OUT');
        }
        const outcome = await batcher.grab(roomId, saleId, {
          userId: user.userId,
          opId,
          fingerprint: fingerprint('flash-sale:grab', input),
          quantity,
          holdId: random.id('h'),
        });
        if (!outcome.ok) return outcome;
        deps.notify(roomId, user.userId, 'flash-sale:held', { hold: outcome.data });
        return ok({ hold: outcome.data });
      },
    },
  });
}

/** `<saleId>/<holdId>` members of the due queue, by sale. */
function bySale(refs: readonly string[]): Map<string, string[]> {
  const sales = new Map<string, string[]>();
  for (const ref of refs) {
    const [saleId = '', holdId = ''] = ref.split('/');
    sales.set(saleId, [...(sales.get(saleId) ?? []), holdId]);
  }
  return sales;
}
