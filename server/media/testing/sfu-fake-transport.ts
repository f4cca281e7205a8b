import { type types as mediasoup, parseScalabilityMode } from 'mediasoup';
import * as ortc from 'mediasoup/ortc';
import {
  type DtlsParameters,
  dtlsParametersSchema,
  type IceParameters,
  type MediaKind,
  type MediaTransport,
  rtpCapabilitiesSchema,
} from '../../../shared/media/rtp.ts';
import { blamePeer, checked } from '../mediasoup-calls.ts';
import { Once } from '../mediasoup-once.ts';
import { checkedSending } from '../mediasoup-sending.ts';
import {
  type ConsumeOptions,
  type ProduceOptions,
  type ProducerType,
  type RtpCapabilities,
  type RtpParameters,
  type SenderReport,
  SfuBadInput,
  type SfuClientTransport,
  type SfuConsumer,
  type SfuProducer,
} from '../sfu.ts';
import type { FakeRouter } from './sfu-fake-router.ts';
import { FakeThing } from './sfu-fake-thing.ts';

export class FakeClientTransport extends FakeThing implements SfuClientTransport {
  readonly #router: FakeRouter;
  readonly #disconnected = new Once();
  readonly #ssrcs = new Set<number>();
  #iceNo = 1;
  #connected = false;
  #consumers = 0;

  constructor(router: FakeRouter) {
    super(router.host.nextId('transport'), router);
    this.#router = router;
  }

  get parameters(): MediaTransport {
    const candidate = { foundation: 'udpcandidate', priority: 1, address: '127.0.0.1', ip: '127.0.0.1' };
    return {
      transportId: this.id,
      iceParameters: this.#iceParameters(),
      iceCandidates: [{ ...candidate, protocol: 'udp', port: 40_000, type: 'host' }],
      dtlsParameters: {
        role: 'auto',
        fingerprints: [{ algorithm: 'sha-256', value: Array(32).fill('00').join(':') }],
      },
    };
  }

  async connect(dtlsParameters: DtlsParameters): Promise<void> {
    await this.ask();
    checked(dtlsParametersSchema, dtlsParameters);
    if (this.#connected) throw new SfuBadInput('connected already');
    this.#connected = true;
  }

  async restartIce(): Promise<IceParameters> {
    await this.ask();
    this.#iceNo += 1;
    return this.#iceParameters();
  }

  async produce(options: ProduceOptions): Promise<FakeProducer> {
    await this.ask();
    const rtpParameters = checkedSending(options.kind, options.rtpParameters);
    const ssrcs = (rtpParameters.encodings ?? []).flatMap(({ ssrc, rtx }) =>
      [ssrc ?? [], rtx?.ssrc ?? []].flat(),
    );
    if (ssrcs.some((ssrc) => this.#ssrcs.has(ssrc))) throw new SfuBadInput('one SSRC is used twice');
    const id = this.#router.host.nextId('producer');
    const producer = await blamePeer(
      async () => new FakeProducer(id, this, this.#router, { ...options, rtpParameters }),
    );
    for (const ssrc of ssrcs) this.#ssrcs.add(ssrc);
    producer.onEnd(() => {
      for (const ssrc of ssrcs) this.#ssrcs.delete(ssrc);
    });
    return producer;
  }

  async consume(options: ConsumeOptions): Promise<FakeConsumer> {
    await this.ask();
    const capabilities = checked(rtpCapabilitiesSchema, options.rtpCapabilities) as RtpCapabilities;
    const producer = this.#router.producers.get(options.producerId);
    if (!producer) throw new SfuBadInput('there is no such producer');
    if (options.rtx === false)
      capabilities.codecs = capabilities.codecs?.filter(({ mimeType }) => !/\/rtx$/i.test(mimeType)) ?? [];
    ortc.validateAndNormalizeRtpCapabilities(capabilities);
    const rtpParameters = await blamePeer(async () =>
      ortc.getConsumerRtpParameters({
        consumableRtpParameters: producer.consumable,
        remoteRtpCapabilities: capabilities,
        pipe: false,
        enableRtx: producer.kind === 'video',
      }),
    );
    rtpParameters.mid = String(this.#consumers);
    this.#consumers += 1;
    const consumer = new FakeConsumer(this.#router.host.nextId('consumer'), this, producer, {
      router: this.#router,
      rtpParameters,
      paused: options.paused,
    });
    this.#router.host.onConsumer(consumer);
    return consumer;
  }

  onDisconnected(listener: () => void): void {
    this.#disconnected.listen(listener);
  }

  disconnect(): void {
    if (!this.closed) this.#disconnected.happen();
  }

  #iceParameters(): IceParameters {
    return { usernameFragment: `${this.id}-${this.#iceNo}`, password: 'password', iceLite: true };
  }
}

export class FakeProducer extends FakeThing implements SfuProducer {
  readonly kind: MediaKind;
  readonly type: ProducerType;
  readonly rtpParameters: RtpParameters;
  /** What consumers of the router start from. */
  readonly consumable: RtpParameters;
  readonly #lost = new Once();
  readonly #reportListeners: ((report: SenderReport) => void)[] = [];
  readonly #pauseListeners: ((paused: boolean) => void)[] = [];
  #paused: boolean;
  #closing = false;
  #stats = { bitrate: 0, bytes: 0, packetsLost: 0, keyFrameRequests: 0 };

  constructor(id: string, owner: FakeThing, router: FakeRouter, options: ProduceOptions) {
    if (router.producers.has(id)) throw new SfuBadInput('there is a producer of this id already');
    const parameters = structuredClone(options.rtpParameters) as mediasoup.RtpParameters;
    ortc.validateAndNormalizeRtpParameters(parameters);
    if (!parameters.encodings?.length) parameters.encodings = [{}];
    const mapping = ortc.getProducerRtpParametersMapping(parameters, router.rtpCapabilities);
    const consumable = ortc.getConsumableRtpParameters(
      options.kind,
      parameters,
      router.rtpCapabilities,
      mapping,
    );
    super(id, owner);
    this.kind = options.kind;
    this.rtpParameters = parameters;
    this.consumable = consumable;
    this.type = producerType(parameters);
    this.#paused = options.paused;
    router.producers.set(id, this);
    this.onEnd(() => {
      router.producers.delete(id);
      if (!this.#closing) this.#lost.happen();
    });
    router.host.onProducer(this);
  }

  get paused(): boolean {
    return this.#paused;
  }

  async setPaused(paused: boolean): Promise<void> {
    await this.ask();
    this.#paused = paused;
    for (const listener of this.#pauseListeners) listener(paused);
  }

  async stats(): ReturnType<SfuProducer['stats']> {
    await this.ask();
    return { ...this.#stats };
  }

  measured(stats: Partial<Awaited<ReturnType<SfuProducer['stats']>>>): void {
    this.#stats = { ...this.#stats, ...stats };
  }

  onSenderReport(listener: (report: SenderReport) => void): void {
    this.#reportListeners.push(listener);
  }

  report(report: SenderReport): void {
    for (const listener of this.#reportListeners) listener(report);
  }

  onPaused(listener: (paused: boolean) => void): void {
    this.#pauseListeners.push(listener);
  }

  onClosed(listener: () => void): void {
    this.#lost.listen(listener);
  }

  override async close(): Promise<void> {
    this.#closing = true;
    this.end();
  }
}

export class FakeConsumer extends FakeThing implements SfuConsumer {
  readonly producerId: string;
  readonly kind: MediaKind;
  readonly type: ProducerType;
  readonly rtpParameters: RtpParameters;
  readonly spatialLayers: number;
  /** For tests to look at. */
  paused: boolean;
  preferredLayers: { spatialLayer: number; temporalLayer: number | undefined } | undefined;
  keyFrameRequests = 0;
  readonly #producerClosed = new Once();

  constructor(
    id: string,
    transport: FakeThing,
    producer: FakeProducer,
    { router, rtpParameters, paused }: { router: FakeRouter; rtpParameters: RtpParameters; paused: boolean },
  ) {
    super(id, transport);
    this.producerId = producer.id;
    this.kind = producer.kind;
    this.type = producer.type;
    this.rtpParameters = rtpParameters;
    this.paused = paused;
    const mode = rtpParameters.encodings?.[0]?.scalabilityMode;
    this.spatialLayers = this.type === 'simple' ? 1 : parseScalabilityMode(mode).spatialLayers;
    producer.onEnd(() => {
      if (this.closed) return;
      this.end();
      // Where all of the router ends, the consumer's own end is all there is to tell.
      if (!router.closed) this.#producerClosed.happen();
    });
  }

  async setPaused(paused: boolean): Promise<void> {
    await this.ask();
    this.paused = paused;
  }

  async setPreferredLayers(spatialLayer: number, temporalLayer?: number): Promise<void> {
    await this.ask();
    for (const layer of [spatialLayer, temporalLayer ?? 0])
      if (!Number.isInteger(layer) || layer < 0 || layer > 255) throw new SfuBadInput('layers count from 0');
    this.preferredLayers = { spatialLayer, temporalLayer };
  }

  async requestKeyFrame(): Promise<void> {
    await this.ask();
    this.keyFrameRequests += 1;
  }

  onProducerClosed(listener: () => void): void {
    this.#producerClosed.listen(listener);
  }
}

/** As mediasoup's worker tells types apart. */
function producerType({ encodings = [], codecs }: RtpParameters): ProducerType {
  if (encodings.length > 1) return 'simulcast';
  const { spatialLayers, temporalLayers } = parseScalabilityMode(encodings[0]?.scalabilityMode);
  if (spatialLayers === 1 && temporalLayers === 1) return 'simple';
  return /\/(vp9|av1)$/i.test(codecs[0]?.mimeType ?? '') ? 'svc' : 'simulcast';
}
