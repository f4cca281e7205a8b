import { createWorker, type types } from 'mediasoup';
import type { Ack } from '../../../../shared/kernel/ack.ts';
import { ok, publicationOf, refused } from './fake-relay.ts';

type Input = Record<string, unknown>;

/**
 * mediasoup's own worker behind the commands, without rooms, rights or limits: what the SDK's media does in a browser
 * is tested against it. One worker; `kill()` takes it away, and the next command gets a new one.
 */
export type RealRelay = {
  command(socket: string, name: string, input: Input): Promise<Ack<unknown>>;
  /** Commands seen, by name. */
  received: string[];
  kill(): Promise<void>;
  close(): Promise<void>;
};

const CODECS = [
  { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
] as types.RouterRtpCodecCapability[];

export function createRealRelay(): RealRelay {
  let made: Promise<{ worker: types.Worker; router: types.Router }> | null = null;
  let count = 0;
  const transports = new Map<string, types.WebRtcTransport>();
  const receivers = new Map<string, types.WebRtcTransport>();
  const producers = new Map<string, types.Producer>();
  const consumers = new Map<string, types.Consumer>();
  const received: string[] = [];

  async function make() {
    const workerBin = process.env.LIVESTALL_MEDIA_WORKER_BIN;
    const worker = await createWorker(workerBin === undefined ? {} : { workerBin });
    return { worker, router: await worker.createRouter({ mediaCodecs: CODECS }) };
  }
  async function routerNow(): Promise<types.Router> {
    made ??= make();
    return (await made).router;
  }
  async function open(): Promise<types.WebRtcTransport> {
    const router = await routerNow();
    const transport = await router.createWebRtcTransport({
      listenInfos: [{ protocol: 'udp', ip: '127.0.0.1' }],
      initialAvailableOutgoingBitrate: 2_000_000,
    });
    transports.set(transport.id, transport);
    return transport;
  }
  function told({ id, iceParameters, iceCandidates, dtlsParameters }: types.WebRtcTransport) {
    return { transportId: id, iceParameters, iceCandidates, dtlsParameters };
  }

  async function watch(socket: string, input: Input): Promise<Ack<unknown>> {
    const known = input.fresh === true ? undefined : receivers.get(socket);
    const transport = known ?? (await open());
    receivers.set(socket, transport);
    const offers: object[] = [];
    const missing: object[] = [];
    for (const publicationId of input.publicationIds as string[]) {
      const producer = producers.get(publicationId);
      if (producer === undefined) {
        missing.push({ publicationId, code: 'PUBLICATION_NOT_FOUND' });
        continue;
      }
      const rtpCapabilities = input.rtpCapabilities as types.RtpCapabilities;
      const consumer = await transport.consume({ producerId: producer.id, rtpCapabilities });
      consumers.set(consumer.id, consumer);
      const { id: consumerId, producerId, kind, rtpParameters, type } = consumer;
      const spatialLayers = type === 'simulcast' ? 3 : 1;
      offers.push({ consumerId, publicationId, producerId, kind, rtpParameters, type, spatialLayers });
    }
    const opened = known === undefined ? told(transport) : null;
    return ok({ transport: opened, transportId: transport.id, consumers: offers, missing });
  }

  async function own(socket: string, name: string, input: Input): Promise<Ack<unknown>> {
    const transport = transports.get(String(input.transportId));
    const consumer = consumers.get(String(input.consumerId));
    switch (name) {
      case 'media:prepare':
        return ok({ rtpCapabilities: (await routerNow()).rtpCapabilities, iceServers: [] });
      case 'media:open-sender':
        return ok({ transport: told(await open()) });
      case 'media:watch':
        return watch(socket, input);
      case 'media:connect':
        await transport?.connect({ dtlsParameters: input.dtlsParameters as types.DtlsParameters });
        return transport === undefined ? refused('TRANSPORT_NOT_FOUND') : ok({});
      case 'media:restart-ice':
        return ok({ iceParameters: await transport?.restartIce() });
      case 'media:publish': {
        if (transport === undefined) return refused('TRANSPORT_NOT_FOUND');
        const source = input.source as 'camera' | 'microphone';
        const kind = source === 'camera' ? 'video' : 'audio';
        const rtpParameters = input.rtpParameters as types.RtpParameters;
        const producer = await transport.produce({ kind, rtpParameters });
        count += 1;
        producers.set(`p${count}`, producer);
        return ok({ publication: publicationOf(`p${count}`, source, 'host') });
      }
      case 'media:adjust':
        if (input.spatialLayer !== undefined) {
          await consumer?.setPreferredLayers({ spatialLayer: input.spatialLayer as number });
        }
        if (input.paused !== undefined) await (input.paused ? consumer?.pause() : consumer?.resume());
        return ok({});
      default:
        return ok({});
    }
  }

  async function kill(): Promise<void> {
    const dying = await made;
    made = null;
    transports.clear();
    receivers.clear();
    producers.clear();
    consumers.clear();
    if (dying === undefined || dying === null) return;
    const gone = new Promise<void>((resolve) => {
      dying.worker.once('subprocessclose', resolve);
    });
    process.kill(dying.worker.pid, 'SIGKILL');
    await gone;
  }

  return {
    received,
    async command(socket, name, input) {
      received.push(name);
      try {
        return await own(socket, name, input);
      } catch {
        return refused('UNAVAILABLE');
      }
    },
    kill,
    async close() {
      const dying = await made;
      if (dying === undefined || dying === null) return;
      const gone = new Promise<void>((resolve) => {
        dying.worker.once('subprocessclose', resolve);
      });
      dying.worker.close();
      await gone;
    },
  };
}
