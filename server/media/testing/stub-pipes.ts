import type { SfuPipe, SfuProducer, SfuRouter } from '../sfu.ts';
import { type PipeAddress, type PipedProducer, SfuClosed } from '../sfu.ts';

/**
 * As much of an SFU as pipes between nodes need, in memory, for many nodes at once: what is connected to what can be
 * looked at, and any step can be made to fail or to hang.
 */

export type PipeStep = 'createPipe' | 'connect' | 'consume' | 'produce';
/** `slow`: until the test lets go on. */
export type Fault = 'fail' | 'hang' | 'slow';

const unused = (): never => {
  throw new Error('not in this stub');
};

/** What all nodes send through. */
export class StubNetwork {
  readonly ends = new Map<number, StubPipe>();
  #lastPort = 1000;

  open(pipe: StubPipe): number {
    this.#lastPort += 1;
    this.ends.set(this.#lastPort, pipe);
    return this.#lastPort;
  }

  /** Nodes from the origin to this producer, if what is published there arrives in it. */
  pathTo(producer: StubProducer): string[] | undefined {
    const path: string[] = [];
    for (let at: StubProducer | undefined = producer; at && path.length < 50; ) {
      if (at.closed) return undefined;
      path.unshift(at.router.node);
      if (!at.pipe) return path;
      const far: StubPipe | undefined = this.ends.get(at.pipe.remote?.port ?? 0);
      if (!far?.sends.has(at.id) || far.remote?.port !== at.pipe.address.port) return undefined;
      at = far.router.producers.get(at.id);
    }
    return undefined;
  }
}

export class StubRouter implements SfuRouter {
  readonly id: string;
  readonly node: string;
  readonly network: StubNetwork;
  readonly rtpCapabilities = {};
  readonly producers = new Map<string, StubProducer>();
  readonly pipes = new Set<StubPipe>();
  /** The next call of this step on this router goes wrong. */
  fault: { step: PipeStep; how: Fault } | undefined;
  goOn: () => void = () => undefined;
  closed = false;

  constructor(node: string, network: StubNetwork) {
    this.id = `router of ${node}`;
    this.node = node;
    this.network = network;
  }

  get worker() {
    return unused();
  }
  createClientTransport = unused;
  pipeTo = unused;
  canConsume = unused;

  /** What a client of this node publishes. */
  publish(id: string): StubProducer {
    const producer = new StubProducer(id, this);
    this.producers.set(id, producer);
    return producer;
  }

  async createPipe(): Promise<StubPipe> {
    await this.step('createPipe');
    const pipe = new StubPipe(this);
    this.pipes.add(pipe);
    return pipe;
  }

  async step(step: PipeStep): Promise<void> {
    await Promise.resolve();
    if (this.closed) throw new SfuClosed();
    if (this.fault?.step !== step) return;
    const { how } = this.fault;
    this.fault = undefined;
    if (how === 'fail') throw new SfuClosed(`${step} failed`);
    await new Promise<void>((resolve) => {
      if (how === 'slow') this.goOn = resolve;
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const pipe of [...this.pipes]) await pipe.close();
    for (const producer of [...this.producers.values()]) producer.lose();
  }
}

export class StubPipe implements SfuPipe {
  readonly router: StubRouter;
  readonly address: PipeAddress;
  readonly sends = new Set<string>();
  remote: PipeAddress | undefined;
  closed = false;

  constructor(router: StubRouter) {
    this.router = router;
    const srtp = { cryptoSuite: 'AEAD_AES_256_GCM' as const, keyBase64: 'A'.repeat(60) };
    this.address = { ip: '127.0.0.1', port: router.network.open(this), srtp };
  }

  async connect(remote: PipeAddress): Promise<void> {
    await this.router.step('connect');
    if (this.closed) throw new SfuClosed();
    this.remote = remote;
  }

  async consume(producerId: string): Promise<PipedProducer> {
    await this.router.step('consume');
    const producer = this.router.producers.get(producerId);
    if (this.closed || !producer) throw new SfuClosed();
    this.sends.add(producerId);
    const { kind, rtpParameters, paused } = producer;
    return { id: producerId, kind, rtpParameters, paused };
  }

  async produce(piped: PipedProducer): Promise<StubProducer> {
    await this.router.step('produce');
    if (this.closed) throw new SfuClosed();
    const producer = new StubProducer(piped.id, this.router, this);
    producer.paused = piped.paused;
    this.router.producers.set(piped.id, producer);
    return producer;
  }

  setPaused = unused;

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.router.pipes.delete(this);
    this.router.network.ends.delete(this.address.port);
    for (const producer of [...this.router.producers.values()]) if (producer.pipe === this) producer.lose();
  }
}

export class StubProducer implements SfuProducer {
  readonly id: string;
  readonly router: StubRouter;
  readonly pipe: StubPipe | undefined;
  readonly kind = 'audio';
  readonly type = 'simple';
  readonly rtpParameters = {
    codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000, channels: 2 }],
    encodings: [{ ssrc: 1234 }],
  };
  readonly #listeners: (() => void)[] = [];
  paused = false;
  closed = false;

  constructor(id: string, router: StubRouter, pipe?: StubPipe) {
    this.id = id;
    this.router = router;
    this.pipe = pipe;
  }

  setPaused = async (paused: boolean): Promise<void> => {
    this.paused = paused;
  };
  stats = unused;
  onSenderReport = unused;
  onClosed(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** What it stands on is gone. */
  lose(): void {
    if (this.closed) return;
    void this.close();
    for (const listener of this.#listeners) listener();
  }

  async close(): Promise<void> {
    this.closed = true;
    if (this.router.producers.get(this.id) === this) this.router.producers.delete(this.id);
  }
}
