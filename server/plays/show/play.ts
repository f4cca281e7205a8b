import { showContract } from '../../../shared/plays/show/contract.ts';
import { ok } from '../../kernel/outcome.ts';
import { definePlay, nothing, type Play } from '../../kernel/play.ts';
import type { ShowStore } from './show.store.ts';

export function createShowPlay(store: ShowStore): Play<typeof showContract> {
  store.start();

  return definePlay({
    contract: showContract,
    snapshot: nothing,
    you: () => nothing,
    observe: (roomId, event) => store.counts.observe(roomId, event),
    forget: (roomId) => store.counts.forget(roomId),
    due: { seal: (roomId, nos) => store.settle(roomId, nos.map(Number)) },
    close: () => store.close(),
    handlers: {
      'show:board': (_input, { roomId }) => store.board(roomId),
      'show:list': async ({ limit }, { roomId }) => ok({ shows: await store.list(roomId, limit) }),
      'show:report': ({ sessionId }, { roomId }) => store.report(roomId, sessionId),
      'show:orders': ({ sessionId, limit, cursor }, { roomId }) =>
        store.orders(roomId, sessionId, limit, cursor),
    },
  });
}
