import { describe, expect, it } from 'vitest';
import { seeded } from '../../kit/random.ts';
import { packString } from './colyseus-line.ts';
import { MqttDecoder, mqttPacket } from './mqtt-line.ts';

const PUBLISH = 0x30;

describe('MQTT packets', () => {
  const bodies = ['', 'x', 'y'.repeat(127), 'z'.repeat(128), '上链接'.repeat(9000), 'end'];
  const bytes = Buffer.concat(bodies.map((body) => mqttPacket(PUBLISH, Buffer.from(body))));

  it.each([
    [0, [0]],
    [127, [127]],
    [128, [0x80, 1]],
    [16_383, [0xff, 0x7f]],
    [16_384, [0x80, 0x80, 1]],
  ])('say in as few bytes as there may be that %i follow', (length, expected) => {
    const packet = mqttPacket(PUBLISH, Buffer.alloc(length));
    expect([...packet.subarray(0, packet.length - length)]).toEqual([PUBLISH, ...expected]);
  });

  it.each(Array.from({ length: 20 }, (_, seed) => seed))(
    'are read however they are cut (seed %i)',
    (seed) => {
      const random = seeded(seed);
      const read: string[] = [];
      const decoder = new MqttDecoder((type, buffer, start, end) => {
        expect(type).toBe(PUBLISH);
        read.push(buffer.toString('utf8', start, end));
      });
      for (let at = 0; at < bytes.length; ) {
        const end = Math.min(bytes.length, at + random.between(1, random.between(1, 3) === 1 ? 3 : 40_000));
        const chunk = Buffer.from(bytes.subarray(at, end));
        decoder.feed(chunk);
        // The receive buffer is shared between lines: the decoder must not rely on it afterwards.
        chunk.fill(0xff);
        at = end;
      }
      expect(read).toEqual(bodies);
    },
  );
});

it.each([
  ['say', [0xa3]],
  ['x'.repeat(31), [0xbf]],
  ['x'.repeat(32), [0xd9, 32]],
  ['x'.repeat(255), [0xd9, 255]],
  ['x'.repeat(300), [0xda, 1, 44]],
])('a string of MessagePack counts bytes in front of %s', (text, head) => {
  const packed = packString(text);
  expect([...packed.subarray(0, head.length)]).toEqual(head);
  expect(packed.toString('utf8', head.length)).toBe(text);
});
