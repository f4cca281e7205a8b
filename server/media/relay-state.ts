import type { EndReason, Publication, Source as SourceName } from '../../shared/plays/media/contract.ts';
import type { Peer, PeerMessage } from './ports.ts';
import type { Anchor } from './relay-anchors.ts';
import type { RouterEntry } from './relay-routers.ts';
import type { Turns } from './relay-turns.ts';
import type { RtpCapabilities, SfuClientTransport, SfuConsumer, SfuProducer } from './sfu.ts';

/** What the relay keeps of peers, transports, publications and consumers. Data only; who owns each says so. */

/** One peer, from its first call until it leaves. */
export type PeerState = {
  readonly peer: Peer;
  /** Nobody hears what is told to those who left. Never throws. */
  readonly tell: (message: PeerMessage) => void;
  left: boolean;
  sender: PeerTransport | undefined;
  /** The receiving transport, or the attempt to open it. */
  receiver: Promise<PeerTransport | NoReceiver> | undefined;
  readonly transports: Map<string, PeerTransport>;
  /** By publication; entered before the first await, so that two calls at once cannot pass a limit together. */
  readonly watching: Map<string, Promise<Watching | Missing>>;
  readonly consumers: Map<string, Watching>;
  /** Opening a sender and publishing, one at a time. */
  readonly turns: Turns;
};

/** `gone`: the worker died; another one takes its place in a moment. */
export type NoReceiver = 'MEDIA_FULL' | 'CANNOT_PLAY' | 'gone';

export type Missing = 'PUBLICATION_NOT_FOUND' | 'CANNOT_PLAY' | 'MEDIA_FULL' | 'MEDIA_UNREACHABLE';

export type PeerTransport = {
  readonly id: string;
  readonly direction: 'send' | 'receive';
  readonly owner: PeerState;
  readonly transport: SfuClientTransport;
  readonly entry: RouterEntry;
  /** Of a sender. */
  readonly publications: Set<Carried>;
  closed: boolean;
  /** Once; that it is back is seen by what it sends. */
  disconnected: boolean;
  /** Monotonic ms. */
  closeAtMs: number;
};

/** A producer that this node has and viewers of it can be fed with. */
export type Source = {
  readonly roomId: string;
  readonly publicationId: string;
  readonly producer: SfuProducer;
  readonly entry: RouterEntry;
  readonly watchers: Set<Watching>;
  /** Bits a second, all layers; undefined until it was measured. */
  bitrate: number | undefined;
  ended: boolean;
};

/** A publication of a peer of this node. */
export type Carried = Source & {
  readonly owner: PeerState;
  readonly transport: PeerTransport;
  readonly source: SourceName;
  /** The stream key that it was published with. */
  readonly keyId: string | undefined;
  /** As the book has it; undefined until it does. */
  publication: Publication | undefined;
  /** The room was told of it: what is told next of this user and source replaces it. */
  announced: boolean;
  endReason: EndReason | undefined;
  anchor: Anchor | undefined;
  anchoring: boolean;
  /** When bytes were last counted, and when they were last seen to grow; monotonic ms. */
  readonly sample: { bytes: number; atMs: number; grewAtMs: number };
};

/** One consumer of a peer. */
export type Watching = {
  readonly owner: PeerState;
  readonly source: Source;
  readonly transport: PeerTransport;
  /** undefined while it is made: its bitrate counts already. */
  consumer: SfuConsumer | undefined;
  paused: boolean;
  /** Highest spatial layer that is wanted. */
  spatialLayer: number;
  temporalLayer: number | undefined;
  closed: boolean;
};

export type WatchWish = {
  publicationIds: readonly string[];
  rtpCapabilities: RtpCapabilities;
  payloadTypes?: ReadonlyMap<string, number>;
  fresh?: boolean;
};
