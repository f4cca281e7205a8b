/** Engine.IO 4 and Socket.IO 5 text packets, on the default namespace, as bytes. */

/** First characters of a packet. */
export const PACKET = {
  open: '0',
  close: '1',
  ping: '2',
  pong: '3',
  connect: '40',
  disconnect: '41',
  event: '42',
  ack: '43',
  connectError: '44',
} as const;

export type PacketKind = keyof typeof PACKET | 'unknown';

const ZERO = 0x30;
const BRACKET = 0x5b;
const ENGINE_KINDS: readonly PacketKind[] = ['open', 'close', 'ping', 'pong'];
const SOCKET_KINDS: readonly PacketKind[] = ['connect', 'disconnect', 'event', 'ack', 'connectError'];

/** What kind of packet starts at `start`. */
export function packetKind(buffer: Buffer, start: number, end: number): PacketKind {
  if (start >= end) return 'unknown';
  const engine = (buffer[start] ?? 0) - ZERO;
  if (engine !== 4) return ENGINE_KINDS[engine] ?? 'unknown';
  return SOCKET_KINDS[(buffer[start + 1] ?? 0) - ZERO] ?? 'unknown';
}

/** The id of an ack packet `43<id>[…]`, and where its JSON array starts; −1 where there is none. */
export function ackId(buffer: Buffer, start: number, end: number): { id: number; jsonStart: number } {
  let id = 0;
  let at = start + 2;
  for (; at < end && buffer[at] !== BRACKET; at += 1) {
    const digit = (buffer[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return { id: -1, jsonStart: at };
    id = id * 10 + digit;
  }
  return at === start + 2 ? { id: -1, jsonStart: at } : { id, jsonStart: at };
}

export const connectPacket = (auth: unknown): string => `${PACKET.connect}${JSON.stringify(auth)}`;

export const commandPacket = (id: number, command: string, input: unknown): string =>
  `${PACKET.event}${id}${JSON.stringify([command, input])}`;

/** How often `needle` occurs in a range of the buffer, overlaps not counted. */
export function countIn(buffer: Buffer, start: number, end: number, needle: Buffer): number {
  let count = 0;
  for (let at = buffer.indexOf(needle, start); at >= 0 && at + needle.length <= end; count += 1) {
    at = buffer.indexOf(needle, at + needle.length);
  }
  return count;
}
