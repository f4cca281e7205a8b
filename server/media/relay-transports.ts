import type { DtlsParameters, IceParameters } from '../../shared/media/rtp.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Loads } from './relay-loads.ts';
import type { RouterEntry, Routers } from './relay-routers.ts';
import type { PeerState, PeerTransport } from './relay-state.ts';
import { type SfuClientTransport, SfuClosed, type SfuWorker } from './sfu.ts';

/** A client that was given a transport connects it soon, or never will. */
const CONNECT_WITHIN_MS = 30_000;
/** What a client has to come back on another network, before its transport is taken for dead. */
const DISCONNECT_GRACE_MS = 10_000;
/** What a client has after it restarted ICE, to be seen again. */
const RETURN_WITHIN_MS = 20_000;

/** Transports of peers; each holds its router and is held by its peer. */
export class Transports {
  readonly #clock: Clock;
  readonly #routers: Routers;
  readonly #loads: Loads;
  readonly #all = new Set<PeerTransport>();

  constructor(options: { clock: Clock; routers: Routers; loads: Loads }) {
    this.#clock = options.clock;
    this.#routers = options.routers;
    this.#loads = options.loads;
  }

  get all(): ReadonlySet<PeerTransport> {
    return this.#all;
  }

  /**
   * Opens one in a router that the caller has taken for it. undefined: the peer left meanwhile; nothing is left over.
   * @throws SfuClosed when the worker died
   */
  async open(
    owner: PeerState,
    direction: 'send' | 'receive',
    entry: RouterEntry,
  ): Promise<PeerTransport | undefined> {
    if (direction === 'send') this.#loads.addSender(entry.worker, 1);
    let transport: SfuClientTransport | undefined;
    try {
      transport = await (await entry.ready).createClientTransport();
    } finally {
      if (transport === undefined) this.#giveBack(entry, direction);
    }
    if (owner.left || transport.closed || entry.worker.closed) {
      this.#giveBack(entry, direction);
      await transport.close();
      // The worker died between its answer and this: nobody would hear of it any more.
      if (!owner.left) throw new SfuClosed('the worker died meanwhile');
      return undefined;
    }
    const opened: PeerTransport = {
      ...{ id: transport.id, direction, owner, transport, entry, publications: new Set(), closed: false },
      disconnected: false,
      closeAtMs: this.#clock.monotonicMs() + CONNECT_WITHIN_MS,
    };
    owner.transports.set(opened.id, opened);
    this.#all.add(opened);
    transport.onDisconnected(() => {
      opened.disconnected = true;
      opened.closeAtMs = this.#clock.monotonicMs() + DISCONNECT_GRACE_MS;
    });
    return opened;
  }

  /** Takes it out of all books at once; what runs over it is the caller's to end. False: somebody else has. */
  detach(transport: PeerTransport): boolean {
    if (transport.closed) return false;
    transport.closed = true;
    const { owner, direction, entry } = transport;
    owner.transports.delete(transport.id);
    this.#all.delete(transport);
    if (direction === 'send' && owner.sender === transport) owner.sender = undefined;
    if (direction === 'receive') owner.receiver = undefined;
    this.#giveBack(entry, direction);
    return true;
  }

  async connect(transport: PeerTransport, dtlsParameters: DtlsParameters): Promise<void> {
    await transport.transport.connect(dtlsParameters);
    transport.closeAtMs = Number.POSITIVE_INFINITY;
  }

  /** The client is about to come back: until then it is neither gone nor there. */
  async restartIce(transport: PeerTransport): Promise<IceParameters> {
    const iceParameters = await transport.transport.restartIce();
    if (transport.disconnected) transport.closeAtMs = this.#returnByMs(transport);
    return iceParameters;
  }

  /** Those that nobody came to, or came back to. */
  overdue(): PeerTransport[] {
    const nowMs = this.#clock.monotonicMs();
    return [...this.#all].filter(({ closeAtMs }) => closeAtMs <= nowMs);
  }

  on(worker: SfuWorker): PeerTransport[] {
    return [...this.#all].filter(({ entry }) => entry.worker === worker);
  }

  /** Of a viewer, or of somebody who is muted, nothing comes that would tell. */
  #returnByMs({ publications }: PeerTransport): number {
    const audible = [...publications].some(({ producer }) => !producer.paused);
    return audible ? this.#clock.monotonicMs() + RETURN_WITHIN_MS : Number.POSITIVE_INFINITY;
  }

  #giveBack(entry: RouterEntry, direction: 'send' | 'receive'): void {
    if (direction === 'send') this.#loads.addSender(entry.worker, -1);
    else entry.viewers -= 1;
    this.#routers.release(entry);
  }
}
