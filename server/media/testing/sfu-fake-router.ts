import type { types as mediasoup } from 'mediasoup';
import * as ortc from 'mediasoup/ortc';
import { rtpCapabilitiesSchema } from '../../../shared/media/rtp.ts';
import type { RtpCapabilities, SfuRouter, SfuWorker } from '../sfu.ts';
import { FakePipe } from './sfu-fake-pipe.ts';
import { FakeThing } from './sfu-fake-thing.ts';
import { FakeClientTransport, type FakeConsumer, type FakeProducer } from './sfu-fake-transport.ts';

export type FakeHost = {
  nextId: (kind: string) => string;
  onTransport: (transport: FakeClientTransport) => void;
  onProducer: (producer: FakeProducer) => void;
  onConsumer: (consumer: FakeConsumer) => void;
};

export class FakeRouter extends FakeThing implements SfuRouter {
  readonly worker: SfuWorker;
  readonly rtpCapabilities: RtpCapabilities;
  readonly producers = new Map<string, FakeProducer>();
  readonly host: FakeHost;
  readonly #piped = new Map<string, Promise<FakeProducer>>();

  constructor(worker: FakeThing & SfuWorker, codecs: mediasoup.RouterRtpCodecCapability[], host: FakeHost) {
    const rtpCapabilities = ortc.generateRouterRtpCapabilities(codecs);
    super(host.nextId('router'), worker);
    this.worker = worker;
    this.rtpCapabilities = rtpCapabilities;
    this.host = host;
  }

  async createClientTransport(): Promise<FakeClientTransport> {
    await this.ask();
    const transport = new FakeClientTransport(this);
    this.host.onTransport(transport);
    return transport;
  }

  async createPipe(): Promise<FakePipe> {
    await this.ask();
    return new FakePipe(this);
  }

  pipeTo(router: SfuRouter, producerId: string): Promise<FakeProducer> {
    if (!(router instanceof FakeRouter) || router === this)
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
    const producer = this.producers.get(producerId);
    if (!producer || !rtpCapabilitiesSchema.safeParse(rtpCapabilities).success) return false;
    return ortc.canConsume(producer.consumable, structuredClone(rtpCapabilities));
  }

  async #pipe(router: FakeRouter, producerId: string, onEnd: () => void): Promise<FakeProducer> {
    await this.ask();
    router.alive();
    const [from, to] = [new FakePipe(this), new FakePipe(router)];
    const end = () => {
      from.end();
      to.end();
    };
    from.onEnd(end);
    to.onEnd(end);
    try {
      const producer = await to.produce(await from.consume(producerId));
      const source = this.producers.get(producerId);
      source?.onEnd(end);
      source?.onPaused((paused) => void producer.setPaused(paused).catch(() => undefined));
      producer.onEnd(() => {
        onEnd();
        end();
      });
      return producer;
    } catch (error) {
      end();
      throw error;
    }
  }
}
