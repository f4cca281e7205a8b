import { expect, test } from 'vitest';
import { deviceName } from './device.ts';

function storage(kept: Record<string, string> = {}) {
  const items = new Map(Object.entries(kept));
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  };
}
const fill = (byte: number) => (bytes: Uint8Array<ArrayBuffer>) => bytes.fill(byte);

test('a device keeps its name between visits', () => {
  const kept = storage();
  const name = deviceName(kept, fill(10));
  expect(name).toBe('0a'.repeat(16));
  expect(deviceName(kept, fill(11))).toBe(name);
});

test('what somebody else left there is replaced; without room to keep it, the name is for this visit', () => {
  expect(deviceName(storage({ 'livestall:device': '<script>' }), fill(1))).toBe('01'.repeat(16));
  const full = {
    getItem: () => null,
    setItem: () => {
      throw new Error('full');
    },
  };
  expect(deviceName(full, fill(2))).toBe('02'.repeat(16));
});
