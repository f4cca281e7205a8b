import type { Role } from '../../../shared/kernel/units.ts';
import type { Source } from '../../../shared/plays/media/contract.ts';
import { createLog } from '../../kernel/log.ts';
import { type Outcome, refuse, StoreError } from '../../kernel/outcome.ts';
import { seededRandom } from '../../kernel/random.ts';
import type { Origin, Peer, PeerMessage, RemoteSources, Watched } from '../ports.ts';
import { createRelay } from '../relay.ts';
import { RELAY_DEFAULTS, type RelayConfig } from '../relay-deps.ts';
import type { MediaFigures } from '../relay-observer.ts';
import type { RtpCapabilities, Sfu, SfuProducer, SfuRouter } from '../sfu.ts';
import { FakeSfu } from './fake-sfu.ts';
import { MemoryBook } from './memory-book.ts';
import { DTLS, opus, vp8 } from './sfu-subjects.ts';

/** A relay whose surroundings a test holds: clock, book, other nodes, peers. */

export const ROOM = 'linen-house';

export type TestPeer = Peer & { told: PeerMessage[]; now: { role: Role } };

export class RelayRig<S extends Sfu = FakeSfu> {
  readonly sfu: S;
  readonly book = new MemoryBook();
  readonly figures: MediaFigures[] = [];
  readonly refused: string[] = [];
  readonly followed = new Map<string, number>();
  /** What other nodes would be asked for. */
  readonly fetches: Origin[] = [];
  fetch: RemoteSources['fetch'] = async () => refuse('MEDIA_UNREACHABLE');
  feeds = false;
  failToFollow = false;
  workersDied = 0;
  nowMs = 0;
  readonly handle: ReturnType<typeof createRelay>;
  #peers = 0;
  #ssrc = 1000;

  constructor(sfu: S, config: Partial<RelayConfig> = {}) {
    this.sfu = sfu;
    const remote: RemoteSources = {
      fetch: (roomId, origin, router) => {
        this.fetches.push(origin);
        return this.fetch(roomId, origin, router);
      },
      feeds: () => this.feeds,
      pipes: 0,
      close: async () => undefined,
    };
    this.handle = createRelay({
      ...{ sfu, book: this.book, remote: () => remote, nodeId: 'node-1' },
      config: {
        ...RELAY_DEFAULTS,
        ...{ consumersPerWorker: 500, bitratePerNodeMbps: 0 },
        ...{ stunUrls: [], turnUrls: [], turnTtlMs: 60_000 },
        ...config,
      },
      clock: { nowMs: () => this.nowMs, monotonicMs: () => this.nowMs },
      random: seededRandom(1),
      log: createLog({ level: 'silent', format: 'json' }),
      serverNowMs: () => this.nowMs,
      follow: async (roomId) => {
        if (this.failToFollow) throw new StoreError('UNAVAILABLE', 'the store is away');
        this.followed.set(roomId, (this.followed.get(roomId) ?? 0) + 1);
        return () => void this.followed.set(roomId, (this.followed.get(roomId) ?? 0) - 1);
      },
      observer: {
        figures: (figures) => this.figures.push(figures),
        refused: (code) => this.refused.push(code),
        workerDied: () => {
          this.workersDied += 1;
        },
      },
    });
    this.book.on((roomId, event) => {
      if (this.followed.get(roomId)) this.relay.observe(roomId, event);
    });
    this.book.live.add(ROOM);
  }

  get relay() {
    return this.handle.relay;
  }

  peer(role: Role = 'viewer', { userId = '', roomId = ROOM } = {}): TestPeer {
    this.#peers += 1;
    const now = { role };
    const told: PeerMessage[] = [];
    return {
      peerId: `peer-${this.#peers}`,
      ...{ roomId, userId: userId || `u-${this.#peers}`, name: `User ${this.#peers}`, now, told },
      role: () => now.role,
      tell: (message) => void told.push(message),
    };
  }

  /** Lets time pass, and what is due by then be done. */
  async pass(ms: number): Promise<void> {
    this.nowMs += ms;
    await this.handle.tick();
    await settled();
  }

  async sender(peer: Peer): Promise<string> {
    const { transportId } = must(await this.relay.openSender(peer));
    must(await this.relay.connect(peer, transportId, DTLS));
    return transportId;
  }

  /** One source, over a sender that is opened where none is given. */
  async publish(
    peer: Peer,
    source: Source = 'camera',
    { transportId, keyId }: { transportId?: string; keyId?: string } = {},
  ) {
    const outcome = await this.tryPublish(peer, source, transportId ?? (await this.sender(peer)), keyId);
    return must(outcome);
  }

  tryPublish(peer: Peer, source: Source, transportId: string, keyId?: string) {
    this.#ssrc += 10;
    const sound = ['microphone', 'screen-sound', 'encoder-audio'].includes(source);
    const rtpParameters = sound ? opus(this.#ssrc) : vp8(this.#ssrc);
    rtpParameters.mid = String(this.#ssrc);
    const wish = { transportId, source, rtpParameters, paused: false };
    return this.relay.publish(peer, keyId === undefined ? wish : { ...wish, keyId });
  }

  watch(peer: Peer, ...publicationIds: string[]) {
    return this.relay.watch(peer, { publicationIds, rtpCapabilities: this.capabilities });
  }

  async watches(peer: Peer, ...publicationIds: string[]): Promise<Watched> {
    return must(await this.watch(peer, ...publicationIds));
  }

  get capabilities(): RtpCapabilities {
    return structuredClone(this.relay.rtpCapabilities() as RtpCapabilities);
  }

  get consumers(): number {
    return this.sfu.workers.reduce((sum, { consumers }) => sum + consumers, 0);
  }
}

export function createRig(options: { workers?: number } & Partial<RelayConfig> = {}): RelayRig<FakeSfu> {
  const { workers = 1, ...config } = options;
  return new RelayRig(new FakeSfu({ workers }), config);
}

export function must<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`refused: ${outcome.code}`);
  return outcome.data;
}

/** What is under way on the fake is done after a few turns. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** What another node publishes, in a router of this one: a publisher of its own, in the fake. */
export async function fromElsewhere(router: SfuRouter): Promise<SfuProducer> {
  const transport = await router.createClientTransport();
  return transport.produce({ kind: 'video', rtpParameters: vp8(9001), paused: false });
}
