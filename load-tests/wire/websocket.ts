/**
 * The client's half of WebSocket framing (RFC 6455, section 5), as little of it as a bot needs.
 * Payloads are handed over as a range of the receive buffer, without a copy: they must be used at once.
 */

export const OPCODE = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;

const FIN = 0x80;
const MASKED = 0x80;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

/** Encodes one masked frame. The mask is any 4 bytes; clients must send one (section 5.3). */
export function encodeClientFrame(opcode: number, payload: string | Buffer, mask: Buffer): Buffer {
  const bytes = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length;
  const lengthBytes = bytes < LENGTH_16 ? 0 : bytes < 2 ** 16 ? 2 : 8;
  const start = 2 + lengthBytes + 4;
  const frame = Buffer.allocUnsafe(start + bytes);
  frame[0] = FIN | opcode;
  if (lengthBytes === 0) frame[1] = MASKED | bytes;
  else if (lengthBytes === 2) {
    frame[1] = MASKED | LENGTH_16;
    frame.writeUInt16BE(bytes, 2);
  } else {
    frame[1] = MASKED | LENGTH_64;
    frame.writeBigUInt64BE(BigInt(bytes), 2);
  }
  mask.copy(frame, start - 4, 0, 4);
  if (typeof payload === 'string') frame.write(payload, start, 'utf8');
  else payload.copy(frame, start);
  for (let i = 0; i < bytes; i += 1) frame[start + i] = (frame[start + i] ?? 0) ^ (mask[i & 3] ?? 0);
  return frame;
}

/** Called for each whole message: `buffer.subarray(start, end)` is its payload, valid during the call only. */
export type OnMessage = (opcode: number, buffer: Buffer, start: number, end: number) => void;

/** Takes bytes as they come and calls back for every message, whatever the chunks. */
export class FrameDecoder {
  #rest: Buffer | null = null;
  #fragments: Buffer[] = [];
  #fragmentOpcode = 0;
  readonly #onMessage: OnMessage;

  constructor(onMessage: OnMessage) {
    this.#onMessage = onMessage;
  }

  /** `chunk` may be reused by the caller afterwards: what is not used up yet is copied. */
  feed(chunk: Buffer): void {
    const data = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = null;
    let at = 0;
    while (at + 2 <= data.length) {
      const first = data[at] ?? 0;
      const shortLength = (data[at + 1] ?? 0) & 0x7f;
      let start = at + 2;
      let bytes = shortLength;
      if (shortLength === LENGTH_16) {
        start += 2;
        if (start > data.length) break;
        bytes = data.readUInt16BE(at + 2);
      } else if (shortLength === LENGTH_64) {
        start += 8;
        if (start > data.length) break;
        bytes = Number(data.readBigUInt64BE(at + 2));
      }
      const end = start + bytes;
      if (end > data.length) break;
      at = end;
      this.#frame(first, data, start, end);
    }
    if (at < data.length) this.#rest = Buffer.from(data.subarray(at));
  }

  #frame(first: number, data: Buffer, start: number, end: number): void {
    const opcode = first & 0x0f;
    const last = (first & FIN) !== 0;
    if (opcode !== OPCODE.continuation && last) {
      this.#onMessage(opcode, data, start, end);
      return;
    }
    if (opcode !== OPCODE.continuation) this.#fragmentOpcode = opcode;
    this.#fragments.push(Buffer.from(data.subarray(start, end)));
    if (!last) return;
    const whole = Buffer.concat(this.#fragments);
    this.#fragments = [];
    this.#onMessage(this.#fragmentOpcode, whole, 0, whole.length);
  }
}
