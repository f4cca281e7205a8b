import { describe, expect, it } from 'vitest';
import { seeded } from '../kit/random.ts';
import { ackId, commandPacket, countIn, packetKind } from './packets.ts';
import { encodeClientFrame, FrameDecoder, OPCODE } from './websocket.ts';

const MASK = Buffer.from([0x12, 0x34, 0x56, 0x78]);

/** What a server sends: the client's encoding without the mask. */
function serverFrame(opcode: number, payload: string, fin = true): Buffer {
  const bytes = Buffer.from(payload);
  const length =
    bytes.length < 126
      ? Buffer.from([bytes.length])
      : bytes.length < 65_536
        ? Buffer.from([126, bytes.length >> 8, bytes.length & 0xff])
        : Buffer.from([
            127,
            0,
            0,
            0,
            0,
            0,
            bytes.length >> 16,
            (bytes.length >> 8) & 0xff,
            bytes.length & 0xff,
          ]);
  return Buffer.concat([Buffer.from([(fin ? 0x80 : 0) | opcode]), length, bytes]);
}

function decodeAll(chunks: readonly Buffer[]): [number, string][] {
  const messages: [number, string][] = [];
  const decoder = new FrameDecoder((opcode, buffer, start, end) =>
    messages.push([opcode, buffer.toString('utf8', start, end)]),
  );
  for (const chunk of chunks) {
    decoder.feed(chunk);
    // The receive buffer is shared between sockets: the decoder must not rely on it afterwards.
    chunk.fill(0xff);
  }
  return messages;
}

function cutAtRandom(bytes: Buffer, seed: number): Buffer[] {
  const random = seeded(seed);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + random.between(1, random.between(1, 3) === 1 ? 3 : 40_000));
    chunks.push(Buffer.from(bytes.subarray(at, end)));
    at = end;
  }
  return chunks;
}

describe('encodeClientFrame', () => {
  it.each([0, 1, 125, 126, 65_535, 65_536])('masks %i bytes so that unmasking gives them back', (bytes) => {
    const payload = 'x'.repeat(bytes);
    const frame = encodeClientFrame(OPCODE.text, payload, MASK);
    expect(frame[0]).toBe(0x81);
    expect((frame[1] ?? 0) & 0x80).toBe(0x80);
    const body = frame.subarray(frame.length - bytes);
    const mask = frame.subarray(frame.length - bytes - 4, frame.length - bytes);
    expect(mask).toEqual(MASK);
    const unmasked = Buffer.from(body.map((byte, i) => byte ^ (mask[i & 3] ?? 0)));
    expect(unmasked.toString('latin1')).toBe(payload);
    const shown = (frame[1] ?? 0) & 0x7f;
    expect(shown).toBe(bytes < 126 ? bytes : bytes < 65_536 ? 126 : 127);
  });

  it('counts bytes, not characters', () => {
    const frame = encodeClientFrame(OPCODE.text, '上链接😂', MASK);
    expect((frame[1] ?? 0) & 0x7f).toBe(13);
  });
});

describe('FrameDecoder', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'does not care how bytes are cut (seed %i)',
    (seed) => {
      const payloads = ['', '2', '42["chat",{}]', 'x'.repeat(125), '😂'.repeat(100), 'y'.repeat(70_000), '3'];
      const bytes = Buffer.concat(payloads.map((payload) => serverFrame(OPCODE.text, payload)));
      expect(decodeAll(cutAtRandom(bytes, seed))).toEqual(payloads.map((payload) => [OPCODE.text, payload]));
    },
  );

  it('puts fragments together, with a ping between them', () => {
    const bytes = [
      serverFrame(OPCODE.text, 'one ', false),
      serverFrame(OPCODE.ping, 'p'),
      serverFrame(OPCODE.continuation, 'two ', false),
      serverFrame(OPCODE.continuation, 'three'),
    ];
    expect(decodeAll([Buffer.concat(bytes)])).toEqual([
      [OPCODE.ping, 'p'],
      [OPCODE.text, 'one two three'],
    ]);
  });
});

describe('packets', () => {
  const kind = (text: string) => packetKind(Buffer.from(text), 0, Buffer.byteLength(text));

  it('are told apart by their first characters', () => {
    expect(
      ['0{}', '1', '2', '3', '40{}', '41', '42["a"]', '43[]', '44{}', '', '4', '45', '9', 'x'].map(kind),
    ).toEqual([
      'open',
      'close',
      'ping',
      'pong',
      'connect',
      'disconnect',
      'event',
      'ack',
      'connectError',
      'unknown',
      'unknown',
      'unknown',
      'unknown',
      'unknown',
    ]);
  });

  it('carry the id of the command they answer', () => {
    const ack = (text: string) => ackId(Buffer.from(text), 0, text.length);
    expect(ack('430[{"ok":true}]')).toEqual({ id: 0, jsonStart: 3 });
    expect(ack('4312345[{}]')).toEqual({ id: 12_345, jsonStart: 7 });
    expect(ack('43[{}]').id).toBe(-1);
    expect(ack('43/nsp,1[]').id).toBe(-1);
  });

  it('of a command are what socket.io-parser reads', () => {
    expect(commandPacket(7, 'chat:say', { text: 'hi' })).toBe('427["chat:say",{"text":"hi"}]');
  });

  it('count a needle within their own range only', () => {
    const buffer = Buffer.from('~A~ ~A~~A~ ~A');
    const needle = Buffer.from('~A~');
    expect(countIn(buffer, 0, buffer.length, needle)).toBe(3);
    expect(countIn(buffer, 4, 10, needle)).toBe(2);
    expect(countIn(buffer, 4, 9, needle)).toBe(1);
    expect(countIn(buffer, 11, buffer.length, needle)).toBe(0);
  });
});
