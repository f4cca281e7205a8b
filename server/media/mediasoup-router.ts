import type { types as mediasoup } from 'mediasoup';
import { rtpCapabilitiesSchema } from '../../shared/media/rtp.ts';
import type { PortRange } from '../config/media-values.ts';
import { make } from './mediasoup-calls.ts';
import { MediasoupPipe } from './mediasoup-pipe.ts';
import type { MediasoupProducer } from './mediasoup-producer.ts';
import { ProducerIds } from './mediasoup-producer-ids.ts';
import { ICE_CONSENT_S, MediasoupClientTransport, type TransportSettings } from './mediasoup-transport.ts';
import { type RtpCapabilities, SfuClosed, type SfuRouter, type SfuWorker } from './sfu.ts';

/** What a receiver's bandwidth is taken for until it is measured: enough for the middle layer of a camera. */
const INITIAL_OUTGOING_BITRATE = 1_000_000;
/** Room for the packets of key frames; the kernel may grant less. */
const SOCKET_BUFFER_BYTES = 2 * 1024 * 1024;

export type PipeSettings = {
  /** Where pipes to other nodes listen. */
  listen: { ip: string; announced?: string | undefined };
  ports: PortRange;
  encrypted: boolean;
};

export type RouterHost = TransportSettings & {
  worker: SfuWorker;
  webRtcServer: mediasoup.WebRtcServer;
  pipe: PipeSettings;
  /** Of all its routers. */
  producerIds: Set<string>;
};

/** Both ends of the pipe from one router to another one of this node. */
type LocalPipe = { from: MediasoupPipe; to: MediasoupPipe };

export class MediasoupRouter implements SfuRouter {
  readonly rtpCapabilities: RtpCapabilities;
  readonly producers: ProducerIds;
  readonly #router: mediasoup.Router;
  readonly #host: RouterHost;
  readonly #pipes = new Map<MediasoupRouter, Promise<LocalPipe>>();
  readonly #piped = new Map<string, Promise<MediasoupProducer>>();

  constructor(router: mediasoup.Router, host: RouterHost) {
    this.#router = router;
    this.#host = host;
    this.rtpCapabilities = router.rtpCapabilities;
    this.producers = new ProducerIds(host.producerIds);
  }

  get id(): string {
    return this.#router.id;
  }
  get worker(): SfuWorker {
    return this.#host.worker;
  }
  get closed(): boolean {
    return this.#router.closed;
  }

  async createClientTransport(): Promise<MediasoupClientTransport> {
    const transport = await make(this, () =>
      this.#router.createWebRtcTransport({
        webRtcServer: this.#host.webRtcServer,
        enableUdp: true,
        enableTcp: true,
        preferUdp: true,
        initialAvailableOutgoingBitrate: INITIAL_OUTGOING_BITRATE,
        iceConsentTimeout: ICE_CONSENT_S,
      }),
    );
    return new MediasoupClientTransport(transport, { ...this.#host, producers: this.producers });
  }

  async createPipe(): Promise<MediasoupPipe> {
    const { listen, ports, encrypted } = this.#host.pipe;
    const announced = listen.announced === undefined ? {} : { announcedAddress: listen.announced };
    return this.#createPipe({ ip: listen.ip, ...announced, portRange: { ...ports } }, encrypted);
  }

  /**
   * Not by mediasoup's `pipeToRouter`: that one leaves the rejection of a pause unhandled when a worker dies, and
   * keeps a pair of transports that failed.
   */
  pipeTo(router: SfuRouter, producerId: string): Promise<MediasoupProducer> {
    if (!(router instanceof MediasoupRouter) || router === this)
      return Promise.reject(new TypeError('expected another router of this node'));
    const key = `${router.id} ${producerId}`;
    const known = this.#piped.get(key);
    if (known) return known;
    const piping = this.#pipe(router, producerId, () => this.#piped.delete(key));
    this.#piped.set(key, piping);
    piping.catch(() => this.#piped.delete(key));
    return piping;
  }

  canConsume(producerId: string, rtpCapabilities: RtpCapabilities): boolean {
    if (this.closed || !rtpCapabilitiesSchema.safeParse(rtpCapabilities).success) return false;
    return this.#router.canConsume({ producerId: this.producers.get(producerId), rtpCapabilities });
  }

  async close(): Promise<void> {
    this.#router.close();
  }

  async #createPipe(
    listen: Omit<mediasoup.TransportListenInfo, 'protocol'>,
    encrypted: boolean,
  ): Promise<MediasoupPipe> {
    const listenInfo: mediasoup.TransportListenInfo = {
      ...listen,
      protocol: 'udp',
      sendBufferSize: SOCKET_BUFFER_BYTES,
      recvBufferSize: SOCKET_BUFFER_BYTES,
    };
    // A packet lost here is lost for everybody behind the pipe: both ends repeat.
    const options = { listenInfo, enableRtx: true, enableSrtp: encrypted };
    const transport = await make(this, () => this.#router.createPipeTransport(options));
    return new MediasoupPipe(transport, this.producers);
  }

  async #pipe(router: MediasoupRouter, producerId: string, onEnded: () => void): Promise<MediasoupProducer> {
    const { from, to } = await this.#pipeEnds(router);
    const consumer = await from.send(producerId);
    try {
      const producer = await to.produce({
        id: producerId,
        kind: consumer.kind,
        rtpParameters: consumer.rtpParameters,
        paused: consumer.producerPaused,
      });
      this.#link(consumer, producer, onEnded);
      if (producer.closed) throw new SfuClosed('closed while it was piped');
      return producer;
    } catch (error) {
      consumer.close();
      throw error;
    }
  }

  /** What happens to one end of a piped producer happens to the other. */
  #link(consumer: mediasoup.Consumer, producer: MediasoupProducer, onEnded: () => void): void {
    producer.onEnded(() => {
      onEnded();
      consumer.close();
    });
    const follow = async () => {
      // The source may change again while the answer to the last change is awaited.
      while (!producer.closed && !consumer.closed && producer.paused !== consumer.producerPaused)
        await producer.setPaused(consumer.producerPaused);
    };
    let following = Promise.resolve();
    const followOn = () => {
      following = following.then(follow).catch(() => undefined);
    };
    consumer.on('producerpause', followOn);
    consumer.on('producerresume', followOn);
    consumer.observer.once('close', () => producer.lose());
    if (consumer.closed) producer.lose();
    followOn();
  }

  #pipeEnds(router: MediasoupRouter): Promise<LocalPipe> {
    const known = this.#pipes.get(router);
    if (known) return known;
    const opening = this.#openPipe(router);
    const forget = () => this.#pipes.delete(router);
    this.#pipes.set(router, opening);
    opening.then(({ from }) => from.onEnded(forget), forget);
    return opening;
  }

  async #openPipe(router: MediasoupRouter): Promise<LocalPipe> {
    const loopback = { ip: '127.0.0.1' };
    const from = await this.#createPipe(loopback, false);
    try {
      const to = await router.#createPipe(loopback, false);
      from.onEnded(() => void to.close());
      to.onEnded(() => void from.close());
      await Promise.all([from.connect(to.address), to.connect(from.address)]);
      return { from, to };
    } catch (error) {
      await from.close();
      throw error;
    }
  }
}
