import type { types as mediasoup } from 'mediasoup';
import {
  type DtlsParameters,
  dtlsParametersSchema,
  type IceParameters,
  type MediaTransport,
  rtpCapabilitiesSchema,
} from '../../shared/media/rtp.ts';
import { mediaContract } from '../../shared/plays/media/contract.ts';
import { blamePeer, call, checked, make } from './mediasoup-calls.ts';
import { MediasoupConsumer } from './mediasoup-consumer.ts';
import { Once } from './mediasoup-once.ts';
import { MediasoupProducer } from './mediasoup-producer.ts';
import type { ProducerIds } from './mediasoup-producer-ids.ts';
import { checkedSending } from './mediasoup-sending.ts';
import type { ConsumeOptions, ProduceOptions, RtpCapabilities, SfuClientTransport } from './sfu.ts';

/** RFC 7675 has peers ask for consent every 4 to 6 s: two in a row may be lost. */
export const ICE_CONSENT_S = 15;
/** How long a peer whose connections are all gone may take to come back, by a new one or an ICE restart. */
const RETURN_MS = 5000;

export type TransportSettings = {
  /** What a sender is told to send at most, bits a second. */
  maxIncomingBitrate: number;
  onConsumer: (change: 1 | -1) => void;
};
type Options = TransportSettings & { producers: ProducerIds };

export class MediasoupClientTransport implements SfuClientTransport {
  readonly parameters: MediaTransport;
  readonly #transport: mediasoup.WebRtcTransport;
  readonly #options: Options;
  readonly #disconnected = new Once();
  #returning: NodeJS.Timeout | undefined;
  #limited: Promise<void> | undefined;

  constructor(transport: mediasoup.WebRtcTransport, options: Options) {
    this.#transport = transport;
    this.#options = options;
    const { id, iceParameters, iceCandidates, dtlsParameters } = transport;
    this.parameters = { transportId: id, iceParameters, iceCandidates, dtlsParameters };
    transport.on('icestatechange', (state) => this.#onIce(state));
    transport.on('dtlsstatechange', (state) => {
      if (state === 'closed' || state === 'failed') this.#disconnected.happen();
    });
    transport.observer.once('close', () => clearTimeout(this.#returning));
  }

  get id(): string {
    return this.#transport.id;
  }
  get closed(): boolean {
    return this.#transport.closed;
  }

  async connect(dtlsParameters: DtlsParameters): Promise<void> {
    const parameters = checked(dtlsParametersSchema, dtlsParameters);
    await blamePeer(() =>
      call(this, () => this.#transport.connect({ dtlsParameters: parameters as mediasoup.DtlsParameters })),
    );
  }

  async restartIce(): Promise<IceParameters> {
    return call(this, () => this.#transport.restartIce());
  }

  async produce({ kind, rtpParameters, paused }: ProduceOptions): Promise<MediasoupProducer> {
    const parameters = checkedSending(kind, rtpParameters);
    this.#limited ??= call(this, () =>
      this.#transport.setMaxIncomingBitrate(this.#options.maxIncomingBitrate),
    );
    await this.#limited;
    const options = { kind, rtpParameters: parameters, paused };
    const keyFrameRequestDelay = mediaContract.limits.keyFrameIntervalMs.value;
    const producer = await blamePeer(() =>
      make(this, () => this.#transport.produce({ ...options, keyFrameRequestDelay })),
    );
    const { producers } = this.#options;
    producers.add(producer.id);
    producer.observer.once('close', () => producers.delete(producer.id));
    return new MediasoupProducer(producer);
  }

  async consume({ producerId, rtpCapabilities, paused, rtx }: ConsumeOptions): Promise<MediasoupConsumer> {
    const capabilities = checked(rtpCapabilitiesSchema, rtpCapabilities) as RtpCapabilities;
    // Without its codec mediasoup repeats lost packets in the stream itself; its own switch would repeat none.
    if (rtx === false)
      capabilities.codecs = capabilities.codecs?.filter(({ mimeType }) => !/\/rtx$/i.test(mimeType)) ?? [];
    const wish = { rtpCapabilities: capabilities, paused };
    const consumer = await blamePeer(() =>
      make(this, () =>
        this.#transport.consume({ ...wish, producerId: this.#options.producers.get(producerId) }),
      ),
    );
    this.#options.onConsumer(1);
    consumer.observer.once('close', () => this.#options.onConsumer(-1));
    return new MediasoupConsumer(consumer, producerId);
  }

  onDisconnected(listener: () => void): void {
    this.#disconnected.listen(listener);
  }

  async close(): Promise<void> {
    this.#transport.close();
  }

  /** A peer on TCP is without a connection as soon as that breaks, one on UDP once its consent has ended. */
  #onIce(state: mediasoup.IceState): void {
    clearTimeout(this.#returning);
    if (state !== 'disconnected') return;
    this.#returning = setTimeout(() => this.#disconnected.happen(), RETURN_MS).unref();
  }
}
