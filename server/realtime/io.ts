import type { Server as HttpServer } from 'node:http';
import { Server, type Socket } from 'socket.io';
import { z } from 'zod';
import { CLOSE_REASONS, type CloseReason } from '../../shared/kernel/errors.ts';
import { MAX_PACKET_BYTES, PROTOCOL_VERSION, WIRE } from '../../shared/protocol.ts';
import type { CommandSocket, Session } from '../kernel/bind-play.ts';
import type { Identity } from '../kernel/context.ts';
import type { LocalPeople } from '../kernel/local-people.ts';
import type { Log } from '../kernel/log.ts';
import type { RandomSource } from '../kernel/random.ts';
import { guest, type Tokens } from './auth.ts';
import { Connection, type ConnectionDeps, noticeRoom } from './connections.ts';
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
  bind: (socket: CommandSocket, session: Session) => void;
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
/** A timer cannot wait longer than this; long-lived tokens are checked again then. */
const MAX_TIMER_MS = 2_000_000_000;

class Refused extends Error {
  readonly data: { code: CloseReason; message: string; reconnect: boolean };
  constructor(code: CloseReason) {
    super(CLOSE_REASONS[code].message);
    this.data = { code, ...CLOSE_REASONS[code] };
  }
}

/** Counts what is open by key and refuses above a limit. */
class Counter {
  readonly #counts = new Map<string, number>();
  add(key: string, max: number): boolean {
    const count = this.#counts.get(key) ?? 0;
    if (count >= max) return false;
    this.#counts.set(key, count + 1);
    return true;
  }
  remove(key: string): void {
    const count = this.#counts.get(key) ?? 0;
    if (count <= 1) this.#counts.delete(key);
    else this.#counts.set(key, count - 1);
  }
}

/** The Socket.IO server: handshake, identity, connection limits, one `Connection` a socket. */
export class Realtime {
  readonly #io: Server;
  readonly #deps: RealtimeDeps;
  readonly #connections = new Set<Connection>();
  readonly #users = new Counter();
  readonly #addresses = new Counter();

  constructor(http: HttpServer, deps: RealtimeDeps) {
    this.#deps = deps;
    this.#io = new Server(http, {
      transports: ['websocket'],
      allowUpgrades: false,
      serveClient: false,
      perMessageDeflate: false,
      httpCompression: false,
      maxHttpBufferSize: MAX_PACKET_BYTES,
      connectTimeout: 5000,
      cleanupEmptyChildNamespaces: true,
      allowRequest: (request, decide) => decide(null, originAllowed(request, deps.allowedOrigins)),
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

  async close(): Promise<void> {
    for (const connection of [...this.#connections]) connection.close('SHUTTING_DOWN');
    await this.#io.close();
  }

  async #identify(socket: Socket): Promise<void> {
    const auth = authSchema.safeParse(socket.handshake.auth);
    if (!auth.success) throw this.#refuse('UNAUTHENTICATED');
    if (auth.data.v !== PROTOCOL_VERSION) throw this.#refuse('VERSION_MISMATCH');
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
    const address = clientAddress(socket.request, this.#deps.trustedHops);
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
    socket.data = { identity, address };
  }

  #refuse(reason: CloseReason): Refused {
    this.#deps.onRefused(reason);
    return new Refused(reason);
  }

  #connected(socket: Socket): void {
    const { identity, address } = socket.data as { identity: Identity; address: string };
    const connection = new Connection(socket, identity, this.#deps);
    this.#connections.add(connection);
    this.#deps.onConnection(1);
    const expiry = this.#expire(connection, identity);
    socket.once('disconnect', () => {
      clearTimeout(expiry.timer);
      this.#connections.delete(connection);
      this.#deps.onConnection(-1);
      connection.gone();
    });
    this.#deps.bind(
      {
        id: socket.id,
        address,
        onPacket: (listener) =>
          socket.onAny((name: string, ...args: unknown[]) => {
            if (!connection.full()) listener(name, args);
          }),
        close: (reason) => connection.close(reason),
      },
      {
        get identity() {
          return connection.identity;
        },
        roomId: () => connection.roomId,
        connection,
      },
    );
    // The upgrade request is not needed again; dropping it frees about 4 KB a connection.
    (socket.conn as unknown as { request: unknown }).request = null;
  }

  #expire(connection: Connection, identity: Identity): { timer: NodeJS.Timeout | undefined } {
    const state: { timer: NodeJS.Timeout | undefined } = { timer: undefined };
    const arm = (): void => {
      const leftMs = identity.expiresAtMs - this.#deps.nowMs();
      if (leftMs <= 0) {
        connection.close('TOKEN_EXPIRED');
        return;
      }
      if (Number.isFinite(leftMs)) state.timer = setTimeout(arm, Math.min(leftMs, MAX_TIMER_MS));
    };
    arm();
    return state;
  }
}
