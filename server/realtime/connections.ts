import type { Duplex } from 'node:stream';
import type { Socket } from 'socket.io';
import { CLOSE_REASONS, type CloseReason, type Closing } from '../../shared/kernel/errors.ts';
import { higherRole, type Role, STAFF } from '../../shared/kernel/units.ts';
import { WIRE } from '../../shared/protocol.ts';
import type { Member } from '../kernel/audience.ts';
import type { CommandConnection } from '../kernel/bind-play.ts';
import type { Identity } from '../kernel/context.ts';
import type { EncodedPacket } from '../kernel/frame.ts';
import type { RecentEvents, RoomChannel } from '../kernel/room-channel.ts';
import type { RoomHub } from '../kernel/room-hub.ts';
import type { Presence } from './presence.ts';

export type ConnectionDeps = {
  hub: RoomHub;
  presence: Presence;
  monotonicMs: () => number;
  limits: { packetsBuffered: number; bytesBuffered: number; slowForMs: number };
  onSlow: () => void;
};

/** Untyped corners of engine.io 6.6 and ws 8 that a lean send needs; pinned, and covered by tests. */
type EngineSocket = {
  readyState: string;
  writeBuffer: { data?: unknown; options?: { wsPreEncodedFrame?: Buffer[] } }[];
  transport: {
    /** False while ws has not yet written what engine.io gave it. */
    writable: boolean;
    socket?: { bufferedAmount: number; terminate(): void; readonly _socket?: NetSocket };
    /** Fires when all that was handed to ws is written. */
    once(event: 'ready', listener: () => void): void;
  };
  write(text: string, options: { compress: boolean; wsPreEncodedFrame: Buffer[] }): void;
};
/** The TCP or TLS socket below ws. */
type NetSocket = Pick<Duplex, 'writable' | 'writableLength' | 'write'>;

/** So long a client has to read what still waits for it, and to answer the closing handshake. */
const GOODBYE_MS = 2000;

/** Sockets of one user in one room, over all nodes: where notices go. */
export const noticeRoom = (roomId: string, userId: string): string => `${roomId} ${userId}`;

/** One socket: which room it is in, and sending without ever piling up behind a slow reader. */
export class Connection implements Member, CommandConnection {
  readonly #socket: Socket;
  readonly #engine: EngineSocket;
  readonly #net: NetSocket | undefined;
  readonly #identity: Identity;
  readonly address: string;
  /** What the room made of this user; a token's role counts where it is above. */
  #appointed: Role | undefined;
  #staff: boolean;
  readonly #deps: ConnectionDeps;
  #channel: RoomChannel | undefined;
  #roomId: string | undefined;
  #slowSinceMs: number | undefined;
  #skipping = false;
  #gone = false;
  #leaving: (() => void)[] = [];

  constructor(socket: Socket, identity: Identity, address: string, deps: ConnectionDeps) {
    this.#socket = socket;
    this.#engine = socket.conn as unknown as EngineSocket;
    // WebSockets from the first byte (RT23): the transport is never changed for another.
    this.#net = this.#engine.transport.socket?._socket;
    this.#identity = identity;
    this.address = address;
    this.#staff = STAFF.includes(identity.role);
    this.#deps = deps;
  }

  get id(): string {
    return this.#socket.id;
  }

  get token(): Identity {
    return this.#identity;
  }

  /** From the token, with the role that the user has in the room that the socket is in. */
  get identity(): Identity {
    if (this.#appointed === undefined) return this.#identity;
    return { ...this.#identity, role: higherRole(this.#identity.role, this.#appointed) };
  }

  role(): Role {
    return this.identity.role;
  }

  get staff(): boolean {
    return this.#staff;
  }

  appoint(role: Role | undefined): void {
    this.#appointed = role === this.#identity.role ? undefined : role;
    this.#staff = STAFF.includes(this.identity.role);
  }

  get userId(): string {
    return this.#identity.userId;
  }

  get roomId(): string | undefined {
    return this.#roomId;
  }

  /** From here on every frame of the room is sent to this socket. */
  async enter(roomId: string): Promise<void> {
    if (this.#roomId !== undefined && this.#roomId !== roomId) this.leave();
    const channel = await this.#deps.hub.open(roomId);
    if (this.#gone) {
      this.#deps.hub.release(roomId);
      return;
    }
    if (this.#roomId === roomId && this.#channel === channel) return;
    // Another join may have come in between.
    if (this.#roomId !== undefined && this.#roomId !== roomId) this.leave();
    this.#channel?.remove(this.id);
    const wasThere = this.#roomId === roomId;
    this.#channel = channel;
    this.#roomId = roomId;
    channel.add(this);
    if (!wasThere) {
      this.#deps.presence.enter(roomId, this.userId);
      void this.#socket.join(noticeRoom(roomId, this.userId));
    }
  }

  leave(): void {
    const roomId = this.#roomId;
    if (roomId === undefined) return;
    this.#channel?.remove(this.id);
    this.#channel = undefined;
    this.#roomId = undefined;
    this.appoint(undefined);
    this.#deps.presence.leave(roomId, this.userId);
    this.#deps.hub.release(roomId);
    void this.#socket.leave(noticeRoom(roomId, this.userId));
    const listeners = this.#leaving;
    this.#leaving = [];
    for (const listener of listeners) listener();
  }

  onLeave(listener: () => void): void {
    if (this.#roomId === undefined) listener();
    else this.#leaving.push(listener);
  }

  flushedSeq(): number {
    return this.#channel?.flushedSeq ?? 0;
  }

  recent(seq: number, atMs?: number): RecentEvents | undefined {
    return this.#channel?.recent(seq, atMs);
  }

  /** The socket is closed. */
  gone(): void {
    this.#gone = true;
    this.leave();
  }

  /**
   * Writes the same bytes that every member gets. Where nothing waits above the network they go straight to it, which
   * saves a third of what a packet costs; else they take their place behind the packets before them. A reader with too
   * much waiting is skipped: the gap makes its client resume once it reads again; one that stays slow is disconnected.
   */
  send(packet: EncodedPacket): void {
    const engine = this.#engine;
    const net = this.#net;
    if (engine.readyState !== 'open') return;
    const [frame] = packet.wsFrame;
    const idle = engine.writeBuffer.length === 0 && engine.transport.writable;
    // A larger one would fill the reader while engine.io has nothing to be told of when it is read.
    const small = frame.length < this.#deps.limits.bytesBuffered;
    if (idle && small && net?.writable && net.writableLength === 0) {
      this.#slowSinceMs = undefined;
      net.write(frame);
    } else if (this.full()) this.#skip();
    else engine.write(packet.text, { compress: false, wsPreEncodedFrame: packet.wsFrame });
  }

  /** Once it has read what waits for it, it is shown the gap, also where nothing more happens in the room. */
  #skip(): void {
    if (this.#skipping) return;
    this.#skipping = true;
    this.#engine.transport.once('ready', () => {
      this.#skipping = false;
      this.#channel?.showHead(this);
    });
  }

  /** Roughly the bytes that wait for this reader: in engine.io for the packet before, and in ws for the network. */
  get bytesWaiting(): number {
    const { writeBuffer, transport } = this.#engine;
    let bytes = transport.socket?.bufferedAmount ?? 0;
    for (const { data, options } of writeBuffer) {
      const frame = options?.wsPreEncodedFrame?.[0];
      // Of an answer only its characters are known without a look at each: three bytes at most.
      bytes += frame ? frame.length : typeof data === 'string' ? 3 * data.length : 0;
    }
    return bytes;
  }

  /**
   * Whether too much waits for this reader already: then nothing more may be written, answers
   * included. Disconnects one that stays so.
   */
  full(): boolean {
    const { packetsBuffered, bytesBuffered, slowForMs } = this.#deps.limits;
    if (this.#engine.writeBuffer.length < packetsBuffered && this.bytesWaiting < bytesBuffered) {
      this.#slowSinceMs = undefined;
      return false;
    }
    const nowMs = this.#deps.monotonicMs();
    this.#slowSinceMs ??= nowMs;
    if (nowMs - this.#slowSinceMs >= slowForMs && this.#engine.readyState === 'open') {
      this.#deps.onSlow();
      this.close('SLOW_READER');
    }
    return true;
  }

  /** Tells the client why, and when to come back, and closes. */
  close(reason: CloseReason, retryAfterMs?: number): void {
    const { socket } = this.#engine.transport;
    const when = retryAfterMs === undefined ? {} : { retryAfterMs };
    this.#socket.emit(WIRE.closing, { reason, ...CLOSE_REASONS[reason], ...when } satisfies Closing);
    if (reason !== 'SLOW_READER') {
      this.#socket.disconnect(true);
      // One that answers no goodbye would keep its socket for half a minute.
      setTimeout(() => socket?.terminate(), GOODBYE_MS).unref();
      return;
    }
    // A slow reader would never get to the packet that says goodbye, nor answer a closing handshake.
    this.#socket.conn.close(true);
    socket?.terminate();
  }
}
