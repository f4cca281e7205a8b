import type { types as mediasoup } from 'mediasoup';
import type { DtlsParameters, IceParameters, MediaKind, MediaTransport } from '../../shared/media/rtp.ts';

/**
 * The port to a selective forwarding unit: workers, routers, transports, producers, consumers. mediasoup behind it in
 * production, a fake in tests of what is built on it; one contract suite runs on both. Every `close()` may be called
 * twice and resolves when it is done; closing something closes what is in it. Whatever is closed already, or whose
 * worker has died, rejects with `SfuClosed`; what the peer got wrong, with `SfuBadInput`.
 */

export type RtpCapabilities = mediasoup.RtpCapabilities;
export type RtpParameters = mediasoup.RtpParameters;
export type SrtpParameters = mediasoup.SrtpParameters;

export class SfuClosed extends Error {
  override name = 'SfuClosed';
}
export class SfuBadInput extends Error {
  override name = 'SfuBadInput';
}

export type SfuEvents = {
  /** A worker has ended by itself; everything in it is closed. A new one takes its slot as soon as it is up. */
  onWorkerDied: (worker: SfuWorker) => void;
};

export interface Sfu {
  /** Those that are up. */
  readonly workers: readonly SfuWorker[];
  /** Listens; the answer stops listening. */
  on<E extends keyof SfuEvents>(event: E, listener: SfuEvents[E]): () => void;
  close(): Promise<void>;
}

export interface SfuWorker {
  /** Never used again by another worker of this node. */
  readonly id: string;
  readonly pid: number;
  readonly closed: boolean;
  /** Consumers of clients in all its routers. */
  readonly consumers: number;
  /** @throws SfuBadInput when the payload types do not go together */
  createRouter(options?: RouterOptions): Promise<SfuRouter>;
  usage(): Promise<WorkerUsage>;
}

export type WorkerUsage = {
  /** Processor time that it has used since it began. */
  cpuMs: number;
  /** Memory at its most. */
  peakMemoryBytes: number;
};

export type RouterOptions = {
  /**
   * Payload types that its codecs have on the way to receivers, by codec (`codecKey`); other codecs it does not have.
   * For receivers that chose them (WHEP); left out, the relay chooses. The payload types of retransmission streams
   * are the relay's in any case: consume with `rtx: false` where the receiver chose those, too.
   */
  payloadTypes?: ReadonlyMap<string, number>;
};

export interface SfuRouter {
  readonly id: string;
  readonly worker: SfuWorker;
  readonly closed: boolean;
  readonly rtpCapabilities: RtpCapabilities;
  createClientTransport(): Promise<SfuClientTransport>;
  /** Makes a producer of this router a producer, of the same id, in another router of this node. Once: later calls answer at once. */
  pipeTo(router: SfuRouter, producerId: string): Promise<SfuProducer>;
  /** One end of a pipe to another node. */
  createPipe(): Promise<SfuPipe>;
  canConsume(producerId: string, rtpCapabilities: RtpCapabilities): boolean;
  close(): Promise<void>;
}

/** A WebRTC transport: ICE lite, DTLS, SRTP; on the worker's one port. */
export interface SfuClientTransport {
  readonly id: string;
  readonly closed: boolean;
  /** What the client needs; the DTLS role is `auto`. */
  readonly parameters: MediaTransport;
  /** @throws SfuBadInput when it is connected already, or the parameters are wrong */
  connect(dtlsParameters: DtlsParameters): Promise<void>;
  restartIce(): Promise<IceParameters>;
  produce(options: ProduceOptions): Promise<SfuProducer>;
  /**
   * Of a producer in the same router. Video waits for the transport to connect, then asks for a key frame.
   * @throws SfuBadInput when the router has no such producer (any more), or the receiver no codec for it
   */
  consume(options: ConsumeOptions): Promise<SfuConsumer>;
  /** The peer is gone: ICE consent ended, or DTLS closed. Once. */
  onDisconnected(listener: () => void): void;
  close(): Promise<void>;
}

export type ProduceOptions = {
  kind: MediaKind;
  rtpParameters: RtpParameters;
  paused: boolean;
};

export type ConsumeOptions = {
  producerId: string;
  rtpCapabilities: RtpCapabilities;
  paused: boolean;
  /**
   * Retransmissions on a stream of their own (RFC 4588), where the receiver can; default: true. false: lost packets
   * are repeated in the stream itself.
   */
  rtx?: boolean;
};

export type ProducerType = 'simple' | 'simulcast' | 'svc';

/** What lines the media clock up with the sender's: an RTCP sender report (RFC 3550, 6.4.1). */
export type SenderReport = {
  ssrc: number;
  /** The sender's wall clock, Unix ms. */
  senderMs: number;
  rtpTimestamp: number;
};

export interface SfuProducer {
  readonly id: string;
  readonly kind: MediaKind;
  readonly type: ProducerType;
  readonly paused: boolean;
  readonly closed: boolean;
  readonly rtpParameters: RtpParameters;
  setPaused(paused: boolean): Promise<void>;
  /** Bits a second that arrive now, and bytes since the beginning. */
  stats(): Promise<{ bitrate: number; bytes: number; packetsLost: number; keyFrameRequests: number }>;
  onSenderReport(listener: (report: SenderReport) => void): void;
  /** Closed by anything but its own `close()`. Once. */
  onClosed(listener: () => void): void;
  close(): Promise<void>;
}

export interface SfuConsumer {
  readonly id: string;
  readonly producerId: string;
  readonly kind: MediaKind;
  readonly type: ProducerType;
  readonly closed: boolean;
  readonly rtpParameters: RtpParameters;
  /** Spatial layers that its producer has. */
  readonly spatialLayers: number;
  setPaused(paused: boolean): Promise<void>;
  setPreferredLayers(spatialLayer: number, temporalLayer?: number): Promise<void>;
  /** Asks for a key frame, as soon as its producer may be asked again. */
  requestKeyFrame(): Promise<void>;
  /** Its producer is gone (not: its transport). Once. */
  onProducerClosed(listener: () => void): void;
  close(): Promise<void>;
}

/** Where one end of a pipe listens, for the other end; `srtp` unless pipes are set to run in the clear. */
export type PipeAddress = { ip: string; port: number; srtp: SrtpParameters | null };

/** One end of a pipe between routers of two nodes. */
export interface SfuPipe {
  readonly address: PipeAddress;
  readonly closed: boolean;
  connect(remote: PipeAddress): Promise<void>;
  /** The sending end: what the other end has to be given for `produce`. */
  consume(producerId: string): Promise<PipedProducer>;
  /** The receiving end: the producer of the other end, with its id. */
  produce(piped: PipedProducer): Promise<SfuProducer>;
  setPaused(producerId: string, paused: boolean): Promise<void>;
  close(): Promise<void>;
}

export type PipedProducer = { id: string; kind: MediaKind; rtpParameters: RtpParameters; paused: boolean };
