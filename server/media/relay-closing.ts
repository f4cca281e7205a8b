import type { EndReason } from '../../shared/plays/media/contract.ts';
import type { Log } from '../kernel/log.ts';
import type { PeerMessage } from './ports.ts';
import type { BookKeeper } from './relay-book.ts';
import type { Sources } from './relay-sources.ts';
import type { Carried, PeerState, PeerTransport } from './relay-state.ts';
import type { Transports } from './relay-transports.ts';
import { dropWatching, endSource } from './relay-watchers.ts';

export type ClosedReason = Extract<PeerMessage, { kind: 'closed' }>['reason'];

export type ClosingDeps = { sources: Sources; transports: Transports; keeper: BookKeeper; log: Log };

/** Ends of publications and transports. Each strikes out of all books at once, and then awaits what takes time. */
export class Closing {
  readonly #deps: ClosingDeps;

  constructor(deps: ClosingDeps) {
    this.#deps = deps;
  }

  /** Ends a publication of this node. `tellBook`: the book does not know yet. Never rejects. */
  async end(carried: Carried, reason: EndReason, tellBook: boolean): Promise<void> {
    const { sources, keeper } = this.#deps;
    if (carried.ended) return;
    carried.endReason = reason;
    sources.own.delete(carried.publicationId);
    carried.transport.publications.delete(carried);
    const ending = endSource(carried);
    // One that is being entered is ended by whoever enters it.
    const told = tellBook && carried.publication !== undefined;
    await Promise.all([ending, told && keeper.end(carried.roomId, carried.publicationId, reason)]);
  }

  /** Ends a publication that was taken from its publisher, and an encoder's connection with its last one. */
  async takeAway(carried: Carried, reason: EndReason, tellBook: boolean): Promise<void> {
    const { transport, keyId } = carried;
    const ending = this.end(carried, reason, tellBook);
    const dropped = keyId !== undefined && transport.publications.size === 0;
    const closing = dropped && this.shut(transport, reason, reason === 'lost' ? 'worker-died' : 'removed');
    await Promise.all([ending, closing]);
  }

  /** Closes a transport with all that runs over it. `tell`: the peer does not know. Never rejects. */
  async shut(transport: PeerTransport, reason: EndReason, tell?: ClosedReason): Promise<void> {
    if (!this.#deps.transports.detach(transport)) return;
    const { owner, id, direction } = transport;
    const publications = [...transport.publications];
    const watching = direction === 'receive' ? [...owner.consumers.values()] : [];
    // Publications first, or their producers would count as lost.
    const ended = publications.map((each) => this.end(each, reason, true));
    // Its consumers close with it, all at once for the worker.
    const closing = transport.transport.close();
    const dropped = watching.map(dropWatching);
    if (direction === 'receive') owner.watching.clear();
    if (tell !== undefined) owner.tell({ kind: 'closed', transportIds: [id], reason: tell });
    const results = await Promise.allSettled([closing, ...ended, ...dropped]);
    for (const result of results)
      if (result.status === 'rejected')
        this.#deps.log.warn({ err: result.reason }, 'a transport was not closed');
  }

  /** All transports of a peer; it is told once. */
  async shutAll(
    state: PeerState,
    which: Iterable<PeerTransport>,
    reason: EndReason,
    tell?: ClosedReason,
  ): Promise<void> {
    const transports = [...which].filter(({ closed }) => !closed);
    const closing = transports.map((transport) => this.shut(transport, reason));
    if (tell !== undefined && transports.length > 0)
      state.tell({ kind: 'closed', transportIds: transports.map(({ id }) => id), reason: tell });
    await Promise.all(closing);
  }
}
