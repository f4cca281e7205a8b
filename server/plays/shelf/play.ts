import { shelfContract } from '../../../shared/plays/shelf/contract.ts';
import { ok } from '../../kernel/outcome.ts';
import { definePlay, nothing, type Play } from '../../kernel/play.ts';
import { fingerprint } from '../../redis/reply.ts';
import { type ShelfStore, shelfReader } from './shelf.store.ts';

export function createShelfPlay(store: ShelfStore): Play<typeof shelfContract> {
  const op = (command: string, actor: string, input: { opId: string }) => ({
    actor,
    opId: input.opId,
    fingerprint: fingerprint(command, input),
  });
  return definePlay({
    contract: shelfContract,
    snapshot: shelfReader,
    you: () => nothing,
    handlers: {
      'shelf:save-product': async (input, { roomId, user }) => {
        const outcome = await store.save(roomId, op('shelf:save-product', user.userId, input), input.product);
        return outcome.ok ? ok({ product: outcome.data }) : outcome;
      },
      'shelf:remove-product': async (input, { roomId, user }) => {
        const outcome = await store.remove(
          roomId,
          op('shelf:remove-product', user.userId, input),
          input.productId,
        );
        return outcome.ok ? ok({}) : outcome;
      },
      'shelf:feature': async (input, { roomId, user }) => {
        const outcome = await store.feature(roomId, op('shelf:feature', user.userId, input), input.productId);
        return outcome.ok ? ok({}) : outcome;
      },
    },
  });
}
