import { createWorker, observer, type types } from 'mediasoup';
import { systemClock } from '../../server/kernel/clock.ts';
import { createLog } from '../../server/kernel/log.ts';
import { MediasoupConsumer } from '../../server/media/mediasoup-consumer.ts';
import { MediasoupProducer } from '../../server/media/mediasoup-producer.ts';
import { startSfu } from '../../server/media/mediasoup-sfu.ts';
import { mediaContract } from '../../shared/plays/media/contract.ts';
import type { MediaTargetSettings } from './media-target.ts';

/** What a kind of target does its own way; transports of receivers are alike for all. */
export type Relayed = {
  readonly routers: readonly [types.Router, ...types.Router[]];
  readonly workerPids: number[];
  /** Makes a producer of the first router, and has it in all of them. */
  publish(transport: types.PlainTransport, options: types.ProducerOptions): Promise<void>;
  consume(router: types.Router, transport: types.PlainTransport): Promise<types.Consumer>;
};

export function startRelayed(settings: MediaTargetSettings): Promise<Relayed> {
  return settings.kind === 'bare' ? startBare(settings) : startOurs(settings);
}

/** Polled by the relay where there are viewers, see server/media/relay-egress.ts. */
const STATS_MS = 2000;

/**
 * By the server's own port: its workers with their watchdogs, its routers and pipes, and what it has on each producer.
 * Plain transports are this run's, on mediasoup's objects behind the port.
 */
async function startOurs({ workerBin, workers: count }: MediaTargetSettings): Promise<Relayed> {
  const raw = new Map<string, types.Router>();
  observer.on('newworker', (worker) => {
    worker.observer.on('newrouter', (router) => raw.set(router.id, router));
  });
  const log = createLog({ level: 'error', format: 'json' });
  const sfu = await startSfu({
    ...{ workerBin, workers: count, port: 0, log, clock: systemClock },
    listen: [{ ip: '127.0.0.1', announced: undefined }],
    maxIncomingBitrate: 8_000_000,
    pipe: { listen: { ip: '127.0.0.1' }, ports: { min: 20_000, max: 29_999 }, encrypted: true },
  });
  const ours = await Promise.all(sfu.workers.map((worker) => worker.createRouter()));
  const routers = ours.map(({ id }) => raw.get(id)) as [types.Router, ...types.Router[]];
  let producerId = '';
  return {
    routers,
    workerPids: sfu.workers.map(({ pid }) => pid),
    async publish(transport, options) {
      const keyFrameRequestDelay = mediaContract.limits.keyFrameIntervalMs.value;
      const producer = new MediasoupProducer(await transport.produce({ ...options, keyFrameRequestDelay }));
      producer.onSenderReport(() => undefined);
      setInterval(() => void producer.stats(), STATS_MS);
      producerId = producer.id;
      for (const router of ours.slice(1)) await ours[0]?.pipeTo(router, producerId);
    },
    consume: async (router, transport) => {
      const consumer = await transport.consume({ producerId, rtpCapabilities: router.rtpCapabilities });
      new MediasoupConsumer(consumer, producerId).onProducerClosed(() => undefined);
      return consumer;
    },
  };
}

/** As the documents of mediasoup show. */
async function startBare({ workerBin, workers: count }: MediaTargetSettings): Promise<Relayed> {
  const workers = await Promise.all(
    Array.from({ length: count }, () => createWorker({ workerBin, logLevel: 'error' })),
  );
  const routers = (await Promise.all(
    workers.map((worker) =>
      worker.createRouter({ mediaCodecs: [{ kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 }] }),
    ),
  )) as [types.Router, ...types.Router[]];
  let producerId = '';
  return {
    routers,
    workerPids: workers.map(({ pid }) => pid),
    async publish(transport, options) {
      const producer = await transport.produce(options);
      producerId = producer.id;
      for (const router of routers.slice(1)) await routers[0].pipeToRouter({ producerId, router });
    },
    consume: (router, transport) =>
      transport.consume({ producerId, rtpCapabilities: router.rtpCapabilities }),
  };
}
