import { randomBytes } from 'node:crypto';
import { encodeClientFrame, FrameDecoder, OPCODE } from '../../wire/websocket.ts';
import { Line } from './line.ts';

const MASK = randomBytes(4);
const HEADERS_END = Buffer.from('\r\n\r\n');
const MAX_HEADER_BYTES = 16 * 1024;

/** A line over WebSocket (RFC 6455). */
export abstract class WebSocketLine extends Line {
  readonly #decoder = new FrameDecoder((opcode, buffer, start, end) =>
    this.#frame(opcode, buffer, start, end),
  );
  #head: Buffer | null = Buffer.alloc(0);

  /** With its query. */
  protected abstract path(): string;
  /** The server has answered 101. */
  protected abstract upgraded(): void;
  /** A text or binary message. */
  protected abstract heard(buffer: Buffer, start: number, end: number): void;

  protected override begin(): void {
    const { host } = new URL(this.options.url);
    this.write(
      `GET ${this.path()} HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://${host}\r\n` +
        `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
    );
  }

  protected sendText(text: string): void {
    this.write(encodeClientFrame(OPCODE.text, text, MASK));
  }

  protected sendBinary(bytes: Buffer): void {
    this.write(encodeClientFrame(OPCODE.binary, bytes, MASK));
  }

  protected override receive(chunk: Buffer): void {
    if (this.#head === null) {
      this.#decoder.feed(chunk);
      return;
    }
    const head = Buffer.concat([this.#head, chunk]);
    const end = head.indexOf(HEADERS_END);
    this.#head = head;
    if (end < 0) {
      if (head.length > MAX_HEADER_BYTES) this.fail('endless HTTP headers');
      return;
    }
    const statusLine = head.toString('latin1', 0, head.indexOf('\r\n'));
    if (!statusLine.startsWith('HTTP/1.1 101')) {
      this.fail(`${statusLine}: ${head.toString('utf8', end + 4, end + 200)}`);
      return;
    }
    this.#head = null;
    this.upgraded();
    if (head.length > end + 4) this.#decoder.feed(head.subarray(end + 4));
  }

  #frame(opcode: number, buffer: Buffer, start: number, end: number): void {
    if (opcode === OPCODE.ping) {
      this.write(encodeClientFrame(OPCODE.pong, buffer.subarray(start, end), MASK));
    } else if (opcode === OPCODE.close) {
      const code = end - start >= 2 ? buffer.readUInt16BE(start) : 1005;
      this.fail(`closed by the server with code ${code}`);
    } else if (opcode === OPCODE.text || opcode === OPCODE.binary) this.heard(buffer, start, end);
  }
}
