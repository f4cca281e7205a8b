import { SELLERS } from '../../shared/kernel/units.ts';
import type { MediaTransport } from '../../shared/media/rtp.ts';
import {
  type Publication,
  type Source as SourceName,
  VIDEO_SOURCES,
} from '../../shared/plays/media/contract.ts';
import type { Clock } from '../kernel/clock.ts';
import { type Outcome, ok, refuse } from '../kernel/outcome.ts';
import type { RandomSource } from '../kernel/random.ts';
import type { Peer, PublicationBook, Relay } from './ports.ts';
import type { Anchors } from './relay-anchoring.ts';
import type { BookKeeper } from './relay-book.ts';
import type { Closing } from './relay-closing.ts';
import type { Loads } from './relay-loads.ts';
import type { Routers } from './relay-routers.ts';
import type { Sources } from './relay-sources.ts';
import type { Carried, PeerState, PeerTransport } from './relay-state.ts';
import type { Transports } from './relay-transports.ts';
import { type RtpParameters, SfuBadInput, SfuClosed, type SfuProducer } from './sfu.ts';

export type PublishingDeps = {
  book: PublicationBook;
  nodeId: string;
  clock: Clock;
  random: RandomSource;
  producersPerPeer: number;
  routers: Routers;
  loads: Loads;
  transports: Transports;
  sources: Sources;
  closing: Closing;
  keeper: BookKeeper;
  anchors: Anchors;
};

export type PublishWish = Parameters<Relay['publish']>[1];

/** A worker that died is up again within about so long. */
const WORKER_BACK_MS = 1000;
/** `isSending` looks back so far. */
const SENDING_WITHIN_MS = 3000;

export const mayPublish = (peer: Peer): boolean => SELLERS.includes(peer.role());

/** Senders of peers and what they publish. */
export class Publishing {
  readonly #deps: PublishingDeps;

  constructor(deps: PublishingDeps) {
    this.#deps = deps;
  }

  async openSender(state: PeerState): Promise<Outcome<MediaTransport, 'MEDIA_UNAVAILABLE' | 'MEDIA_FULL'>> {
    const { closing, loads, routers, transports } = this.#deps;
    if (state.sender !== undefined) await closing.shut(state.sender, 'ended');
    const worker = loads.forPublisher();
    if (worker === undefined) return refuse('MEDIA_FULL', { retryAfterMs: WORKER_BACK_MS });
    if (state.left) return refuse('MEDIA_UNAVAILABLE');
    try {
      const entry = routers.take(state.peer.roomId, worker);
      const transport = await transports.open(state, 'send', entry);
      if (transport === undefined) return refuse('MEDIA_UNAVAILABLE');
      state.sender = transport;
      return ok(transport.transport.parameters);
    } catch (error) {
      if (!(error instanceof SfuClosed)) throw error;
      return refuse('MEDIA_FULL', { retryAfterMs: WORKER_BACK_MS });
    }
  }

  async publish(
    state: PeerState,
    wish: PublishWish,
  ): Promise<Outcome<Publication, 'TRANSPORT_NOT_FOUND' | 'BAD_MEDIA' | 'TOO_MANY_PUBLICATIONS' | 'BANNED'>> {
    const transport = state.transports.get(wish.transportId);
    if (transport === undefined || transport !== state.sender) return refuse('TRANSPORT_NOT_FOUND');
    const others = [...transport.publications].filter(({ source }) => source !== wish.source);
    if (others.length >= this.#deps.producersPerPeer) return refuse('TOO_MANY_PUBLICATIONS');
    const kind = VIDEO_SOURCES.includes(wish.source) ? 'video' : 'audio';
    if (!hasOnly(kind, wish.rtpParameters)) return refuse('BAD_MEDIA');
    let producer: SfuProducer;
    try {
      const { rtpParameters, paused } = wish;
      producer = await transport.transport.produce({ kind, rtpParameters, paused });
    } catch (error) {
      if (error instanceof SfuBadInput) return refuse('BAD_MEDIA');
      if (error instanceof SfuClosed) return refuse('TRANSPORT_NOT_FOUND');
      throw error;
    }
    if (transport.closed || state.left || producer.closed) {
      await producer.close();
      return refuse('TRANSPORT_NOT_FOUND');
    }
    return this.#enter(this.#carry(state, transport, producer, wish), wish);
  }

  async setPaused(carried: Carried, paused: boolean): Promise<Outcome<Publication, 'PUBLICATION_NOT_FOUND'>> {
    const { roomId, publicationId, producer } = carried;
    try {
      // What is muted must not be heard any more, whatever becomes of the book.
      if (paused) await producer.setPaused(true);
      const outcome = await this.#deps.book.setPaused(roomId, publicationId, paused);
      if (!outcome.ok) return outcome;
      if (!paused) await producer.setPaused(false);
      carried.publication = outcome.data;
      return outcome;
    } catch (error) {
      if (error instanceof SfuClosed) return refuse('PUBLICATION_NOT_FOUND');
      throw error;
    }
  }

  async isSending({ producer, sample }: Carried): Promise<boolean> {
    try {
      const { bitrate, bytes } = await producer.stats();
      const nowMs = this.#deps.clock.monotonicMs();
      // What grew since a look long ago may have done so long ago, too; the rate is that of the last seconds.
      const recent = nowMs - sample.atMs <= SENDING_WITHIN_MS;
      if (bitrate > 0 || (recent && bytes > sample.bytes)) sample.grewAtMs = nowMs;
      sample.bytes = bytes;
      sample.atMs = nowMs;
      return nowMs - sample.grewAtMs <= SENDING_WITHIN_MS;
    } catch (error) {
      if (error instanceof SfuClosed) return false;
      throw error;
    }
  }

  #carry(state: PeerState, transport: PeerTransport, producer: SfuProducer, wish: PublishWish): Carried {
    const { anchors, clock, closing, random, sources } = this.#deps;
    const { roomId } = state.peer;
    const carried: Carried = {
      ...{
        roomId,
        publicationId: random.id('pub'),
        producer,
        entry: transport.entry,
        owner: state,
        transport,
      },
      ...{ source: wish.source as SourceName, keyId: wish.keyId, watchers: new Set(), bitrate: undefined },
      ...{ ended: false, publication: undefined, endReason: undefined, anchor: undefined, anchoring: false },
      ...{ announced: false, sample: { bytes: 0, atMs: clock.monotonicMs(), grewAtMs: -Infinity } },
    };
    sources.own.set(carried.publicationId, carried);
    transport.publications.add(carried);
    producer.onClosed(() => void closing.takeAway(carried, 'lost', true));
    producer.onSenderReport((report) => anchors.heard(carried, report));
    return carried;
  }

  /** Into the book. It may end in between: by the book's own word, with its worker, with its peer. */
  async #enter(
    carried: Carried,
    { paused }: PublishWish,
  ): Promise<Outcome<Publication, 'TRANSPORT_NOT_FOUND' | 'TOO_MANY_PUBLICATIONS' | 'BANNED'>> {
    const { book, closing, keeper, nodeId, sources } = this.#deps;
    const { roomId, publicationId, source, keyId, producer, owner } = carried;
    const { userId, name } = owner.peer;
    const isHost = owner.peer.role() === 'host';
    let outcome: Awaited<ReturnType<PublicationBook['publish']>>;
    try {
      outcome = await book.publish(
        roomId,
        { ...{ publicationId, userId, name, isHost, source, paused }, kind: producer.kind },
        { nodeId, ...(keyId !== undefined && { keyId }) },
      );
    } catch (error) {
      await closing.end(carried, 'ended', false);
      // It may have been entered, though no answer came.
      void keeper.end(roomId, publicationId, 'ended');
      throw error;
    }
    if (!outcome.ok) {
      await closing.end(carried, 'ended', false);
      return outcome;
    }
    carried.publication = outcome.data;
    if (carried.ended) {
      await keeper.end(roomId, publicationId, carried.endReason ?? 'ended');
      return refuse('TRANSPORT_NOT_FOUND');
    }
    // The book has put it in the place of an earlier one; the event that says so may come later, or from no one.
    for (const other of [...sources.own.values()]) {
      const same = other.roomId === roomId && other.owner.peer.userId === userId && other.source === source;
      const startedAtMs = other.publication?.startedAtMs ?? Number.POSITIVE_INFINITY;
      if (same && startedAtMs < outcome.data.startedAtMs) void closing.takeAway(other, 'replaced', false);
    }
    return outcome;
  }
}

function hasOnly(kind: 'audio' | 'video', { codecs }: RtpParameters): boolean {
  return codecs.every(({ mimeType }) => mimeType.toLowerCase().startsWith(`${kind}/`));
}
