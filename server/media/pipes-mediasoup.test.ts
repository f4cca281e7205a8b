import { type types as mediasoup, observer } from 'mediasoup';
import { afterAll, afterEach, expect, it } from 'vitest';
import type { Publication } from '../../shared/plays/media/contract.ts';
import { systemClock } from '../kernel/clock.ts';
import { systemRandom } from '../kernel/random.ts';
import { createKeys } from '../redis/keys.ts';
import { ShardSubscriber } from '../redis/shard-subscriber.ts';
import { openClient, quietLog } from '../redis/testing.ts';
import { eventually } from '../testing/eventually.ts';
import { startTestRedis } from '../testing/test-redis.ts';
import { MediasoupProducer } from './mediasoup-producer.ts';
import type { MediasoupRouter } from './mediasoup-router.ts';
import { startSfu } from './mediasoup-sfu.ts';
import { createNodeBus } from './node-bus.ts';
import { createRemoteSources } from './pipes.ts';
import type { Origin } from './ports.ts';
import type { SfuProducer, SfuRouter, SfuWorker } from './sfu.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** mediasoup's own routers, behind those of the port. */
const routers = new Map<string, mediasoup.Router>();
const watchWorker = (worker: mediasoup.Worker): void => {
  worker.observer.on('newrouter', (router) => routers.set(router.id, router));
};
observer.on('newworker', watchWorker);
afterAll(() => void observer.off('newworker', watchWorker));

const ROOM = 'linen-house';
const SSRC = 0x1234_5678;

function packet(no: number): Buffer {
  const bytes = Buffer.alloc(12 + 8);
  bytes[0] = 0x80;
  bytes[1] = 100;
  bytes.writeUInt16BE(no & 0xffff, 2);
  bytes.writeUInt32BE(no * 960, 4);
  bytes.writeUInt32BE(SSRC, 8);
  bytes.writeUInt32BE(no, 12);
  return bytes;
}

async function startNode(url: string, published: Published) {
  const common = { nodeId: systemRandom.id('n'), clock: systemClock, log: quietLog, random: systemRandom };
  const [redis, listening] = [await openClient(url), await openClient(url, 'subscriber')];
  const subscriber = new ShardSubscriber(listening, quietLog);
  const bus = createNodeBus({ ...common, redis, subscriber, keys: createKeys('') });
  const sfu = await startSfu({
    ...{ workers: 1, port: 0, log: quietLog, clock: systemClock, maxIncomingBitrate: 8_000_000 },
    workerBin: process.env.LIVESTALL_MEDIA_WORKER_BIN as string,
    listen: [{ ip: '127.0.0.1', announced: undefined }],
    pipe: { listen: { ip: '127.0.0.1' }, ports: { min: 40_000, max: 49_999 }, encrypted: true },
  });
  const remote = createRemoteSources({
    ...{ ...common, bus, pipesPerPublication: 8, book: { origin: async () => undefined } },
    localSource: async (_roomId, publicationId) => published.get(publicationId),
    times: { aliveEveryMs: 50 },
  });
  await bus.start();
  ends.push(async () => {
    await remote.close();
    await bus.close();
    await sfu.close();
    redis.disconnect();
    listening.disconnect();
  });
  const router = await (sfu.workers[0] as SfuWorker).createRouter();
  return { nodeId: common.nodeId, remote, router, native: routers.get(router.id) as mediasoup.Router };
}

type Published = Map<string, { router: SfuRouter; producer: SfuProducer }>;

async function publish(
  { nodeId, router, native }: Awaited<ReturnType<typeof startNode>>,
  published: Published,
) {
  const publisher = await native.createDirectTransport();
  const opus = { mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000, channels: 2 };
  const rtpParameters = { codecs: [opus], encodings: [{ ssrc: SSRC }] };
  const made = await publisher.produce({ kind: 'audio', rtpParameters });
  (router as MediasoupRouter).producers.add(made.id);
  published.set('pub_1', { router, producer: new MediasoupProducer(made) });
  const origin: Origin = { nodeId, publication: { publicationId: 'pub_1' } as Publication };
  return { made, origin };
}

it('[PI20] real packets go from node to node to node, encrypted, and all ends close', async () => {
  const redis = await startTestRedis();
  ends.push(() => redis.close());
  const published: Published = new Map();
  const a = await startNode(redis.url, published);
  const { made, origin } = await publish(a, published);
  const [b, c] = [await startNode(redis.url, new Map()), await startNode(redis.url, new Map())];
  const transports: mediasoup.Transport[] = [];
  for (const { native } of [a, b, c]) native.observer.on('newtransport', (each) => transports.push(each));
  const atB = await b.remote.fetch(ROOM, origin, b.router);
  // c is fed by b, which was itself fed by a.
  const atC = await c.remote.fetch(ROOM, { ...origin, nodeId: b.nodeId }, c.router);
  expect([atB.ok, atC.ok]).toEqual([true, true]);
  expect(transports).toHaveLength(4);
  for (const transport of transports as mediasoup.PipeTransport[])
    expect(transport.srtpParameters?.keyBase64).toBeDefined();

  const viewer = await c.native.createDirectTransport();
  const producerId = (c.router as MediasoupRouter).producers.get(made.id);
  const consumer = await viewer.consume({ producerId, rtpCapabilities: c.native.rtpCapabilities });
  const heard: number[] = [];
  consumer.on('rtp', (bytes) => heard.push(bytes.readUInt32BE(bytes.length - 8)));
  let no = 0;
  await eventually(() => {
    no += 1;
    made.send(packet(no));
    expect(heard.length).toBeGreaterThan(20);
  });
  expect(heard).toEqual([...heard].sort((x, y) => x - y));

  const closed = new Promise<void>((resolve) => atC.ok && atC.data.onClosed(resolve));
  made.close();
  await closed;
  await eventually(() => expect([a, b, c].map(({ remote }) => remote.pipes)).toEqual([0, 0, 0]));
  const pipes = transports.filter((each) => each.type === 'pipe');
  expect(pipes.map((each) => each.closed)).toEqual([true, true, true, true]);
});

it('[PI20] a worker that is killed ends the pipes at both nodes', async () => {
  const redis = await startTestRedis();
  ends.push(() => redis.close());
  const published: Published = new Map();
  const [a, b] = [await startNode(redis.url, published), await startNode(redis.url, new Map())];
  const { origin } = await publish(a, published);
  const atB = await b.remote.fetch(ROOM, origin, b.router);
  expect(atB.ok).toBe(true);
  const closed = new Promise<void>((resolve) => atB.ok && atB.data.onClosed(resolve));
  process.kill(a.router.worker.pid, 'SIGKILL');
  await closed;
  await eventually(() => expect([a, b].map(({ remote }) => remote.pipes)).toEqual([0, 0]));
});
