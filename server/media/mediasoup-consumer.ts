import { type types as mediasoup, parseScalabilityMode } from 'mediasoup';
import type { MediaKind } from '../../shared/media/rtp.ts';
import { blamePeer, call } from './mediasoup-calls.ts';
import { Once } from './mediasoup-once.ts';
import { type ProducerType, type RtpParameters, SfuBadInput, type SfuConsumer } from './sfu.ts';

export class MediasoupConsumer implements SfuConsumer {
  readonly producerId: string;
  readonly type: ProducerType;
  readonly spatialLayers: number;
  readonly #consumer: mediasoup.Consumer;
  readonly #producerClosed = new Once();

  /** `producerId`: that of the router, where the worker has another one for it. */
  constructor(consumer: mediasoup.Consumer, producerId = consumer.producerId) {
    this.producerId = producerId;
    this.#consumer = consumer;
    // Only consumers of pipes are of the fourth type.
    this.type = consumer.type as ProducerType;
    const mode = consumer.rtpParameters.encodings?.[0]?.scalabilityMode;
    this.spatialLayers = this.type === 'simple' ? 1 : parseScalabilityMode(mode).spatialLayers;
    consumer.on('producerclose', () => this.#producerClosed.happen());
  }

  get id(): string {
    return this.#consumer.id;
  }
  get kind(): MediaKind {
    return this.#consumer.kind;
  }
  get closed(): boolean {
    return this.#consumer.closed;
  }
  get rtpParameters(): RtpParameters {
    return this.#consumer.rtpParameters;
  }

  async setPaused(paused: boolean): Promise<void> {
    await call(this, () => (paused ? this.#consumer.pause() : this.#consumer.resume()));
  }

  async setPreferredLayers(spatialLayer: number, temporalLayer?: number): Promise<void> {
    for (const layer of [spatialLayer, temporalLayer ?? 0])
      if (!Number.isInteger(layer) || layer < 0 || layer > 255) throw new SfuBadInput('layers count from 0');
    const layers = { spatialLayer, ...(temporalLayer !== undefined && { temporalLayer }) };
    await blamePeer(() => call(this, () => this.#consumer.setPreferredLayers(layers)));
  }

  async requestKeyFrame(): Promise<void> {
    await call(this, () => this.#consumer.requestKeyFrame());
  }

  onProducerClosed(listener: () => void): void {
    this.#producerClosed.listen(listener);
  }

  async close(): Promise<void> {
    this.#consumer.close();
  }
}
