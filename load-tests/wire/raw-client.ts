import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { dial } from './dial.ts';
import { ackId, commandPacket, connectPacket, PACKET, packetKind } from './packets.ts';
import { encodeClientFrame, FrameDecoder, OPCODE } from './websocket.ts';

/** What a client tells its owner. Ranges are valid during the call only. */
export type ClientHandlers = {
  event(client: RawClient, buffer: Buffer, start: number, end: number): void;
  /** `jsonStart` is where the ack's JSON array begins. */
  ack(client: RawClient, id: number, buffer: Buffer, jsonStart: number, end: number): void;
  /** Once, however the connection ended. */
  closed(client: RawClient, reason: string): void;
};

export type ClientOptions = {
  /** `http://host:port`, or https, where the connection is made over TLS. */
  url: string;
  auth: unknown;
  /** The client's position in its fleet. */
  index: number;
  userId: string;
  /** Until the namespace is connected. */
  timeoutMs: number;
  /** The address that a proxy in front would name, for a server that trusts one. */
  forwardedFor?: string | undefined;
};

/** Bytes of all sockets of this process arrive here one after the other, and are used up at once. */
const receiveBuffer = Buffer.allocUnsafe(256 * 1024);
const MASK = randomBytes(4);
const PONG = encodeClientFrame(OPCODE.text, PACKET.pong, MASK);
const HEADERS_END = Buffer.from('\r\n\r\n');
const MAX_HEADER_BYTES = 16 * 1024;

type Phase = 'upgrading' | 'opening' | 'connected' | 'closed';

/**
 * One Socket.IO client over a bare TCP or TLS socket: no timers, no parsing beyond the packet's kind, one shared
 * receive buffer. That is what lets one process hold thousands and still be idle most of the time.
 */
export class RawClient {
  readonly index: number;
  readonly userId: string;
  readonly #handlers: ClientHandlers;
  readonly #socket: Socket;
  readonly #decoder: FrameDecoder;
  readonly #auth: unknown;
  #phase: Phase = 'upgrading';
  #head = Buffer.alloc(0);
  #nextId = 0;
  #settle: ((problem: string | null) => void) | null = null;
  readonly connected: Promise<void>;

  constructor(
    { url, auth, index, userId, timeoutMs, forwardedFor }: ClientOptions,
    handlers: ClientHandlers,
  ) {
    this.index = index;
    this.userId = userId;
    this.#auth = auth;
    this.#handlers = handlers;
    this.#decoder = new FrameDecoder((opcode, buffer, start, end) =>
      this.#message(opcode, buffer, start, end),
    );
    const { host, origin } = new URL(url);
    this.connected = new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#fail(`not connected after ${timeoutMs} ms`), timeoutMs);
      this.#settle = (problem) => {
        clearTimeout(timer);
        this.#settle = null;
        if (problem === null) resolve();
        else reject(new Error(problem));
      };
    });
    this.connected.catch(() => {});
    this.#socket = dial(url, receiveBuffer, (bytes) => this.#receive(receiveBuffer.subarray(0, bytes)));
    this.#socket.on('error', (error) => this.#fail(error.message));
    this.#socket.on('close', () => this.#fail('closed by the server'));
    this.#socket.on('end', () => this.#socket.end());
    const forwarded = forwardedFor === undefined ? '' : `X-Forwarded-For: ${forwardedFor}\r\n`;
    this.#socket.write(
      `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${origin}\r\n${forwarded}` +
        `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
    );
  }

  /** Sends a command; its answer arrives at `handlers.ack` with the returned id. */
  send(command: string, input: unknown): number {
    const id = this.#nextId;
    this.#nextId += 1;
    this.#socket.write(encodeClientFrame(OPCODE.text, commandPacket(id, command, input), MASK));
    return id;
  }

  /**
   * Stops reading: the kernel's buffers fill, then the server's, as with a page that hangs. Pings stay unanswered, and
   * the end of the connection is noticed after `resume()`. For connected clients.
   */
  pause(): void {
    if (this.#phase === 'connected') this.#socket.pause();
  }

  /** Reads on: what the server sent meanwhile arrives now. */
  resume(): void {
    if (this.#phase === 'connected') this.#socket.resume();
  }

  /** Closes without a word to the owner. */
  close(): void {
    this.#phase = 'closed';
    this.#settle?.('closed');
    this.#socket.destroy();
  }

  #fail(reason: string): void {
    if (this.#phase === 'closed') return;
    const wasConnected = this.#phase === 'connected';
    this.#settle?.(reason);
    this.close();
    if (wasConnected) this.#handlers.closed(this, reason);
  }

  #receive(chunk: Buffer): void {
    if (this.#phase !== 'upgrading') {
      if (this.#phase !== 'closed') this.#decoder.feed(chunk);
      return;
    }
    const head = Buffer.concat([this.#head, chunk]);
    const end = head.indexOf(HEADERS_END);
    if (end < 0) {
      if (head.length > MAX_HEADER_BYTES) this.#refuse('endless HTTP headers');
      this.#head = head;
      return;
    }
    this.#head = Buffer.alloc(0);
    const statusLine = head.toString('latin1', 0, head.indexOf('\r\n'));
    if (!statusLine.startsWith('HTTP/1.1 101')) {
      this.#refuse(`${statusLine}: ${head.toString('utf8', end + 4, end + 200)}`);
      return;
    }
    this.#phase = 'opening';
    if (head.length > end + 4) this.#decoder.feed(head.subarray(end + 4));
  }

  #refuse(problem: string): void {
    this.#settle?.(problem);
    this.close();
  }

  #message(opcode: number, buffer: Buffer, start: number, end: number): void {
    if (opcode === OPCODE.ping) {
      this.#socket.write(encodeClientFrame(OPCODE.pong, buffer.subarray(start, end), MASK));
      return;
    }
    if (opcode === OPCODE.close) {
      const code = end - start >= 2 ? buffer.readUInt16BE(start) : 1005;
      this.#fail(`closed by the server with code ${code}`);
      return;
    }
    if (opcode !== OPCODE.text) return;
    switch (packetKind(buffer, start, end)) {
      case 'event':
        this.#handlers.event(this, buffer, start, end);
        break;
      case 'ack': {
        const { id, jsonStart } = ackId(buffer, start, end);
        this.#handlers.ack(this, id, buffer, jsonStart, end);
        break;
      }
      case 'ping':
        this.#socket.write(PONG);
        break;
      case 'open':
        this.#socket.write(encodeClientFrame(OPCODE.text, connectPacket(this.#auth), MASK));
        break;
      case 'connect':
        this.#phase = 'connected';
        this.#settle?.(null);
        break;
      case 'connectError':
        this.#refuse(buffer.toString('utf8', start + 2, Math.min(end, start + 300)));
        break;
      case 'disconnect':
      case 'close':
        this.#fail('disconnected by the server');
        break;
      default:
        break;
    }
  }
}
