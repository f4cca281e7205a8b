/** RTP (RFC 3550) as the bots send it, and what they read of RTCP. */

export const SOURCE_SSRC = 0x1e57_a11e;
export const PAYLOAD_TYPE = 96;
export const CLOCK_RATE = 90_000;
export const PACKET_BYTES = 1100;
const HEADER_BYTES = 12;
/** VP8 (RFC 7741): a payload descriptor with the start of a partition, then a key frame's header of 320x180. */
const KEY_FRAME = Buffer.from([0x10, 0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xb4, 0x00]);
/** The same partition going on; no frame begins here. */
const GOING_ON = Buffer.from([0x00]);
/** The start of a frame that needs others (bit 0 of the frame header). */
const DELTA_FRAME = Buffer.from([0x10, 0x11, 0x02, 0x00]);

export type FramePart = 'key' | 'delta' | 'going-on';
const STARTS = { key: KEY_FRAME, delta: DELTA_FRAME, 'going-on': GOING_ON } as const;

export function rtpPacket(options: {
  sequence: number;
  timestamp: number;
  part: FramePart;
  isLast: boolean;
}): Buffer {
  const packet = Buffer.alloc(PACKET_BYTES, 0x5a);
  packet[0] = 0x80;
  packet[1] = PAYLOAD_TYPE | (options.isLast ? 0x80 : 0);
  packet.writeUInt16BE(options.sequence & 0xffff, 2);
  packet.writeUInt32BE(options.timestamp >>> 0, 4);
  packet.writeUInt32BE(SOURCE_SSRC, 8);
  STARTS[options.part].copy(packet, HEADER_BYTES);
  return packet;
}

/** RFC 5761: RTCP shares the port, and is told by its type. */
export function isRtcp(packet: Buffer): boolean {
  const type = packet[1] ?? 0;
  return type >= 192 && type <= 223;
}

/** Requests for a key frame in a compound packet: PLI (RFC 4585) and FIR (RFC 5104). */
export function keyFrameRequestsIn(packet: Buffer): number {
  let count = 0;
  for (let at = 0; at + 4 <= packet.length; ) {
    const format = (packet[at] ?? 0) & 0x1f;
    if (packet[at + 1] === 206 && (format === 1 || format === 4)) count += 1;
    at += (packet.readUInt16BE(at + 2) + 1) * 4;
  }
  return count;
}

/** How many numbers are missing, given 16-bit numbers as they come; late ones are taken back. */
export class SequenceCount {
  packets = 0;
  #first: number | undefined;
  #highest = 0;

  add(sequence: number): void {
    this.packets += 1;
    if (this.#first === undefined) {
      this.#first = sequence;
      this.#highest = sequence;
      return;
    }
    const step = (sequence - this.#highest) & 0xffff;
    if (step < 0x8000) this.#highest += step;
  }

  get missing(): number {
    return this.#first === undefined ? 0 : Math.max(0, this.#highest - this.#first + 1 - this.packets);
  }
}
