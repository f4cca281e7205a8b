import type { IceServer, MediaTransport } from '../../../../shared/media/rtp.ts';
import type { MediaConsumer } from '../../../../shared/plays/media/contract.ts';
import { ok, refuse } from '../../../kernel/outcome.ts';
import { codecKey } from '../../codecs.ts';
import { createNoRelay } from '../../no-relay.ts';
import type { NodeBus, Origin, Peer, Relay } from '../../ports.ts';
import { NodeRefused, NodeSilent } from '../../ports.ts';
import { relayCapabilities, someTransport } from './capabilities.ts';

/** A relay that carries nothing and remembers everything: for what HTTP makes of it. */
export class StubRelay {
  /** Peers that have something here, by id. */
  readonly peers = new Map<string, Peer>();
  readonly sending = new Set<string>();
  readonly calls: string[] = [];
  /** What to refuse, by name of the call. */
  readonly refusals = new Map<keyof Relay, string>();
  readonly published: Parameters<Relay['publish']>[1][] = [];
  readonly watched: Parameters<Relay['watch']>[1][] = [];
  readonly connected: Parameters<Relay['connect']>[2][] = [];
  missing: 'CANNOT_PLAY' | 'MEDIA_UNREACHABLE' | undefined;
  servers: IceServer[] = [];
  available = true;
  #made = 0;
  readonly onPublish: (peer: Peer, origin: Origin['publication']) => void;

  constructor(onPublish: (peer: Peer, publication: Origin['publication']) => void = () => undefined) {
    this.onPublish = onPublish;
  }

  relay(): Relay {
    return {
      ...createNoRelay('there is no worker', 'install one'),
      ...(this.available ? { status: () => ({ available: true, workers: 1 }) } : {}),
      rtpCapabilities: () => (this.available ? relayCapabilities() : undefined),
      iceServers: () => this.servers,
      openSender: async (peer) => this.#refused('openSender') ?? ok(this.#transport(peer)),
      connect: async (_peer, _transportId, parameters) => {
        this.connected.push(parameters);
        return this.#refused('connect') ?? ok({});
      },
      restartIce: async (peer) =>
        this.peers.has(peer.peerId) ? ok({ iceParameters: this.#ice() }) : refuse('TRANSPORT_NOT_FOUND'),
      publish: async (peer, wish) => {
        const refusal = this.#refused('publish');
        if (refusal) return refusal;
        this.published.push(wish);
        this.#made += 1;
        const publication = {
          publicationId: `p${this.#made}`,
          ...{
            userId: peer.userId,
            name: peer.name,
            isHost: peer.role() === 'host',
            source: wish.source,
            paused: false,
            startedAtMs: this.#made,
          },
          kind: wish.source.endsWith('video') ? ('video' as const) : ('audio' as const),
        };
        this.sending.add(publication.publicationId);
        this.onPublish(peer, publication);
        return ok(publication);
      },
      watch: async (peer, wish) => {
        const refusal = this.#refused('watch');
        if (refusal) return refusal;
        this.watched.push(wish);
        const transport = this.#transport(peer);
        const { missing } = this;
        return ok({
          ...{ transport, transportId: transport.transportId },
          consumers: missing ? [] : wish.publicationIds.map((id) => this.#consumer(id, wish.payloadTypes)),
          missing: missing
            ? wish.publicationIds.map((publicationId) => ({ publicationId, code: missing }))
            : [],
        });
      },
      isSending: async (publicationId) => this.sending.has(publicationId),
      leave: async (peer) => void this.peers.delete(peer.peerId),
    };
  }

  #refused(call: keyof Relay): ReturnType<typeof refuse<never>> | undefined {
    const code = this.refusals.get(call);
    return code === undefined ? undefined : refuse(code as never);
  }

  #ice() {
    this.#made += 1;
    return { ...someTransport.iceParameters, usernameFragment: `ufrag${this.#made}` };
  }

  #transport(peer: Peer): MediaTransport {
    this.peers.set(peer.peerId, peer);
    const iceParameters = this.#ice();
    return { ...someTransport, transportId: `t-${iceParameters.usernameFragment}`, iceParameters };
  }

  #consumer(publicationId: string, payloadTypes: ReadonlyMap<string, number> = new Map()): MediaConsumer {
    const kind = /video|camera|screen$/.test(publicationId) ? 'video' : 'audio';
    const codec = {
      mimeType: kind === 'video' ? 'video/VP8' : 'audio/opus',
      clockRate: kind === 'video' ? 90_000 : 48_000,
    };
    return {
      ...{ consumerId: `c-${publicationId}`, publicationId, producerId: `x-${publicationId}`, kind },
      ...{ type: 'simple', spatialLayers: 1 },
      rtpParameters: {
        codecs: [{ ...codec, payloadType: payloadTypes.get(codecKey(codec)) ?? 0 }],
        encodings: [{ ssrc: 4242 }],
        rtcp: { cname: 'publisher' },
      },
    };
  }
}

/** Nodes of one process: a node that is not in it is gone. */
export class MemoryBus {
  readonly #nodes = new Map<string, Map<string, Parameters<NodeBus['handle']>[1]>>();

  node(nodeId: string): NodeBus {
    const handlers = new Map<string, Parameters<NodeBus['handle']>[1]>();
    this.#nodes.set(nodeId, handlers);
    return {
      handle: (method, handler) => void handlers.set(method, handler),
      request: async (to, method, payload) => {
        const handler = this.#nodes.get(to)?.get(method);
        if (handler === undefined) throw new NodeSilent('gone');
        try {
          return JSON.parse(JSON.stringify(await handler(JSON.parse(JSON.stringify(payload)), nodeId)));
        } catch (error) {
          throw error instanceof NodeSilent ? error : new NodeRefused('INTERNAL');
        }
      },
    };
  }

  /** Of a node that runs, and says why it does not answer. */
  fail(nodeId: string, error: Error): void {
    const refuseAll = { get: () => () => Promise.reject(error) } as unknown as Map<string, never>;
    this.#nodes.set(nodeId, refuseAll);
  }

  stop(nodeId: string): void {
    this.#nodes.delete(nodeId);
  }
}
