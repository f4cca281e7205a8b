import type { RoomEvent } from '../../shared/kernel/ack.ts';
import type { Role } from '../../shared/kernel/units.ts';
import type { DtlsParameters, IceParameters, IceServer, MediaTransport } from '../../shared/media/rtp.ts';
import type { EndReason, MediaConsumer, Publication, Source } from '../../shared/plays/media/contract.ts';
import type { Outcome } from '../kernel/outcome.ts';
import type { RtpCapabilities, RtpParameters, SfuProducer, SfuRouter } from './sfu.ts';

/** What the relay needs of others, so that it knows neither Redis nor the play. */

/** Who a transport belongs to: a socket, or a WHIP or WHEP session. */
export type Peer = {
  /** Unique on this node. */
  readonly peerId: string;
  readonly roomId: string;
  readonly userId: string;
  readonly name: string;
  /** As of now: it may change while the peer is here. */
  readonly role: () => Role;
  /** Tells it what the relay did by itself. */
  readonly tell: (message: PeerMessage) => void;
};

export type PeerMessage =
  | {
      kind: 'closed';
      transportIds: string[];
      reason: 'worker-died' | 'off-air' | 'removed' | 'idle';
    }
  | { kind: 'source-closed'; consumerIds: string[] };

export type Origin = { publication: Publication; nodeId: string };

/** A moment of the media clock beside the server's: what lines a recording up with chat and sales. */
export type MediaAnchor = {
  publicationId: string;
  rtpTimestamp: number;
  clockRate: number;
  /** The sender's clock, Unix ms. */
  senderMs: number;
};

/** The book of what is published in each room: Redis, by the media play's store. */
export type PublicationBook = {
  /**
   * Enters a publication, for `leaseMs`; one of the same user and source is replaced. Tells the room.
   * `keyId`: the stream key that it was published with.
   */
  publish(
    roomId: string,
    publication: Omit<Publication, 'startedAtMs'>,
    by: { nodeId: string; keyId?: string },
  ): Promise<Outcome<Publication, 'TOO_MANY_PUBLICATIONS' | 'BANNED'>>;
  /** Ends a publication, if the book has it. Tells the room. */
  unpublish(roomId: string, publicationId: string, reason: EndReason): Promise<boolean>;
  setPaused(
    roomId: string,
    publicationId: string,
    paused: boolean,
  ): Promise<Outcome<Publication, 'PUBLICATION_NOT_FOUND'>>;
  /** Keeps what this node carries for another `leaseMs`. Answers those that the book does not have. */
  renew(roomId: string, nodeId: string, publicationIds: readonly string[]): Promise<string[]>;
  origin(roomId: string, publicationId: string): Promise<Origin | undefined>;
  /** What a user publishes from a source now. */
  current(roomId: string, userId: string, source: Source): Promise<Origin | undefined>;
  /** A fact for the ledger. */
  aligned(roomId: string, anchor: MediaAnchor): Promise<void>;
  /** Whether a session runs: outside of one only staff may watch. */
  isLive(roomId: string): Promise<boolean>;
};

/** `isHost`: the key was made by a host. */
export type KeyHolder = { keyId: string; roomId: string; userId: string; name: string; isHost: boolean };

/** Stream keys: bearer tokens of encoders. */
export type StreamKeys = {
  /** Whose key this is, in this room; notes that it was used. undefined: nobody's (any more). */
  verify(roomId: string, secret: string): Promise<KeyHolder | undefined>;
};

/** Messages between nodes, for pipes and for HTTP requests that reach the wrong node. */
export type NodeBus = {
  /**
   * Asks another node, and waits.
   * @throws NodeSilent when it does not answer in time; NodeRefused with what its handler refused
   */
  request(nodeId: string, method: string, payload: unknown, timeoutMs?: number): Promise<unknown>;
  /** Answers others. What the handler throws is a refusal; its `code` goes to whoever asked. */
  handle(method: string, handler: (payload: unknown, fromNodeId: string) => Promise<unknown>): void;
};

/**
 * - `gone`: nobody listens for that node: it has ended, or has lost Redis itself;
 * - `late`: somebody does, and did not answer in time;
 * - `away`: Redis cannot be asked; whether the node runs is unknown.
 */
export type Silence = 'gone' | 'late' | 'away';

export class NodeSilent extends Error {
  override name = 'NodeSilent';
  readonly why: Silence;
  constructor(why: Silence = 'late') {
    super(why);
    this.why = why;
  }
}
export class NodeRefused extends Error {
  override name = 'NodeRefused';
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

export type MediaStatus =
  | { available: true; workers: number }
  /** Why not, and what an operator can do, in words. */
  | { available: false; reason: string; advice: string };

export type Watched = {
  /** null: the transport that the peer has already. */
  transport: MediaTransport | null;
  transportId: string;
  consumers: MediaConsumer[];
  missing: {
    publicationId: string;
    code: 'PUBLICATION_NOT_FOUND' | 'CANNOT_PLAY' | 'MEDIA_FULL' | 'MEDIA_UNREACHABLE';
  }[];
};

type None = Record<string, never>;

/**
 * This node's part of the relay: transports of its peers, its rooms' routers, pipes to other workers and nodes. Every
 * id that a peer names is looked up among that peer's own.
 */
export type Relay = {
  status(): MediaStatus;
  /** undefined without a worker. */
  rtpCapabilities(): RtpCapabilities | undefined;
  /** STUN and TURN servers, with credentials made for this user. */
  iceServers(userId: string): IceServer[];
  /** Closes the sending transport that the peer has, with what it publishes. */
  openSender(peer: Peer): Promise<Outcome<MediaTransport, 'FORBIDDEN' | 'MEDIA_UNAVAILABLE' | 'MEDIA_FULL'>>;
  connect(
    peer: Peer,
    transportId: string,
    dtlsParameters: DtlsParameters,
  ): Promise<Outcome<None, 'TRANSPORT_NOT_FOUND' | 'BAD_MEDIA'>>;
  restartIce(
    peer: Peer,
    transportId: string,
  ): Promise<Outcome<{ iceParameters: IceParameters }, 'TRANSPORT_NOT_FOUND'>>;
  publish(
    peer: Peer,
    wish: {
      transportId: string;
      source: Source;
      rtpParameters: RtpParameters;
      paused: boolean;
      keyId?: string;
    },
  ): Promise<
    Outcome<
      Publication,
      'FORBIDDEN' | 'TRANSPORT_NOT_FOUND' | 'BAD_MEDIA' | 'MEDIA_FULL' | 'TOO_MANY_PUBLICATIONS' | 'BANNED'
    >
  >;
  /** Of the peer's own. */
  setPaused(
    peer: Peer,
    publicationId: string,
    paused: boolean,
  ): Promise<Outcome<Publication, 'PUBLICATION_NOT_FOUND'>>;
  /** Of the peer's own, or anybody's in the room where the peer is a host. */
  unpublish(peer: Peer, publicationId: string): Promise<Outcome<None, 'PUBLICATION_NOT_FOUND'>>;
  /** `payloadTypes`: of a receiver that chose them, see `RouterOptions`. */
  watch(
    peer: Peer,
    wish: {
      publicationIds: readonly string[];
      rtpCapabilities: RtpCapabilities;
      payloadTypes?: ReadonlyMap<string, number>;
      /** Begin anew: the receiving transport that the peer has is closed, and another one opened. */
      fresh?: boolean;
    },
  ): Promise<Outcome<Watched, 'MEDIA_UNAVAILABLE' | 'MEDIA_FULL' | 'OFF_AIR'>>;
  unwatch(peer: Peer, consumerIds: readonly string[]): Promise<void>;
  adjust(
    peer: Peer,
    consumerId: string,
    change: {
      paused?: boolean | undefined;
      spatialLayer?: number | undefined;
      temporalLayer?: number | undefined;
    },
  ): Promise<Outcome<None, 'CONSUMER_NOT_FOUND'>>;
  /** Whether media arrived for this publication within the last seconds; false where this node does not carry it. */
  isSending(publicationId: string): Promise<boolean>;
  /** The peer is gone: closes all it had, ends what it published. */
  leave(peer: Peer): Promise<void>;
  /** Every event of the rooms that this node follows. */
  observe(roomId: string, event: RoomEvent): void;
  close(): Promise<void>;
};

/** Publications that other nodes carry, brought into routers of this one, and the answer to nodes that want ours. */
export type RemoteSources = {
  /**
   * A producer in `router` of this node that gets what another node carries. The relay asks once a publication and
   * node, and pipes on from there by itself. The producer closes (`onClosed`) when the pipe is lost.
   */
  fetch(
    roomId: string,
    origin: Origin,
    router: SfuRouter,
  ): Promise<Outcome<SfuProducer, 'PUBLICATION_NOT_FOUND' | 'MEDIA_FULL' | 'MEDIA_UNREACHABLE'>>;
  /** Whether other nodes are fed with what was fetched here: then it is kept, though nobody watches it here. */
  feeds?(roomId: string, publicationId: string): boolean;
  /** Pipes to and from other nodes that are open. */
  readonly pipes: number;
  close(): Promise<void>;
};

/** What this node itself has of a publication: published here, or brought here from another node. */
export type LocalSource = (
  roomId: string,
  publicationId: string,
) => Promise<{ router: SfuRouter; producer: SfuProducer } | undefined>;
