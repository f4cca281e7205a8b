import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BLOCK_BYTES, compress, finish, initialState } from './sha256.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);

function digest(message: Uint8Array): string {
  const state = initialState();
  const whole = message.length - (message.length % BLOCK_BYTES);
  for (let at = 0; at < whole; at += BLOCK_BYTES) compress(state, message, at);
  // Whatever the tail held before must not matter.
  const tail = new Uint8Array(2 * BLOCK_BYTES).fill(0xa5);
  tail.set(message.subarray(whole));
  finish(state, tail, message.length - whole, message.length);
  return [...state].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

async function platformDigest(message: Uint8Array<ArrayBuffer>): Promise<string> {
  return Buffer.from(await crypto.subtle.digest('SHA-256', message)).toString('hex');
}

test('the examples of FIPS 180-4', () => {
  const of = (text: string) => digest(new TextEncoder().encode(text));
  expect(of('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(of('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(of('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq')).toBe(
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  );
});

test('every length up to four blocks, as WebCrypto has it', async () => {
  for (let length = 0; length <= 4 * BLOCK_BYTES; length += 1) {
    const message = Uint8Array.from({ length }, (_, i) => (i * 131 + length) & 255);
    expect([length, digest(message)]).toEqual([length, await platformDigest(message)]);
  }
});

test('any message, as WebCrypto has it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), async (bytes) => {
      const message = new Uint8Array(bytes);
      expect(digest(message)).toBe(await platformDigest(message));
    }),
    { seed },
  );
});
