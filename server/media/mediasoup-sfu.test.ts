import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { codecKey } from './codecs.ts';
import type { SfuOptions } from './mediasoup-sfu.ts';
import { type Sfu, SfuClosed, type SfuRouter, type SfuWorker } from './sfu.ts';
import { PlainPeer } from './testing/sfu-plain-peer.ts';
import { opus, startTestSfu, vp8 } from './testing/sfu-subjects.ts';

/** What only the real one has: packets, ports, processes. */

const open: Sfu[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((sfu) => sfu.close()));
});

async function start(options: Partial<SfuOptions> = {}): Promise<{ sfu: Sfu; workers: SfuWorker[] }> {
  const sfu = await startTestSfu(options);
  open.push(sfu);
  return { sfu, workers: [...sfu.workers] };
}
/** On a port of its own, below those that the system gives to whoever connects, for UDP and TCP. */
async function startOnPort(options: Partial<SfuOptions> = {}) {
  for (let attempt = 1; ; attempt += 1) {
    const port = randomInt(20_000, 32_000);
    try {
      return { port, ...(await start({ ...options, port })) };
    } catch (error) {
      if (attempt === 5 || !/address already in use/.test(String(error))) throw error;
    }
  }
}
async function startRouters(count: number): Promise<SfuRouter[]> {
  const { workers } = await start({ workers: count });
  return Promise.all(workers.map((worker) => worker.createRouter()));
}
/** Of the kernel: a process that is gone, or waits to be reaped, has none. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function watcher(router: SfuRouter, producerId: string): Promise<PlainPeer> {
  const peer = await PlainPeer.in(router);
  await peer.transport.consume({ producerId, rtpCapabilities: router.rtpCapabilities, paused: false });
  return peer;
}
/** Sends until the watcher has enough; answers what it got. */
async function arriving(sender: PlainPeer, receiver: PlainPeer, count = 20): Promise<string[]> {
  let no = 0;
  await eventually(() => {
    sender.sendVideo({ key: no % 10 === 0, text: `frame ${no}` });
    no += 1;
    expect(receiver.received.length).toBeGreaterThan(count);
  });
  return receiver.received.map(({ payload }) => payload.subarray(4).toString());
}

describe('packets', () => {
  it('[SF14] reach watchers in the router, and in one of another worker, from a key frame on', async () => {
    const [from, to] = (await startRouters(2)) as [SfuRouter, SfuRouter];
    const sender = await PlainPeer.in(from);
    const producer = await sender.produce('video', vp8());
    await from.pipeTo(to, producer.id);
    const [near, far] = [await watcher(from, producer.id), await watcher(to, producer.id)];
    const [nearly, farther] = await Promise.all([
      arriving(sender, near),
      eventually(() => {
        expect(far.received.length).toBeGreaterThan(20);
        return far.received;
      }),
    ]);
    expect(nearly[0]).toMatch(/^frame \d*0$/);
    expect(farther[0]?.payload[1]).toBe(0);
    const sequences = far.received.map(({ sequence }) => sequence);
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
    const stats = await producer.stats();
    expect(stats.bytes).toBeGreaterThan(400);
    expect(stats.bitrate).toBeGreaterThan(0);
    expect(stats.packetsLost).toBe(0);
  });

  it.each([true, false])('[SF14] reach watchers of another node, encrypted: %s', async (encrypted) => {
    const pipe = { listen: { ip: '127.0.0.1' }, ports: { min: 40_000, max: 49_999 }, encrypted };
    const nodes = [await start({ pipe }), await start({ pipe })];
    const [here, there] = (await Promise.all(
      nodes.map(({ workers }) => (workers[0] as SfuWorker).createRouter()),
    )) as [SfuRouter, SfuRouter];
    const sender = await PlainPeer.in(here);
    const producer = await sender.produce('video', vp8());
    const [out, into] = [await here.createPipe(), await there.createPipe()];
    expect(out.address.srtp === null).toBe(!encrypted);
    expect(out.address.port).toBeGreaterThanOrEqual(40_000);
    await Promise.all([out.connect(into.address), into.connect(out.address)]);
    await into.produce(await out.consume(producer.id));
    expect((await arriving(sender, await watcher(there, producer.id)))[0]).toMatch(/^frame/);
  });

  it('[SF12] come with the payload type of the router that they are watched in', async () => {
    const { workers } = await start();
    const [worker] = workers as [SfuWorker];
    const payloadTypes = new Map([
      [codecKey({ mimeType: 'video/VP8' }), 121],
      [codecKey({ mimeType: 'audio/opus' }), 45],
    ]);
    const [from, to] = [await worker.createRouter(), await worker.createRouter({ payloadTypes })];
    const sender = await PlainPeer.in(from);
    const producer = await sender.produce('video', vp8());
    await from.pipeTo(to, producer.id);
    const peer = await PlainPeer.in(to);
    const options = { producerId: producer.id, rtpCapabilities: to.rtpCapabilities, paused: false };
    const consumer = await peer.transport.consume({ ...options, rtx: false });
    expect(consumer.rtpParameters.codecs.map(({ payloadType }) => payloadType)).toEqual([121]);
    await arriving(sender, peer);
    expect(new Set(peer.received.map(({ payloadType }) => payloadType))).toEqual(new Set([121]));
    expect(peer.received[0]?.ssrc).toBe(consumer.rtpParameters.encodings?.[0]?.ssrc);
    const sound = await sender.produce('audio', opus());
    await from.pipeTo(to, sound.id);
    const listening = await peer.transport.consume({ ...options, producerId: sound.id });
    expect(listening.rtpParameters.codecs[0]?.payloadType).toBe(45);
  });

  it('[SF13] a publisher is asked for one key frame a second, however many join and ask', async () => {
    const [from, to] = (await startRouters(2)) as [SfuRouter, SfuRouter];
    const sender = await PlainPeer.in(from);
    const producer = await sender.produce('video', vp8());
    await from.pipeTo(to, producer.id);
    const viewers = [await PlainPeer.in(from), await PlainPeer.in(to)];
    const startMs = performance.now();
    let answered = 0;
    let joined = 0;
    while (performance.now() < startMs + 2600) {
      const router = [from, to][joined % 2] as SfuRouter;
      const consumer = await (viewers[joined % 2] as PlainPeer).transport.consume({
        producerId: producer.id,
        rtpCapabilities: router.rtpCapabilities,
        paused: false,
      });
      await consumer.requestKeyFrame();
      joined += 1;
      // The answer clears what mediasoup waits for: only its interval keeps it from asking again.
      sender.sendVideo({ key: sender.keyFrameRequestsAtMs.length > answered });
      answered = sender.keyFrameRequestsAtMs.length;
    }
    expect(joined).toBeGreaterThan(50);
    const asked = sender.keyFrameRequestsAtMs;
    expect(asked.length).toBeGreaterThanOrEqual(2);
    for (const [i, atMs] of asked.slice(1).entries()) expect(atMs - (asked[i] ?? 0)).toBeGreaterThan(900);
    expect((await producer.stats()).keyFrameRequests).toBe(asked.length);
  });

  it('[SF13] video asks for its key frame when the watcher is connected, not before', async () => {
    const [router] = (await startRouters(1)) as [SfuRouter];
    const sender = await PlainPeer.in(router);
    const producer = await sender.produce('video', vp8());
    sender.sendVideo({ key: true });
    await eventually(async () => expect((await producer.stats()).bytes).toBeGreaterThan(0));
    const peer = await PlainPeer.in(router, { connected: false });
    const { rtpCapabilities } = router;
    await peer.transport.consume({ producerId: producer.id, rtpCapabilities, paused: false });
    expect((await producer.stats()).keyFrameRequests).toBe(0);
    await peer.connect();
    await eventually(() => expect(sender.keyFrameRequestsAtMs.length).toBe(1));
  });

  it('[SF14] a sender report tells the sender clock in Unix time', async () => {
    const [router] = (await startRouters(1)) as [SfuRouter];
    const sender = await PlainPeer.in(router);
    const producer = await sender.produce('video', vp8());
    const report = new Promise((resolve) => producer.onSenderReport(resolve));
    sender.sendVideo({ key: true });
    await eventually(async () => expect((await producer.stats()).bytes).toBeGreaterThan(0));
    // 2030-01-01T00:00:00.5Z, NTP counts from 1900.
    const ntpSeconds = 1_893_456_000 + 2_208_988_800;
    sender.sendReport({ ssrc: 2001, ntpSeconds, ntpFraction: 2 ** 31, rtpTimestamp: 90_000 });
    expect(await report).toEqual({ ssrc: 2001, senderMs: 1_893_456_000_500, rtpTimestamp: 90_000 });
  });
});

describe('ports and processes', () => {
  it('[SF3] clients are told one port of the worker, UDP and TCP, at the announced address', async () => {
    const listen = [
      { ip: '127.0.0.1', announced: 'media.example.com' },
      { ip: '::1', announced: undefined },
    ];
    const { workers, port } = await startOnPort({ listen });
    const router = await (workers[0] as SfuWorker).createRouter();
    const { iceCandidates } = (await router.createClientTransport()).parameters;
    expect(iceCandidates.map(({ protocol, address, port: at }) => `${protocol} ${address} ${at}`)).toEqual([
      `udp media.example.com ${port}`,
      `tcp media.example.com ${port}`,
      `udp ::1 ${port}`,
      `tcp ::1 ${port}`,
    ]);
    const second = (await router.createClientTransport()).parameters.iceCandidates;
    expect(second.map(({ port: at }) => at)).toEqual(iceCandidates.map(({ port: at }) => at));
  });

  it('[SF15] what cannot start says why, and leaves nothing behind', async () => {
    await expect(startTestSfu({ workerBin: '/nonexistent/worker' })).rejects.toThrow(/ENOENT/);
    await expect(startTestSfu({ workerBin: '/bin/true' })).rejects.toThrow(/code:0/);
    const taken = createSocket('udp4').bind(0, '127.0.0.1');
    await once(taken, 'listening');
    await expect(startTestSfu({ port: taken.address().port, workers: 2 })).rejects.toThrow(
      /address already in use/,
    );
    taken.close();
  });

  it('[SF15] closing ends every process, also one that is stopped', async () => {
    const { sfu, workers } = await start({ workers: 2 });
    const pids = workers.map(({ pid }) => pid);
    expect(pids.map(isRunning)).toEqual([true, true]);
    process.kill(pids[0] as number, 'SIGSTOP');
    await sfu.close();
    expect(pids.map(isRunning)).toEqual([false, false]);
  });

  it('[SF11] a stopped worker is ended; whoever waits for it is told; another takes its port', async () => {
    const { sfu, workers, port } = await startOnPort();
    const [worker] = workers as [SfuWorker];
    const router = await worker.createRouter();
    const producer = await (await PlainPeer.in(router)).produce('video', vp8());
    let deaths = 0;
    sfu.on('onWorkerDied', () => {
      deaths += 1;
    });
    process.kill(worker.pid, 'SIGSTOP');
    const asked = [
      router.createClientTransport(),
      producer.setPaused(true),
      worker.usage(),
      router.createPipe(),
    ];
    for (const result of await Promise.allSettled(asked))
      expect(result).toMatchObject({ status: 'rejected', reason: expect.any(SfuClosed) });
    expect(isRunning(worker.pid)).toBe(false);
    const next = await eventually(() => {
      expect(sfu.workers.length).toBe(1);
      return sfu.workers[0] as SfuWorker;
    });
    expect(deaths).toBe(1);
    const { iceCandidates } = (await (await next.createRouter()).createClientTransport()).parameters;
    expect(iceCandidates[0]?.port).toBe(port);
  });

  it('[SF1] a consumer whose producer has just ended is closed, also before it was told', async () => {
    const { workers } = await start();
    const [worker] = workers as [SfuWorker];
    const router = await worker.createRouter();
    const peer = await PlainPeer.in(router);
    const producer = await peer.produce('video', vp8());
    const { rtpCapabilities } = router;
    const options = { producerId: producer.id, rtpCapabilities, paused: false };
    const consumer = await peer.transport.consume(options);
    process.kill(worker.pid, 'SIGSTOP');
    await producer.close();
    expect(consumer.closed).toBe(false);
    const paused = consumer.setPaused(true);
    process.kill(worker.pid, 'SIGCONT');
    await expect(paused).rejects.toThrow(SfuClosed);
    await eventually(() => expect(consumer.closed).toBe(true));
  });

  it('[SF10] a worker that dies again and again is started again, later each time', async () => {
    const { sfu, workers } = await start();
    const lifeless: number[] = [];
    let worker = workers[0] as SfuWorker;
    for (let deaths = 0; deaths < 3; deaths += 1) {
      process.kill(worker.pid, 'SIGKILL');
      const { id } = worker;
      const diedMs = performance.now();
      worker = await eventually(() => {
        expect(sfu.workers[0]?.id).not.toBe(id);
        expect(sfu.workers.length).toBe(1);
        return sfu.workers[0] as SfuWorker;
      });
      lifeless.push(performance.now() - diedMs);
    }
    expect(lifeless[2]).toBeGreaterThan(700);
    expect(lifeless[0]).toBeLessThan(lifeless[2] as number);
  });

  it("[SF10] a pause on its way to a worker that dies is nobody's unhandled rejection", async () => {
    const { workers } = await start({ workers: 2 });
    const [from, to] = (await Promise.all(workers.map((worker) => worker.createRouter()))) as [
      SfuRouter,
      SfuRouter,
    ];
    const producer = await (await PlainPeer.in(from)).produce('video', vp8());
    const piped = await from.pipeTo(to, producer.id);
    process.kill(to.worker.pid, 'SIGSTOP');
    await producer.setPaused(true);
    await producer.setPaused(false);
    process.kill(to.worker.pid, 'SIGKILL');
    await eventually(() => expect(piped.closed).toBe(true));
    expect(producer.closed).toBe(false);
  });
});
