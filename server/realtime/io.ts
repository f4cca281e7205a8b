import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { Server, type Socket } from 'socket.io';
import { z } from 'zod';
import { CLOSE_REASONS, type CloseReason } from '../../shared/kernel/errors.ts';
import { isSimulated } from '../../shared/kernel/simulated.ts';
import { MAX_PACKET_BYTES, PROTOCOL_VERSION, WIRE } from '../../shared/protocol.ts';
import type { CommandConnection, PacketHandler } from '../kernel/bind-play.ts';
import { within } from '../kernel/closing.ts';
import type { Identity } from '../kernel/context.ts';
import type { LocalPeople } from '../kernel/local-people.ts';
import type { Log } from '../kernel/log.ts';
import type { RandomSource } from '../kernel/random.ts';
import { Admission } from './admission.ts';
import { Counter, Entering } from './admission-counts.ts';
import { Lateness } from './admission-lateness.ts';
import { guest, type Tokens } from './auth.ts';
import { Connection, type ConnectionDeps, noticeRoom } from './connections.ts';
import { type DrainTo, SocketDrain } from './drain-sockets.ts';
import { answerParser } from './encoder.ts';
import { Expiries } from './expiries.ts';
import { clientAddress, originAllowed } from './origin.ts';
import type { Revocations } from './revocations.ts';

export type RealtimeDeps = ConnectionDeps & {
  log: Log;
  random: RandomSource;
  tokens: Tokens;
  revocations: Revocations;
  nowMs: () => number;
  allowedOrigins: readonly string[];
  trustedHops: number;
  maxConnections: { perUser: number; perAddress: number };
  handshakesPerSecond: number;
  bind: (connection: CommandConnection) => PacketHandler;
  adapter: Parameters<Server['adapter']>[0];
  /** What is kept of a device's name for itself. */
  hashDevice: (device: string) => string;
  onConnection: (delta: 1 | -1) => void;
  onRefused: (reason: CloseReason) => void;
};

const authSchema = z.strictObject({
  v: z.int(),
  token: z.string().max(8192).optional(),
  device: z.string().min(8).max(64).optional(),
});
/** Of one address, so many may be about to say who they are; or as many as it may have, where that is more. */
const ENTERING_MIN = 8;
/** A little longer than `Connection` waits for one that does not answer its goodbye. */
const GOODBYES_MS = 2200;
/** Redis and HTTP have so long to let go of Socket.IO. */
const CLOSE_MS = 1000;

class Refused extends Error {
  readonly data: { code: CloseReason; message: string; reconnect: boolean; retryAfterMs?: number };
  constructor(code: CloseReason, retryAfterMs?: number) {
    super(CLOSE_REASONS[code].message);
    this.data = { code, ...CLOSE_REASONS[code], ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
}

/** The Socket.IO server: handshake, identity, connection limits, one `Connection` a socket. */
export class Realtime {
  readonly #io: Server;
  readonly #deps: RealtimeDeps;
  readonly #connections = new Set<Connection>();
  readonly #users = new Counter();
  readonly #addresses = new Counter();
  readonly #entering = new Entering();
  readonly #lateness = new Lateness();
  readonly #admission: Admission;
  readonly #drain: SocketDrain<Connection>;
  readonly #expiries: Expiries<Connection>;

  constructor(http: HttpServer, deps: RealtimeDeps) {
    this.#deps = deps;
    this.#admission = new Admission({
      perSecond: deps.handshakesPerSecond,
      ...{ monotonicMs: deps.monotonicMs, random: deps.random },
      lateMs: () => this.#lateness.lateMs,
    });
    this.#drain = new SocketDrain({ ...deps, connections: this.#connections });
    this.#expiries = new Expiries(deps.nowMs, (connection) => connection.close('TOKEN_EXPIRED'));
    this.#io = new Server(http, {
      transports: ['websocket'],
      allowUpgrades: false,
      serveClient: false,
      perMessageDeflate: false,
      httpCompression: false,
      maxHttpBufferSize: MAX_PACKET_BYTES,
      connectTimeout: 5000,
      parser: answerParser,
      cleanupEmptyChildNamespaces: true,
      allowRequest: (request, decide) => decide(null, this.#mayUpgrade(request)),
    });
    // `res` is what Engine.IO answers an upgrade with; nothing else tells it to `forgetHandshake`.
    this.#io.engine.use((request: Upgrade, res: Upgrade['res'], next: () => void) => {
      request.res = res;
      next();
    });
    if (deps.adapter) this.#io.adapter(deps.adapter);
    this.#io.use((socket, next) => {
      this.#identify(socket).then(
        () => next(),
        (error: Error) => next(error),
      );
    });
    this.#io.on('connection', (socket) => this.#connected(socket));
    deps.revocations.start(
      () => [...this.#connections].map(({ token }) => token).filter(({ role }) => role !== 'guest'),
      (token) => {
        for (const each of [...this.#connections]) if (each.token === token) each.close('TOKEN_REVOKED');
      },
    );
  }

  /** Tells every socket of a user in a room, on every node. Best effort: state is in the snapshot. */
  notify(roomId: string, userId: string, name: string, data: unknown): void {
    this.#io.to(noticeRoom(roomId, userId)).emit(WIRE.notice, { roomId, name, data });
  }

  /** This node's sockets of a room. */
  get local(): LocalPeople {
    const { hub } = this.#deps;
    const of = function* (roomId: string): Generator<Connection> {
      // Whoever is a member of a channel here came in through a socket.
      for (const member of hub.get(roomId)?.members ?? []) yield member as Connection;
    };
    return {
      users: (roomId) => new Set([...of(roomId)].map(({ userId }) => userId)),
      here: (roomId) => [...of(roomId)].map(({ identity }) => identity),
      notify: (roomId, userId, name, data) => {
        this.#io.local.to(noticeRoom(roomId, userId)).emit(WIRE.notice, { roomId, name, data });
      },
      appoint: (roomId, userId, role) => {
        for (const each of of(roomId)) if (each.userId === userId) each.appoint(role);
      },
      close: (roomId, userIds, reason) => {
        for (const each of [...of(roomId)]) if (userIds.includes(each.userId)) each.close(reason);
      },
    };
  }

  get size(): number {
    return this.#connections.size;
  }

  /** Sends every socket away, to other nodes where there are any. */
  drain(to: DrainTo): Promise<void> {
    return this.#drain.run(to);
  }

  async close(): Promise<void> {
    await this.#drain.rest();
    this.#lateness.close();
    this.#entering.close();
    this.#expiries.close();
    await this.#goodbyes();
    // It waits for Redis to confirm that nobody listens to notices any more, and for HTTP connections.
    if (!(await within(this.#io.close(), CLOSE_MS))) this.#deps.log.debug('socket.io takes long to close');
  }

  /** Closing the engine throws away what still waits to be written, answers and reasons among it. */
  async #goodbyes(): Promise<void> {
    const untilMs = performance.now() + GOODBYES_MS;
    while (this.#io.engine.clientsCount > 0 && performance.now() < untilMs) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Before a byte is spent on a WebSocket. */
  #mayUpgrade(request: IncomingMessage): boolean {
    const { allowedOrigins, trustedHops, maxConnections } = this.#deps;
    if (!originAllowed(request, allowedOrigins)) return false;
    const max = Math.max(ENTERING_MIN, maxConnections.perAddress);
    if (this.#entering.add(request.socket, clientAddress(request, trustedHops), max)) return true;
    this.#deps.onRefused('TOO_MANY_CONNECTIONS');
    return false;
  }

  async #identify(socket: Socket): Promise<void> {
    const auth = authSchema.safeParse(socket.handshake.auth);
    if (!auth.success) throw this.#refuse('UNAUTHENTICATED');
    if (auth.data.v !== PROTOCOL_VERSION) throw this.#refuse('VERSION_MISMATCH');
    const comeBackMs = this.#drain.refusal();
    if (comeBackMs !== undefined) throw this.#refuse('SHUTTING_DOWN', comeBackMs);
    const waitMs = this.#admission.take();
    if (waitMs > 0) throw this.#refuse('BUSY', waitMs);
    let identity: Identity;
    if (auth.data.token === undefined) identity = guest(this.#deps.random);
    else {
      const verified = await this.#deps.tokens.verify(auth.data.token);
      if (!verified.ok) throw this.#refuse(verified.reason);
      identity = verified.identity;
      if (await this.#deps.revocations.isRevoked(identity)) throw this.#refuse('TOKEN_REVOKED');
    }
    const { device } = auth.data;
    if (device !== undefined) identity = { ...identity, device: this.#deps.hashDevice(device) };
    // One that closed while its token was checked would be counted for ever.
    if (socket.conn.readyState !== 'open') throw new Error('the connection closed');
    // All simulated viewers come from this machine, where the one who tries the demo sits, too.
    const address = isSimulated(identity.userId)
      ? identity.userId
      : clientAddress(socket.request, this.#deps.trustedHops);
    const { perUser, perAddress } = this.#deps.maxConnections;
    if (!this.#addresses.add(address, perAddress)) throw this.#refuse('TOO_MANY_CONNECTIONS');
    if (!this.#users.add(identity.userId, perUser)) {
      this.#addresses.remove(address);
      throw this.#refuse('TOO_MANY_CONNECTIONS');
    }
    // The transport may close before or after the namespace is entered; it always closes.
    socket.conn.once('close', () => {
      this.#addresses.remove(address);
      this.#users.remove(identity.userId);
    });
    this.#entering.entered(socket.request.socket);
    socket.data = { identity, address };
  }

  #refuse(reason: CloseReason, retryAfterMs?: number): Refused {
    this.#deps.onRefused(reason);
    return new Refused(reason, retryAfterMs);
  }

  #connected(socket: Socket): void {
    const { identity, address } = socket.data as { identity: Identity; address: string };
    forgetHandshake(socket);
    const connection = new Connection(socket, identity, address, this.#deps);
    this.#connections.add(connection);
    this.#deps.onConnection(1);
    this.#expiries.add(connection, identity.expiresAtMs);
    socket.once('disconnect', () => {
      this.#expiries.remove(connection, identity.expiresAtMs);
      this.#connections.delete(connection);
      this.#drain.calls.forget(connection);
      this.#deps.onConnection(-1);
      connection.gone();
    });
    const handle = this.#deps.bind(connection);
    socket.onAny((name: string, ...args: unknown[]) => {
      if (!connection.full()) handle(name, this.#drain.calls.counted(connection, args));
    });
  }
}

type Upgrade = { res?: { req: unknown; socket: unknown } | undefined };
const NOTHING = Object.freeze({});

/**
 * What is not needed once it is known who is there: the upgrade request with its headers, and the token. About 4 KB a
 * connection. Engine.IO keeps the request twice: as the connection's, and in what it answers an upgrade with.
 */
function forgetHandshake(socket: Socket): void {
  const { res } = socket.request as Upgrade;
  if (res) {
    res.req = NOTHING;
    res.socket = NOTHING;
  }
  (socket.conn as unknown as { request: unknown }).request = null;
  (socket as unknown as { handshake: unknown }).handshake = NOTHING;
  socket.data = NOTHING;
}
