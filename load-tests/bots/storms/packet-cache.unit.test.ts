import { expect, it } from 'vitest';
import { PacketCache } from './packet-cache.ts';

const packet = (n: number): Buffer => Buffer.from(`42["kernel:frame",{"fromSeq":${n},"text":"好 ${n}"}]`);

it('the same bytes are the same object, wherever in a buffer they lie', () => {
  const cache = new PacketCache();
  const first = cache.parse(packet(1), 0, packet(1).length);
  const shifted = Buffer.concat([Buffer.from('xx'), packet(1), Buffer.from('yy')]);
  expect(cache.parse(shifted, 2, shifted.length - 2)).toBe(first);
  expect(first).toEqual(['kernel:frame', { fromSeq: 1, text: '好 1' }]);
});

it('other bytes are not, however alike, and a used buffer changes nothing', () => {
  const cache = new PacketCache();
  const bytes = packet(1);
  const first = cache.parse(bytes, 0, bytes.length);
  packet(2).copy(bytes);
  const second = cache.parse(bytes, 0, bytes.length);
  expect(second).toEqual(['kernel:frame', { fromSeq: 2, text: '好 2' }]);
  expect(cache.parse(packet(1), 0, packet(1).length)).toBe(first);
});

it('forgets the oldest, and reads it again', () => {
  const cache = new PacketCache();
  const first = cache.parse(packet(100), 0, packet(100).length);
  for (let n = 101; n < 150; n += 1) cache.parse(packet(n), 0, packet(n).length);
  const again = cache.parse(packet(100), 0, packet(100).length);
  expect(again).not.toBe(first);
  expect(again).toEqual(first);
});
