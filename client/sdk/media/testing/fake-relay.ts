import * as mediasoupClient from 'mediasoup-client';
import type { Ack } from '../../../../shared/kernel/ack.ts';
import type { Publication, Source } from '../../../../shared/plays/media/contract.ts';
import type { AnyEvent, AnyNotice } from '../../../../shared/protocol.ts';
import { createEmitter } from '../../emitter.ts';
import type { Time } from '../../time.ts';
import type { ClientEvents, ConnectionStatus, JoinedRoom } from '../../types.ts';
import type { Transport } from '../engine.ts';
import type { MediaDeps, MediasoupClient } from '../types.ts';

type Input = Record<string, unknown>;
type Entry = Record<string, unknown>;

/**
 * The relay as a client sees it, behind the two ports of the media SDK: the room's client and mediasoup-client, which
 * is the real one on its own fake of the browser's WebRTC. One socket at a time; a cut loses its transports.
 */
export type FakeRelay = {
  client: MediaDeps['client'];
  loadDevice: () => Promise<MediasoupClient>;
  /** Commands seen, oldest first. */
  received: { name: string; input: Input }[];
  inputs(name: string): Input[];
  /** What to answer; undefined: as the relay would. A promise: later. */
  answer: (name: string, input: Input) => Ack<unknown> | Promise<Ack<unknown> | undefined> | undefined;
  /** Transports of mediasoup-client, oldest first. */
  transports: Transport[];
  /** Transports connect by themselves. */
  connects: boolean;
  setConnection(state: 'connected' | 'disconnected' | 'failed', transport?: Transport): void;
  /** What WebRTC reports of every transport and receiver. */
  report: Entry[];
  cut(): void;
  join(publications?: Publication[]): void;
  /** Ids that watching answers as missing, with the code. */
  missing: Map<string, string>;
  notice(name: AnyNotice['name'], data: object): void;
  event(name: AnyEvent['name'], data: object): void;
  snapshot(publications: Publication[], session?: JoinedRoom['session']): void;
};

export function createFakeRelay(time: Time): FakeRelay {
  const emitter = createEmitter<ClientEvents>();
  const transports: Transport[] = [];
  let state: ConnectionStatus['state'] = 'online';
  /** Of the socket: what it has on the relay. */
  let socket = { receiverId: null as string | null, senderId: null as string | null };
  let made = 0;
  let seq = 0;

  const handlers = mediasoupClient.FakeHandler.createFactory(mediasoupClient.testFakeParameters);
  const handlerFactory: typeof handlers = {
    ...handlers,
    factory(options) {
      const handler = handlers.factory(options);
      handler.getTransportStats = async () => reportOf(relay.report);
      handler.getReceiverStats = async () => reportOf(relay.report);
      return handler;
    },
  };

  function transportOf(kind: string) {
    made += 1;
    const { iceParameters, iceCandidates, dtlsParameters } =
      mediasoupClient.testFakeParameters.generateTransportRemoteParameters();
    return { transportId: `${kind}-${made}`, iceParameters, iceCandidates, dtlsParameters };
  }

  function own(name: string, input: Input): Ack<unknown> {
    switch (name) {
      case 'media:prepare': {
        const rtpCapabilities = mediasoupClient.testFakeParameters.generateRouterRtpCapabilities();
        return ok({ rtpCapabilities, iceServers: [] });
      }
      case 'media:watch':
        return watch(input);
      case 'media:connect':
        connect(input.transportId as string);
        return ok({});
      case 'media:open-sender': {
        const transport = transportOf('send');
        socket.senderId = transport.transportId;
        return ok({ transport });
      }
      case 'media:restart-ice': {
        const { iceParameters } = transportOf('ice');
        return ok({ iceParameters });
      }
      case 'media:publish': {
        if (input.transportId !== socket.senderId) return refused('TRANSPORT_NOT_FOUND');
        made += 1;
        const publication = publicationOf(`own-${made}`, input.source as Source, 'me');
        return ok({ publication: { ...publication, paused: input.paused } });
      }
      default:
        return ok({});
    }
  }

  function watch(input: Input): Ack<unknown> {
    const isKept = input.fresh !== true && socket.receiverId !== null;
    const transport = isKept ? null : transportOf('recv');
    if (transport !== null) socket.receiverId = transport.transportId;
    const ids = input.publicationIds as string[];
    const consumers = ids
      .filter((id) => !relay.missing.has(id))
      .map((publicationId) => {
        made += 1;
        const isAudio = /mic|sound|audio/.test(publicationId);
        const offer = mediasoupClient.testFakeParameters.generateConsumerRemoteParameters({
          id: `consumer-${made}`,
          codecMimeType: isAudio ? 'audio/opus' : 'video/VP8',
        });
        const { id: consumerId, producerId, kind, rtpParameters } = offer;
        return {
          ...{ publicationId, consumerId, producerId, kind, rtpParameters },
          ...{ type: isAudio ? 'simple' : 'simulcast', spatialLayers: isAudio ? 1 : 3 },
        };
      });
    const missing = ids.flatMap((publicationId) => {
      const code = relay.missing.get(publicationId);
      return code === undefined ? [] : [{ publicationId, code }];
    });
    return ok({ transport, transportId: socket.receiverId, consumers, missing });
  }

  function connect(transportId: string): void {
    if (!relay.connects) return;
    time.after(0, () => {
      const transport = transports.find(({ id }) => id === transportId);
      if (transport !== undefined && !transport.closed) relay.setConnection('connected', transport);
    });
  }

  function setStatus(next: ConnectionStatus['state']): void {
    state = next;
    emitter.emit('status', statusOf(next));
  }

  function statusOf(of: ConnectionStatus['state']): ConnectionStatus {
    return { state: of, sinceMs: 0, reason: null, stale: of !== 'online', retryAtMs: null, sanction: null };
  }

  const relay: FakeRelay = {
    client: {
      on: emitter.on,
      status: () => statusOf(state),
      async call(name, given) {
        const input = given as Input;
        const on = socket;
        if (state !== 'online') return refused('UNAVAILABLE') as never;
        relay.received.push({ name, input });
        const ack = (await relay.answer(name, input)) ?? (on === socket ? own(name, input) : null);
        // The socket is gone: nobody will ever know.
        return (on === socket && ack !== null ? ack : refused('OUTCOME_UNKNOWN')) as never;
      },
    },
    loadDevice: async () => {
      const factory = async () => {
        const device = new mediasoupClient.Device({ handlerFactory });
        device.observer.on('newtransport', (transport) => transports.push(transport));
        return device;
      };
      return { ...mediasoupClient, Device: { factory } } as unknown as MediasoupClient;
    },
    received: [],
    inputs: (name) => relay.received.filter((one) => one.name === name).map(({ input }) => input),
    answer: () => undefined,
    transports,
    connects: true,
    setConnection(next, transport = transports.at(-1)) {
      if (transport === undefined) throw new Error('there is no transport');
      (transport.handler as mediasoupClient.FakeHandler).setConnectionState(next);
    },
    report: [],
    cut() {
      socket = { receiverId: null, senderId: null };
      setStatus('offline');
    },
    join(publications) {
      setStatus('online');
      if (publications !== undefined) relay.snapshot(publications);
    },
    missing: new Map(),
    notice: (name, data) => emitter.emit('notice', { roomId: 'r1', name, data } as unknown as AnyNotice),
    event(name, data) {
      seq += 1;
      const event = { seq, atMs: time.now(), name, data } as AnyEvent;
      emitter.emit('events', { events: [event], toSeq: seq, omittedChat: 0 });
    },
    snapshot(publications, session = null) {
      const you = { userId: 'me', name: 'Mei', role: 'host' };
      const joined = { roomId: 'r1', seq, you, session, snapshot: { media: { publications } } };
      emitter.emit('snapshot', joined as unknown as JoinedRoom);
    },
  };
  return relay;
}

export function publicationOf(publicationId: string, source: Source, userId = 'u1'): Publication {
  const kind = source === 'camera' || source === 'screen' || source === 'encoder-video' ? 'video' : 'audio';
  return { publicationId, userId, name: 'Mei', isHost: true, source, kind, paused: false, startedAtMs: 0 };
}

export function ok(data: unknown): Ack<unknown> {
  return { ok: true, data };
}

export function refused(code: string, retryAfterMs?: number): Ack<unknown> {
  const error = {
    code,
    message: code,
    retryable: true,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
  return { ok: false, error } as Ack<unknown>;
}

function reportOf(entries: Entry[]): RTCStatsReport {
  return new Map(entries.map((entry) => [String(entry.id), entry])) as unknown as RTCStatsReport;
}
