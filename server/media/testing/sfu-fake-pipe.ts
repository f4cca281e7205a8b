import * as ortc from 'mediasoup/ortc';
import { blamePeer } from '../mediasoup-calls.ts';
import { type PipeAddress, type PipedProducer, SfuBadInput, type SfuPipe } from '../sfu.ts';
import type { FakeRouter } from './sfu-fake-router.ts';
import { FakeThing } from './sfu-fake-thing.ts';
import { FakeProducer } from './sfu-fake-transport.ts';

/** Two fakes know nothing of each other: what goes through a pipe between them is what their tests carry over. */
export class FakePipe extends FakeThing implements SfuPipe {
  readonly address: PipeAddress;
  readonly #router: FakeRouter;
  readonly #sent = new Map<string, PipedProducer>();
  readonly #received = new Map<string, FakeProducer>();
  #connected = false;

  constructor(router: FakeRouter) {
    const id = router.host.nextId('pipe');
    super(id, router);
    this.#router = router;
    const srtp = { cryptoSuite: 'AEAD_AES_256_GCM' as const, keyBase64: Buffer.from(id).toString('base64') };
    this.address = { ip: '127.0.0.1', port: 40_000 + Number(id.split('-')[1]), srtp };
  }

  async connect(remote: PipeAddress): Promise<void> {
    await this.ask();
    if (this.#connected) throw new SfuBadInput('connected already');
    if (!Number.isInteger(remote.port) || remote.port < 1 || remote.port > 65_535 || !remote.srtp)
      throw new SfuBadInput('expected an address of the other end');
    this.#connected = true;
  }

  async consume(producerId: string): Promise<PipedProducer> {
    await this.ask();
    const known = this.#sent.get(producerId);
    if (known) return known;
    const producer = this.#router.producers.get(producerId);
    if (!producer) throw new SfuBadInput('there is no such producer');
    const rtpParameters = ortc.getPipeConsumerRtpParameters({
      consumableRtpParameters: structuredClone(producer.consumable),
      enableRtx: true,
    });
    const piped = { id: producerId, kind: producer.kind, rtpParameters, paused: producer.paused };
    this.#sent.set(producerId, piped);
    producer.onEnd(() => this.#sent.delete(producerId));
    return piped;
  }

  async produce(piped: PipedProducer): Promise<FakeProducer> {
    await this.ask();
    const producer = await blamePeer(async () => new FakeProducer(piped.id, this, this.#router, piped));
    this.#received.set(piped.id, producer);
    producer.onEnd(() => this.#received.delete(piped.id));
    return producer;
  }

  async setPaused(producerId: string, paused: boolean): Promise<void> {
    await this.ask();
    const received = this.#received.get(producerId);
    if (received) return received.setPaused(paused);
    if (!this.#sent.has(producerId)) throw new SfuBadInput('nothing of that id goes through this pipe');
  }
}
