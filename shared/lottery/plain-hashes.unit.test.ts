import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeHashes } from '../../server/lottery/node-hashes.ts';
import { bytesOfHex, hexOf, isHex, numberBytes } from './bytes.ts';
import { plainHashes } from './plain-hashes.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);

describe('the hash functions for pages', () => {
  it('[FD7] are those of the server, at every length around blocks', () => {
    for (let length = 0; length <= 300; length += 1) {
      const bytes = Uint8Array.from({ length }, (_, at) => at * 7 + length);
      expect(hexOf(plainHashes.sha256(bytes))).toBe(hexOf(nodeHashes.sha256(bytes)));
      const key = bytes.subarray(0, length % 140);
      expect(hexOf(plainHashes.hmacSha256(key, bytes))).toBe(hexOf(nodeHashes.hmacSha256(key, bytes)));
    }
  });

  it('[FD7] are those of the server, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), fc.uint8Array({ maxLength: 200 }), (bytes, key) => {
        expect(hexOf(plainHashes.sha256(bytes))).toBe(hexOf(nodeHashes.sha256(bytes)));
        expect(hexOf(plainHashes.hmacSha256(key, bytes))).toBe(hexOf(nodeHashes.hmacSha256(key, bytes)));
      }),
      { seed, numRuns: 200 },
    );
  });
});

describe('bytes', () => {
  it('are written as lower-case hexadecimal and read back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(hexOf(bytes)).toBe(Buffer.from(bytes).toString('hex'));
        expect(bytesOfHex(hexOf(bytes))).toEqual(bytes);
      }),
      { seed },
    );
    for (const text of ['a', 'AB', 'zz', '0x', ' 1']) expect(() => bytesOfHex(text)).toThrow('hexadecimal');
    expect([isHex('00', 1), isHex('00', 2), isHex(0, 1)]).toEqual([true, false, false]);
  });

  it('of numbers are big-endian', () => {
    expect(hexOf(numberBytes(0xfedcba98, 4))).toBe('fedcba98');
    expect(hexOf(numberBytes(Number.MAX_SAFE_INTEGER, 8))).toBe('001fffffffffffff');
  });
});
