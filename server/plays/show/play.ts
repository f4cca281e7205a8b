import { showContract } from '../../../shared/plays/show/contract.ts';
import { ok } from '../../kernel/outcome.ts';
import { definePlay, type Gate, nothing, type Play } from '../../kernel/play.ts';
import type { ShowStore } from './show.store.ts';

/** Commands by which somebody may come to an order, other than a grab, which says itself what became of it. */
const WANTS_UNITS = new Set(['order:hold', 'flash-sale:wait']);

export function createShowPlay(store: ShowStore): Play<typeof showContract> {
  store.start();

  /** Vetoes nothing: sees what buyers are called. */
  const buyers: Gate = (command, _input, { roomId, user }) => {
    if (roomId !== '' && WANTS_UNITS.has(command)) store.counts.named(roomId, user);
    return undefined;
  };

  return definePlay({
    contract: showContract,
    snapshot: nothing,
    you: () => nothing,
    gates: [buyers],
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
