import { z } from 'zod';
import { idSchema, roomIdSchema } from '../../shared/kernel/units.ts';
import { parsePortRange } from '../config/media-values.ts';
import type { Config } from '../config/schema.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { RandomSource } from '../kernel/random.ts';
import { mediaAddresses } from './media-addresses.ts';
import { startSfu } from './mediasoup-sfu.ts';
import { createNoRelay } from './no-relay.ts';
import { createRemoteSources } from './pipes.ts';
import { readPayload } from './pipes-wire.ts';
import type { NodeBus, PublicationBook, Relay } from './ports.ts';
import { createRelay } from './relay.ts';
import { RELAY_DEFAULTS } from './relay-deps.ts';
import type { MediaObserver } from './relay-observer.ts';
import type { Sfu } from './sfu.ts';

/** Why there is no relay, and what an operator can do, in words. */
export type NoMedia = { reason: string; advice: string };

/** Why the set-up could not provide a worker: the reason in the first line, then what to do. */
const UNAVAILABLE_VARIABLE = 'LIVESTALL_MEDIA_UNAVAILABLE';
/** As the worker says it; a program that cannot be run says something else, whatever its path is. */
const CANNOT_LISTEN = /^uv_\w+\(\) failed|^port bind failed|^no more available ports|^invalid IP/;

/**
 * Starts this node's workers, or says why it has none: chat and deals go on without. Nothing about media keeps a node
 * from starting but a port or an address that cannot be had, which whoever set it must know.
 * @throws Error for a port that is taken, an address that is not this machine's
 */
export async function openSfu(
  config: Config,
  { log, clock, env = process.env }: { log: Log; clock: Clock; env?: NodeJS.ProcessEnv },
): Promise<Sfu | NoMedia> {
  if (!config.media) return { reason: 'Media is switched off.', advice: 'Start this node with --media.' };
  const workerBin = config.mediaWorkerBin;
  if (workerBin === undefined) return missing(env[UNAVAILABLE_VARIABLE]);
  const listen = mediaAddresses(config);
  const ports = parsePortRange(config.mediaPipePorts);
  if (ports === undefined) throw new Error('mediaPipePorts is no range of ports');
  const [first] = listen;
  const everywhere = first !== undefined && /^(0\.0\.0\.0|::)$/.test(first.ip);
  const pipeListen = config.mediaInternalAddress
    ? { ip: config.mediaInternalAddress }
    : { ip: first?.ip ?? '127.0.0.1', announced: everywhere ? first.announced : undefined };
  try {
    return await startSfu({
      ...{ workerBin, listen, log, clock, workers: config.mediaWorkers, port: config.mediaPort },
      maxIncomingBitrate: config.mediaBitratePerPublisher * 1000,
      pipe: { listen: pipeListen, ports, encrypted: config.mediaPipeEncrypted },
    });
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    if (CANNOT_LISTEN.test(said)) throw new Error(`The media relay cannot listen: ${said}`, { cause: error });
    log.error({ err: error, workerBin }, 'the media worker does not start');
    return {
      reason: `The media worker does not start: ${said.slice(0, 200)}`,
      advice: 'Run npm run setup to build it again, or set LIVESTALL_MEDIA_WORKER_BIN to another one.',
    };
  }
}

function missing(said = ''): NoMedia {
  const [reason, ...advice] = said.split('\n').map((line) => line.trim());
  return {
    reason: reason || 'No media worker was named.',
    advice: advice.join(' ') || 'Start with npm start, or set LIVESTALL_MEDIA_WORKER_BIN.',
  };
}

export type MediaDeps = {
  config: Config;
  book: PublicationBook;
  bus: NodeBus;
  clock: Clock;
  random: RandomSource;
  log: Log;
  serverNowMs: () => number;
  /** Follows a room's events until the answer is called. */
  follow: (roomId: string) => Promise<() => void>;
  observer: MediaObserver;
};

/** Asks a node whether it carries a publication: one whose lease ran out while Redis was away may live. */
const CARRIES = 'media.carries';
const carriesSchema = z.strictObject({ roomId: roomIdSchema, publicationId: idSchema });

export function askCarries(bus: NodeBus) {
  return async (nodeId: string, roomId: string, publicationId: string): Promise<boolean> =>
    (await bus.request(nodeId, CARRIES, { roomId, publicationId })) === true;
}

/** This node's relay on its workers, with pipes to the other nodes. To be made before the bus starts. */
export function openRelay(sfu: Sfu | NoMedia, deps: MediaDeps): Relay {
  const { config, bus, log } = deps;
  if (!('workers' in sfu)) {
    bus.handle(CARRIES, async () => false);
    if (config.media) log.warn({ ...sfu }, 'no pictures and sound from this node');
    return createNoRelay(sfu.reason, sfu.advice);
  }
  const { nodeId } = config;
  const handle = createRelay({
    ...{ ...deps, sfu, nodeId, remote: () => remote },
    config: {
      ...RELAY_DEFAULTS,
      ...config,
      consumersPerWorker: config.mediaConsumersPerWorker,
      bitratePerNodeMbps: config.mediaBitratePerNode,
    },
  });
  const { relay, localSource, canFeed } = handle;
  const remote = createRemoteSources({
    ...{ ...deps, nodeId, localSource, canFeed },
    pipesPerPublication: config.mediaPipesPerPublication,
  });
  bus.handle(CARRIES, async (payload) => {
    const { roomId, publicationId } = readPayload(carriesSchema, payload);
    return (await localSource(roomId, publicationId)) !== undefined;
  });
  return {
    ...relay,
    async close() {
      // At once: the relay waits for what it fetches from other nodes, which the pipes cut short.
      await Promise.all([relay.close(), remote.close()]);
      await sfu.close();
    },
  };
}
