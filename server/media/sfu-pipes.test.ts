import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { SfuBadInput, SfuClosed, type SfuRouter, type SfuWorker } from './sfu.ts';
import {
  DTLS,
  fakeSubject,
  mediasoupSubject,
  publish,
  SfuBench,
  vp8,
  watch,
} from './testing/sfu-subjects.ts';

/** What holds on every implementation of the port, between routers and across workers. */

describe.each([fakeSubject, mediasoupSubject])('routers together: $name', (subject) => {
  const bench = new SfuBench(subject);
  afterEach(() => bench.close());

  it('[SF8] a producer is piped to another router once, keeps its id, and follows pauses and the end', async () => {
    const { workers } = await bench.start(2);
    const [from, to] = (await Promise.all(workers.map((worker) => worker.createRouter()))) as [
      SfuRouter,
      SfuRouter,
    ];
    const transport = await from.createClientTransport();
    const producer = await publish(transport, vp8(1, 2));
    await producer.setPaused(true);
    const [piped, again] = await Promise.all([from.pipeTo(to, producer.id), from.pipeTo(to, producer.id)]);
    expect(again).toBe(piped);
    expect(await from.pipeTo(to, producer.id)).toBe(piped);
    expect(piped).toMatchObject({ id: producer.id, kind: 'video', type: 'simulcast', paused: true });
    const consumer = await watch(await to.createClientTransport(), to, producer.id);
    expect(consumer.spatialLayers).toBe(2);
    const told: string[] = [];
    piped.onClosed(() => told.push('piped closed'));
    consumer.onProducerClosed(() => told.push('consumer told'));
    await producer.setPaused(false);
    await eventually(() => expect(piped.paused).toBe(false));
    await expect(from.pipeTo(to, 'unknown')).rejects.toThrow(SfuBadInput);
    await producer.close();
    await eventually(() => expect(told.sort()).toEqual(['consumer told', 'piped closed']));
    const next = await publish(transport, vp8(3));
    const own = await from.pipeTo(to, next.id);
    own.onClosed(() => told.push('own closed'));
    await own.close();
    expect((await from.pipeTo(to, next.id)).closed).toBe(false);
    expect(told).not.toContain('own closed');
    await to.close();
    await expect(from.pipeTo(to, next.id)).rejects.toThrow(SfuClosed);
  });

  it('[SF8] a chain of routers, also of one worker, passes a producer on under its id', async () => {
    const { worker, router: first, transport } = await bench.setUp();
    const [second, third] = [await worker.createRouter(), await worker.createRouter()];
    const { id } = await publish(transport);
    expect((await first.pipeTo(second, id)).id).toBe(id);
    const last = await second.pipeTo(third, id);
    expect(last.id).toBe(id);
    await expect(third.pipeTo(first, id)).rejects.toThrow(SfuBadInput);
    const viewer = await third.createClientTransport();
    expect(third.canConsume(id, third.rtpCapabilities)).toBe(true);
    expect((await watch(viewer, third, id)).producerId).toBe(id);
    await second.close();
    await eventually(() => expect(last.closed).toBe(true));
    expect(third.canConsume(id, third.rtpCapabilities)).toBe(false);
    expect((await first.pipeTo(third, id)).closed).toBe(false);
  });

  it('[SF9] two nodes pipe by what they tell each other', async () => {
    const [here, there] = [await bench.setUp(), await bench.setUp()];
    const producer = await publish(here.transport, vp8(1, 2));
    const [sending, receiving] = [await here.router.createPipe(), await there.router.createPipe()];
    const told = <T>(value: T): T => JSON.parse(JSON.stringify(value));
    await sending.connect(told(receiving.address));
    await receiving.connect(told(sending.address));
    const piped = told(await sending.consume(producer.id));
    expect(piped).toMatchObject({ id: producer.id, kind: 'video', paused: false });
    expect(told(await sending.consume(producer.id))).toEqual(piped);
    const received = await receiving.produce(piped);
    expect(received).toMatchObject({ id: producer.id, type: 'simulcast' });
    await receiving.setPaused(producer.id, true);
    expect(received.paused).toBe(true);
    await sending.setPaused(producer.id, true);
    await expect(sending.setPaused('unknown', true)).rejects.toThrow(SfuBadInput);
    await expect(sending.consume('unknown')).rejects.toThrow(SfuBadInput);
    await expect(receiving.produce(piped)).rejects.toThrow(SfuBadInput);
    const lost = new Promise<void>((resolve) => received.onClosed(resolve));
    await receiving.close();
    await lost;
  });

  it('[SF9] what is no address of a pipe, or lacks the encryption that is set, is refused', async () => {
    const { router } = await bench.setUp();
    const pipe = await router.createPipe();
    const { address } = pipe;
    for (const wrong of [
      { ...address, port: 0 },
      { ...address, port: 70_000 },
      { ...address, srtp: null },
    ])
      await expect(pipe.connect(wrong)).rejects.toThrow(SfuBadInput);
    await pipe.connect(address);
  });

  it('[SF10] a worker that dies closes what is in it, is told of once, and is followed by another', async () => {
    const { sfu, workers } = await bench.start(2);
    const [doomed, other] = workers as [SfuWorker, SfuWorker];
    const [from, to] = [await doomed.createRouter(), await other.createRouter()];
    const transport = await from.createClientTransport();
    const producer = await publish(transport);
    const piped = await from.pipeTo(to, producer.id);
    const near = await watch(await from.createClientTransport(), from, producer.id);
    const far = await watch(await to.createClientTransport(), to, producer.id);
    const died: SfuWorker[] = [];
    const lost: string[] = [];
    sfu.on('onWorkerDied', (worker) => died.push(worker));
    const stop = sfu.on('onWorkerDied', () => lost.push('told though it stopped listening'));
    stop();
    producer.onClosed(() => lost.push('producer'));
    piped.onClosed(() => lost.push('piped'));
    near.onProducerClosed(() => lost.push('near consumer'));
    far.onProducerClosed(() => lost.push('far consumer'));
    subject.kill(sfu, doomed);
    await eventually(() => expect(died).toEqual([doomed]));
    expect([doomed, from, transport, producer, near, piped].every(({ closed }) => closed)).toBe(true);
    await eventually(() => expect(lost.sort()).toEqual(['far consumer', 'piped', 'producer']));
    await expect(doomed.createRouter()).rejects.toThrow(SfuClosed);
    await expect(transport.connect(DTLS)).rejects.toThrow(SfuClosed);
    const next = await eventually(() => {
      expect(sfu.workers.length).toBe(2);
      return sfu.workers.find(({ id }) => id !== other.id) as SfuWorker;
    });
    expect(workers.map(({ id }) => id)).not.toContain(next.id);
    await publish(await (await next.createRouter()).createClientTransport());
    expect([to.closed, died.length]).toEqual([false, 1]);
  });
});
