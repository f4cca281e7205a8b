import { createHash, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../shared/kernel/receipt.ts';
import { TOKEN_TTL_MS, WORK_BITS } from '../../shared/trade/limits.ts';
import { GrabTokens } from './grab-tokens.ts';
import { merkleTree } from './merkle.ts';
import { Receipts } from './receipts.ts';
import { ed25519Key, publicKeySet, purposeKey, type SigningPurpose } from './signing-keys.ts';
import { rootOf, verdictProblem } from './testing/verify.ts';

const SECRET = 'the-secret-of-an-installation-of-tests';
const seed = Number(process.env.LIVESTALL_TEST_SEED);
const sha256 = (...parts: (string | Uint8Array)[]) =>
  createHash('sha256')
    .update(Buffer.concat(parts.map((part) => Buffer.from(part as string))))
    .digest();

describe('the tree', () => {
  const leavesOf = (size: number) => Array.from({ length: size }, (_, i) => sha256(`leaf ${i}`));

  /** RFC 9162 section 2.1.1, word for word: split at the largest power of two below the size. */
  function treeHead(leaves: readonly Buffer[]): Buffer {
    if (leaves.length === 1) return leaves[0] as Buffer;
    let k = 1;
    while (k * 2 < leaves.length) k *= 2;
    return sha256(Uint8Array.of(1), treeHead(leaves.slice(0, k)), treeHead(leaves.slice(k)));
  }

  it('[TR4] has the root of RFC 9162, and a path for every leaf, in all sizes up to 130', () => {
    for (let size = 1; size <= 130; size += 1) {
      const leaves = leavesOf(size);
      const tree = merkleTree(leaves);
      expect([size, tree.root.toString('hex')]).toEqual([size, treeHead(leaves).toString('hex')]);
      for (const [index, leaf] of leaves.entries()) {
        const path = tree.path(index).map((sibling) => sibling.toString('base64url'));
        const root = rootOf(leaf, index, size, path);
        if (typeof root === 'string' || !root.equals(tree.root))
          throw new Error(`${index} of ${size} leads elsewhere`);
      }
    }
  });

  it('[TR4] leads to no other place', () => {
    const leaves = leavesOf(11);
    const tree = merkleTree(leaves);
    for (const [index, leaf] of leaves.entries()) {
      const path = tree.path(index).map((sibling) => sibling.toString('base64url'));
      for (let other = 0; other < 12; other += 1) {
        if (other !== index) expect(rootOf(leaf, other, 11, path)).not.toEqual(tree.root);
      }
    }
    expect(() => merkleTree([])).toThrow('leaf');
  });
});

describe('receipts', () => {
  const key = ed25519Key(purposeKey(SECRET, 'receipts'));
  const verdict = (i: number): Verdict => ({
    ...{ roomId: 'r', userId: `u${i}`, opId: `operation-${i}`, lines: [{ saleId: 's', quantity: 1 }] },
    ...{ verdict: i % 2 === 0 ? 'HELD' : 'REFUSED', reason: i % 2 === 0 ? null : 'SOLD_OUT' },
    ...{ orderId: i % 2 === 0 ? `o${i + 1}-aaaaaaaaaaaa` : null, seq: i, atMs: 1_900_000_000_000 + i },
  });

  it('[TR2] of one moment share a signature, and each verifies alone with the public key', async () => {
    const receipts = new Receipts(key);
    const signed = await Promise.all(Array.from({ length: 37 }, (_, i) => receipts.sign(verdict(i))));
    expect(new Set(signed.map(({ signature }) => signature)).size).toBe(1);
    for (const [i, receipt] of signed.entries()) {
      expect(receipt).toMatchObject({ ...verdict(i), v: 1, keyId: key.keyId, index: i, size: 37 });
      expect(verdictProblem(receipt, key.publicKey)).toBeUndefined();
    }
    const alone = await receipts.sign(verdict(99));
    expect(alone).toMatchObject({ index: 0, size: 1, path: [] });
    expect(alone.signature).not.toBe(signed[0]?.signature);
    expect(verdictProblem(alone, key.publicKey)).toBeUndefined();
  });

  it('[TR3] that were changed, or signed by another, do not verify', async () => {
    const receipts = new Receipts(key);
    const [first, second] = await Promise.all([receipts.sign(verdict(0)), receipts.sign(verdict(1))]);
    if (!first || !second) throw new Error('not signed');
    for (const change of [
      { userId: 'u1' },
      { verdict: 'REFUSED' as const },
      { lines: [{ saleId: 's', quantity: 2 }] },
      { seq: 1 },
      { atMs: 0 },
      { orderId: null },
      { path: second.path },
      { index: 1 },
      { size: 3 },
    ]) {
      expect([change, verdictProblem({ ...first, ...change }, key.publicKey)]).not.toEqual([
        change,
        undefined,
      ]);
    }
    expect(verdictProblem(first, ed25519Key(purposeKey('another', 'receipts')).publicKey)).toBeDefined();
  });
});

describe('grab tokens', () => {
  const intent = { roomId: 'r', saleId: 's', userId: 'ana', opId: 'operation-1' };
  let nowMs = 1_900_000_000_000;
  const tokens = new GrabTokens(purposeKey(SECRET, 'grab-tokens'), () => nowMs);

  it('[TR5] are bound to room, sale, user and opId, and good for 30 seconds', () => {
    const { token, workBits, expiresAtMs } = tokens.issue(intent, 'token');
    expect({ workBits, expiresAtMs }).toEqual({ workBits: 0, expiresAtMs: nowMs + TOKEN_TTL_MS });
    expect(tokens.level(intent, token, undefined)).toBe(1);
    for (const [field, value] of [
      ['roomId', 'q'],
      ['saleId', 't'],
      ['userId', 'bo'],
      ['opId', 'operation-2'],
    ]) {
      expect(tokens.level({ ...intent, [field as string]: value }, token, undefined)).toBe(0);
    }
    // No field runs into the next.
    expect(tokens.level({ ...intent, roomId: 'r s', saleId: 'ana' }, token, undefined)).toBe(0);
    const other = new GrabTokens(purposeKey('another', 'grab-tokens'), () => nowMs);
    expect(other.level(intent, token, undefined)).toBe(0);
    nowMs += TOKEN_TTL_MS - 1;
    expect(tokens.level(intent, token, undefined)).toBe(1);
    nowMs += 1;
    expect(tokens.level(intent, token, undefined)).toBe(0);
  });

  it('[TR5] can be made longer or easier by nobody', () => {
    const { token } = tokens.issue(intent, 'work');
    const [expires, bits, mac] = token.split('.') as [string, string, string];
    for (const forged of [
      `${(Number.parseInt(expires, 36) + 1).toString(36)}.${bits}.${mac}`,
      `${expires}.0.${mac}`,
      `${expires}.${bits}`,
      `${expires}.${bits}.${mac}=`,
      `${expires}.${bits}.${'A'.repeat(22)}`,
      '',
    ]) {
      expect(tokens.level(intent, forged, undefined)).toBe(0);
    }
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(tokens.level(intent, text, text)).toBe(0);
      }),
      { seed },
    );
  });

  it('[TR6] with work reach their full level only with a proof of as many bits', () => {
    const { token, workBits } = tokens.issue(intent, 'work');
    expect(workBits).toBe(WORK_BITS);
    let hashes = 0;
    const bitsOf = (proof: string) => Math.clz32(sha256(`${token}:${proof}`).readUInt32BE(0));
    for (; bitsOf(String(hashes)) < WORK_BITS; hashes += 1)
      expect(tokens.level(intent, token, String(hashes))).toBe(1);
    expect(tokens.level(intent, token, String(hashes))).toBe(2);
    expect(tokens.level(intent, token, undefined)).toBe(1);
    // A token that asked for no work shows none.
    expect(tokens.level(intent, tokens.issue(intent, 'token').token, String(hashes))).toBe(1);
  });
});

describe('keys', () => {
  it('[TR7] are the same on every node, and another for every purpose and every secret', () => {
    const purposes: SigningPurpose[] = ['receipts', 'grab-tokens', 'pseudonyms'];
    const all = purposes.flatMap((purpose) => [
      purposeKey(SECRET, purpose),
      purposeKey(`${SECRET}!`, purpose),
    ]);
    expect(new Set(all.map((bytes) => bytes.toString('hex'))).size).toBe(6);
    for (const bytes of all) expect(bytes).toHaveLength(32);
    expect(purposeKey(SECRET, 'receipts')).toEqual(purposeKey(SECRET, 'receipts'));
    // A key that signed something must never become another one by an update.
    expect(purposeKey(SECRET, 'receipts').toString('hex')).toBe(
      'f751464cfe73fdba520f542fa7f1d3a8619b64606f1484df9f92e166a0718900',
    );
  });

  it('[TR7] sign as RFC 8032 says, and are published by their thumbprint', () => {
    // RFC 8032 section 7.1, test 1.
    const key = ed25519Key(
      Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex'),
    );
    expect(Buffer.from(key.x, 'base64url').toString('hex')).toBe(
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    );
    // RFC 8037 appendix A.3 has the thumbprint of this very key.
    expect('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k'.startsWith(key.keyId)).toBe(true);
    expect(publicKeySet([key]).keys).toEqual([
      { kty: 'OKP', crv: 'Ed25519', x: key.x, kid: key.keyId, use: 'sig', alg: 'EdDSA' },
    ]);
    const empty = Buffer.from(
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
      'hex',
    );
    expect(verify(null, Buffer.alloc(0), key.publicKey, empty)).toBe(true);
  });
});
