import type { IceCandidate } from '../../shared/media/rtp.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { RandomSource } from '../kernel/random.ts';
import type { RevocableToken, Revocations } from '../realtime/revocations.ts';
import type { Peer, PeerMessage, Relay } from './ports.ts';
import type { IceCredentials } from './sdp/ice.ts';

/** A WHIP or WHEP session of this node: a peer of the relay that is spoken to over HTTP. */
export type HttpSession = {
  readonly sessionId: string;
  readonly peer: Peer;
  /** Who opened it: their share of all sessions is bounded. */
  readonly address: string;
  /** What opened it has to come with every later request: a hash of it. */
  readonly bearerHash: Buffer | undefined;
  /** Where it was opened with a token: it may be revoked meanwhile. */
  readonly token: RevocableToken | undefined;
  /** From the answer on. */
  negotiated?: Negotiated;
  /** What it publishes. */
  publicationIds: readonly string[];
  silentSinceMs: number | undefined;
  ended: boolean;
};

export type Negotiated = {
  transportId: string;
  /** Of the ICE session: a restart makes a new one. */
  etag: string;
  peerIce: IceCredentials;
  candidates: readonly IceCandidate[];
  /** The section that stands for all in SDP fragments. */
  tag: { mid: string; kind: string; payloadTypes: readonly number[] };
};

export type HttpSessionsDeps = {
  relay: Relay;
  clock: Clock;
  random: RandomSource;
  log: Log;
  revocations?: Pick<Revocations, 'isRevoked'>;
};

/** A publisher whose ICE never connects, or who has gone without a word, is given up after so long. */
export const SILENT_MS = 30_000;
const SWEEP_MS = 5000;

type Opening = Omit<
  HttpSession,
  'sessionId' | 'peer' | 'negotiated' | 'publicationIds' | 'silentSinceMs' | 'ended'
> &
  Pick<Peer, 'roomId' | 'userId' | 'name' | 'role'>;

/** The sessions of one protocol on this node, until they are ended by request, by the relay, or by silence. */
export class HttpSessions {
  readonly #deps: HttpSessionsDeps;
  readonly #sessions = new Map<string, HttpSession>();
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(deps: HttpSessionsDeps) {
    this.#deps = deps;
    this.#schedule();
  }

  get size(): number {
    return this.#sessions.size;
  }

  get(sessionId: string): HttpSession | undefined {
    return this.#sessions.get(sessionId);
  }

  ofUser(roomId: string, userId: string): HttpSession[] {
    return [...this.#sessions.values()].filter(
      ({ peer }) => peer.roomId === roomId && peer.userId === userId,
    );
  }

  countOf(address: string): number {
    let count = 0;
    for (const session of this.#sessions.values()) if (session.address === address) count += 1;
    return count;
  }

  /** A session with a peer of its own. Whoever opens it ends it where something fails before the answer. */
  open(kind: 'whip' | 'whep', opening: Opening): HttpSession {
    const { roomId, userId, name, role, ...rest } = opening;
    const sessionId = this.#deps.random.id('m');
    const session: HttpSession = {
      ...rest,
      sessionId,
      peer: {
        ...{ peerId: `${kind} ${sessionId}`, roomId, userId, name, role },
        tell: (message) => this.#told(session, message),
      },
      publicationIds: [],
      silentSinceMs: undefined,
      ended: this.#closed,
    };
    this.#sessions.set(sessionId, session);
    return session;
  }

  /** Ends a session and all that it had in the relay. May be called twice. */
  async end(session: HttpSession): Promise<void> {
    if (!this.#forget(session)) return;
    await this.#deps.relay.leave(session.peer);
  }

  /** Looks after publishers who have fallen silent, and tokens that were taken back. */
  async sweep(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => this.#check(session)));
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#sweeping;
    await Promise.all([...this.#sessions.values()].map((session) => this.end(session)));
  }

  async #check(session: HttpSession): Promise<void> {
    const { relay, clock, revocations } = this.#deps;
    if (session.token !== undefined && (await revocations?.isRevoked(session.token))) {
      await this.end(session);
      return;
    }
    if (session.publicationIds.length === 0) return;
    const sending = await Promise.all(session.publicationIds.map((each) => relay.isSending(each)));
    if (sending.includes(true)) {
      session.silentSinceMs = undefined;
      return;
    }
    const nowMs = clock.monotonicMs();
    session.silentSinceMs ??= nowMs;
    if (nowMs - session.silentSinceMs < SILENT_MS) return;
    this.#deps.log.info({ roomId: session.peer.roomId }, 'a publisher over HTTP was silent, and is given up');
    await this.end(session);
  }

  /**
   * The relay did something by itself. What a session receives cannot be replaced without a new offer, which neither
   * protocol has, so it ends, and its player connects again.
   */
  #told(session: HttpSession, message: PeerMessage): void {
    this.#deps.log.debug({ roomId: session.peer.roomId, kind: message.kind }, 'a session over HTTP is over');
    this.end(session).catch((error) => this.#deps.log.warn({ err: error }, 'a session did not end'));
  }

  #forget(session: HttpSession): boolean {
    session.ended = true;
    return this.#sessions.delete(session.sessionId);
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#sweeping = this.sweep()
        .catch((error) => this.#deps.log.debug({ err: error }, 'sessions over HTTP were not looked after'))
        .then(() => this.#schedule());
    }, SWEEP_MS);
    this.#timer.unref();
  }
}
