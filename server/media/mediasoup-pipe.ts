import type { types as mediasoup } from 'mediasoup';
import { z } from 'zod';
import { mediaKindSchema } from '../../shared/media/rtp.ts';
import { blamePeer, call, checked, make } from './mediasoup-calls.ts';
import { MediasoupProducer } from './mediasoup-producer.ts';
import type { ProducerIds } from './mediasoup-producer-ids.ts';
import { checkedSending } from './mediasoup-sending.ts';
import { type PipeAddress, type PipedProducer, SfuBadInput, type SfuPipe } from './sfu.ts';

/** Short: the first producer of a chain of pipes keeps to its interval anyway. */
const KEY_FRAME_DELAY_MS = 100;

const addressSchema = z.strictObject({
  ip: z.union([z.ipv4(), z.ipv6(), z.hostname()]),
  port: z.int().min(1).max(65_535),
  srtp: z
    .strictObject({
      cryptoSuite: z.enum([
        'AEAD_AES_256_GCM',
        'AEAD_AES_128_GCM',
        'AES_CM_128_HMAC_SHA1_80',
        'AES_CM_128_HMAC_SHA1_32',
      ]),
      keyBase64: z.base64().max(100),
    })
    .nullable(),
});
const pipedSchema = z.strictObject({
  id: z.string().min(1).max(64),
  kind: mediaKindSchema,
  rtpParameters: z.unknown(),
  paused: z.boolean(),
});

export class MediasoupPipe implements SfuPipe {
  readonly #transport: mediasoup.PipeTransport;
  readonly #producers: ProducerIds;
  readonly #sent = new Map<string, Promise<mediasoup.Consumer>>();
  readonly #received = new Map<string, MediasoupProducer>();

  constructor(transport: mediasoup.PipeTransport, producers: ProducerIds) {
    this.#transport = transport;
    this.#producers = producers;
  }

  get address(): PipeAddress {
    const { tuple, srtpParameters } = this.#transport;
    return { ip: tuple.localAddress, port: tuple.localPort, srtp: srtpParameters ?? null };
  }
  get closed(): boolean {
    return this.#transport.closed;
  }

  async connect(remote: PipeAddress): Promise<void> {
    const { ip, port, srtp } = checked(addressSchema, remote);
    await blamePeer(() =>
      call(this, () => this.#transport.connect({ ip, port, ...(srtp && { srtpParameters: srtp }) })),
    );
  }

  async consume(producerId: string): Promise<PipedProducer> {
    const { kind, rtpParameters, producerPaused } = await this.send(producerId);
    return { id: producerId, kind, rtpParameters, paused: producerPaused };
  }

  async produce(piped: PipedProducer): Promise<MediasoupProducer> {
    const { id, kind, rtpParameters, paused } = checked(pipedSchema, piped);
    const options = { kind, rtpParameters: checkedSending(kind, rtpParameters), paused };
    const inWorker = this.#producers.add(id);
    const made = await blamePeer(() =>
      make(this, () =>
        this.#transport.produce({ ...options, id: inWorker, keyFrameRequestDelay: KEY_FRAME_DELAY_MS }),
      ),
    ).catch((error: unknown) => {
      this.#producers.delete(id);
      throw error;
    });
    const producer = new MediasoupProducer(made, id);
    this.#received.set(id, producer);
    made.observer.once('close', () => {
      this.#received.delete(id);
      this.#producers.delete(id);
    });
    return producer;
  }

  async setPaused(producerId: string, paused: boolean): Promise<void> {
    const received = this.#received.get(producerId);
    if (received) return received.setPaused(paused);
    const sent = await this.#sent.get(producerId);
    if (!sent) throw new SfuBadInput('nothing of that id goes through this pipe');
    await call(sent, () => (paused ? sent.pause() : sent.resume()));
  }

  async close(): Promise<void> {
    this.#transport.close();
  }

  /** Sends a producer of the router into the pipe. Once, until that ends. */
  send(producerId: string): Promise<mediasoup.Consumer> {
    const known = this.#sent.get(producerId);
    if (known) return known;
    const sending = blamePeer(() =>
      make(this, () => this.#transport.consume({ producerId: this.#producers.get(producerId) })),
    );
    this.#sent.set(producerId, sending);
    const forget = () => this.#sent.delete(producerId);
    sending.then((consumer) => consumer.observer.once('close', forget), forget);
    return sending;
  }

  onEnded(listener: () => void): void {
    this.#transport.observer.once('close', listener);
  }
}
