import { createHash, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Receipt, receiptSchema, type Verdict } from '../../shared/kernel/receipt.ts';
import { receiptLeaf, receiptSignedBytes } from '../../shared/kernel/receipt-bytes.ts';
import { checkReceipt, isReceipt, type PublicJwk, readKeySet } from '../../shared/trade/receipt-check.ts';
import { Receipts } from '../trade/receipts.ts';
import { ed25519Key, publicKeySet } from '../trade/signing-keys.ts';
import { EXAMPLE_KEY, EXAMPLE_KEYS, EXAMPLE_LEAF, EXAMPLE_RECEIPT, EXAMPLE_SEED } from './testing/example.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);
const key = ed25519Key(Buffer.alloc(32, 7));
const keys = readKeySet(publicKeySet([key])) as PublicJwk[];

const verdictOf = (n: number): Verdict => ({
  ...{ roomId: 'linen-house', userId: `u-${n}`, opId: `op-${n}-abcdefgh` },
  lines: [{ saleId: `sale_${n % 3}`, quantity: 1 + (n % 4) }],
  ...(n % 2 === 0
    ? { verdict: 'HELD' as const, reason: null, orderId: `o${n + 1}-Xk29fLq8Zw01` }
    : { verdict: 'REFUSED' as const, reason: 'SOLD_OUT', orderId: null }),
  ...{ seq: 1000 + n, atMs: 1_900_000_000_000 + n },
});

/** Receipts that were asked for in one turn of the event loop share a signature. */
function signBatch(size: number): Promise<Receipt[]> {
  const receipts = new Receipts(key);
  return Promise.all(Array.from({ length: size }, (_, n) => receipts.sign(verdictOf(n))));
}

function leafHash(leaf: string): Buffer {
  return createHash('sha256').update(`\0${leaf}`).digest();
}

function exampleRoot(): Buffer {
  const sibling = Buffer.from(EXAMPLE_RECEIPT.path[0] as string, 'base64url');
  return createHash('sha256').update('\x01').update(sibling).update(leafHash(EXAMPLE_LEAF)).digest();
}

/** The root as RFC 9162 section 2.1.1 defines it, word for word. */
function definedRoot(leaves: readonly Buffer[]): Buffer {
  const hash = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
  const [only] = leaves;
  if (only && leaves.length === 1) return hash(Uint8Array.of(0), only);
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return hash(Uint8Array.of(1), definedRoot(leaves.slice(0, k)), definedRoot(leaves.slice(k)));
}

describe('a receipt that was signed', () => {
  it('[RC1] holds, at every place of a batch of 1 to 70', async () => {
    for (let size = 1; size <= 70; size += 1) {
      const batch = await signBatch(size);
      expect(batch.map(({ index }) => index)).toEqual(batch.map((_, n) => n));
      expect(new Set(batch.map(({ signature }) => signature)).size).toBe(1);
      for (const receipt of batch) {
        expect([size, receipt.index, await checkReceipt(receipt, keys)]).toEqual([
          ...[size, receipt.index, { ok: true }],
        ]);
      }
    }
  });

  it('[RC1] signs the root that RFC 9162 defines, and the size', async () => {
    for (const size of [1, 2, 3, 5, 6, 7, 8, 13, 33, 64, 65, 70]) {
      const [first] = await signBatch(size);
      const leaves = Array.from({ length: size }, (_, n) => Buffer.from(receiptLeaf(verdictOf(n))));
      const signed = receiptSignedBytes(size, definedRoot(leaves));
      const signature = Buffer.from(first?.signature ?? '', 'base64url');
      expect([size, verify(null, signed, key.publicKey, signature)]).toEqual([size, true]);
    }
  });

  it('passes through JSON unharmed', async () => {
    const [, second] = await signBatch(3);
    expect(await checkReceipt(JSON.parse(JSON.stringify(second)), keys)).toEqual({ ok: true });
  });

  it('holds for a name that no one expected', async () => {
    const userId = '"\\\u0000\ud83d\u2028 名';
    const receipt = await new Receipts(key).sign({ ...verdictOf(1), userId });
    expect(await checkReceipt(JSON.parse(JSON.stringify(receipt)), keys)).toEqual({ ok: true });
  });
});

describe('a receipt that was changed', () => {
  it('[RC2] does not hold, whichever field it was and whatever it became', async () => {
    const batches = new Map<number, Receipt[]>();
    for (const size of [1, 2, 3, 4, 5, 7, 8, 9, 31, 64]) batches.set(size, await signBatch(size));
    const whole = fc.oneof(fc.nat(70), fc.nat());
    const text = fc.oneof(fc.string({ maxLength: 90 }), fc.constantFrom('SOLD_OUT', 'linen-house', 'u-1'));
    const values: Record<keyof Receipt, fc.Arbitrary<unknown>> = {
      v: whole,
      ...{ roomId: text, userId: text, opId: text, keyId: text, signature: text },
      lines: fc.array(
        fc.record({ saleId: fc.constantFrom('sale_0', 'sale_1'), quantity: fc.integer({ min: 1, max: 4 }) }),
      ),
      verdict: fc.constantFrom('HELD', 'REFUSED', 'MAYBE'),
      ...{ reason: fc.option(text), orderId: fc.option(text) },
      ...{ seq: whole, atMs: whole, index: whole, size: whole },
      path: fc.array(text, { maxLength: 8 }),
    };
    const change = fc
      .constantFrom(...(Object.keys(values) as (keyof Receipt)[]))
      .chain((field) => fc.tuple(fc.constant(field), values[field]));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...batches.keys()),
        fc.nat(),
        change,
        async (size, at, [field, value]) => {
          const batch = batches.get(size) as Receipt[];
          const receipt = batch[at % size] as Receipt;
          fc.pre(JSON.stringify(receipt[field]) !== JSON.stringify(value));
          expect((await checkReceipt({ ...receipt, [field]: value }, keys)).ok).toBe(false);
        },
      ),
      { seed, numRuns: 800 },
    );
  });

  it('[RC2] does not hold with any other place or size, in batches of up to 9', async () => {
    for (let size = 1; size <= 9; size += 1) {
      for (const receipt of await signBatch(size)) {
        for (let otherSize = 1; otherSize <= 12; otherSize += 1) {
          for (const index of [receipt.index - 1, receipt.index, receipt.index + 1]) {
            if (otherSize === size && index === receipt.index) continue;
            expect((await checkReceipt({ ...receipt, index, size: otherSize }, keys)).ok).toBe(false);
          }
        }
      }
    }
  });

  it('[RC2] does not hold with one bit of its signature or path flipped, nor with spare bits set', async () => {
    const receipt = (await signBatch(7))[2] as Receipt;
    const flipped = (text: string, bit: number) => {
      const bytes = Buffer.from(text, 'base64url');
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
      return bytes.toString('base64url');
    };
    for (let bit = 0; bit < 512; bit += 7) {
      const changed = { ...receipt, signature: flipped(receipt.signature, bit) };
      expect(await checkReceipt(changed, keys)).toEqual({ ok: false, why: 'BAD_SIGNATURE' });
      const path = receipt.path.map((text, level) => (level === bit % 3 ? flipped(text, bit >> 1) : text));
      expect(await checkReceipt({ ...receipt, path }, keys)).toEqual({ ok: false, why: 'BAD_SIGNATURE' });
    }
    // 64 bytes leave four bits of the last character unused, 32 bytes two: the same bytes, another text.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = (text: string) => alphabet.indexOf(text.at(-1) as string);
    const twin = (text: string) => text.slice(0, -1) + alphabet[last(text) ^ 1];
    expect(Buffer.from(twin(receipt.signature), 'base64url')).toEqual(
      Buffer.from(receipt.signature, 'base64url'),
    );
    expect(await checkReceipt({ ...receipt, signature: twin(receipt.signature) }, keys)).toEqual({
      ...{ ok: false, why: 'BAD_SIGNATURE' },
    });
    const path = [twin(receipt.path[0] as string), ...receipt.path.slice(1)];
    expect(await checkReceipt({ ...receipt, path }, keys)).toEqual({ ok: false, why: 'BAD_PATH' });
  });

  it('says what is wrong with it', async () => {
    const [, second] = (await signBatch(3)) as [Receipt, Receipt, Receipt];
    const whyOf = async (changed: unknown, given = keys) => {
      const found = await checkReceipt(changed, given);
      return found.ok ? 'holds' : found.why;
    };
    expect(await whyOf(null)).toBe('MALFORMED');
    expect(await whyOf({ ...second, note: 'x' })).toBe('MALFORMED');
    expect(await whyOf({ ...second, v: 2 })).toBe('MALFORMED');
    expect(await whyOf(second, [])).toBe('UNKNOWN_KEY');
    expect(await whyOf({ ...second, path: second.path.slice(1) })).toBe('BAD_PATH');
    expect(await whyOf({ ...second, path: [...second.path, second.path[0]] })).toBe('BAD_PATH');
    expect(await whyOf({ ...second, index: 3 })).toBe('BAD_PATH');
    expect(await whyOf({ ...second, seq: second.seq + 1 })).toBe('BAD_SIGNATURE');
    const other = ed25519Key(Buffer.alloc(32, 8));
    const renamed = readKeySet(publicKeySet([{ ...other, keyId: key.keyId }])) as PublicJwk[];
    expect(await whyOf(second, renamed)).toBe('BAD_SIGNATURE');
  });
});

describe('the shape', () => {
  it('[RC3] is refused by hand wherever the schema refuses it, and only there', async () => {
    const good = await signBatch(3);
    const part = fc.constantFrom(...Object.keys(good[0] as Receipt), 'note', '__proto__');
    const anything = fc.anything({ maxDepth: 2, withNullPrototype: false });
    const near = fc
      .tuple(
        fc.constantFrom(...good),
        part,
        fc.oneof(anything, fc.constantFrom(undefined, 'x', 0, 1, -1, 1.5)),
      )
      .map(([receipt, name, value]) => {
        const changed: Record<string, unknown> = { ...receipt };
        if (value === undefined) delete changed[name];
        else Object.defineProperty(changed, name, { value, enumerable: true, configurable: true });
        return changed;
      });
    const line = fc.record({
      saleId: fc.constantFrom('sale_0', '', 's'.repeat(64), 's'.repeat(65), 'a b', 7),
      quantity: fc.oneof(fc.constantFrom(0, 1, 1000, 1001, 2 ** 53, -1, 0.5, '1', null), fc.integer()),
    });
    const other = fc
      .tuple(fc.constantFrom(...good), fc.array(fc.oneof(line, anything), { maxLength: 3 }))
      .map(([receipt, lines]) => ({ ...receipt, lines }));
    fc.assert(
      fc.property(
        fc.oneof({ weight: 5, arbitrary: near }, { weight: 3, arbitrary: other }, anything),
        (value) => {
          expect(isReceipt(value)).toBe(receiptSchema.safeParse(value).success);
        },
      ),
      { seed, numRuns: 3000 },
    );
  });

  it('a key set brings its Ed25519 keys; other keys are passed over, other values refused', () => {
    const [jwk] = keys;
    const rsa = { kty: 'RSA', kid: 'a', n: 'x', e: 'AQAB' };
    expect(readKeySet({ keys: [rsa, jwk, { ...jwk, x: 'short' }] })).toEqual([jwk]);
    expect(readKeySet(jwk)).toEqual([jwk]);
    for (const wrong of [null, 'x', [], {}, { keys: {} }, rsa]) expect(readKeySet(wrong)).toBe(null);
  });
});

describe('the example in docs/receipts.md', () => {
  const docs = readFileSync(new URL('../../docs/receipts.md', import.meta.url), 'utf8');
  const block = (language: string) =>
    new RegExp(`\\n\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(docs)?.[1] ?? '';

  it('[RC4] is the one that is tested here', () => {
    expect(JSON.parse(block('json'))).toEqual(EXAMPLE_RECEIPT);
    for (const [name, value] of [
      ['secret', EXAMPLE_SEED],
      ['x', EXAMPLE_KEY.x],
      ['kid', EXAMPLE_KEY.kid],
      ['leaf', EXAMPLE_LEAF],
      ['hash', leafHash(EXAMPLE_LEAF).toString('hex')],
      ['root', exampleRoot().toString('hex')],
      ['signed', Buffer.from(receiptSignedBytes(2, exampleRoot())).toString('hex')],
    ]) {
      const lines = docs.split('\n').filter((line) => line.startsWith(`${name} `));
      expect(lines.map((line) => line.split(/ +/)[1])).toContain(value);
    }
  });

  it('[RC4] comes with code that checks it, and every other receipt', async () => {
    type Code = { holds(receipt: unknown, jwk: PublicJwk): Promise<boolean> };
    const code = (await import(`data:text/javascript,${encodeURIComponent(block('js'))}`)) as Code;
    expect(await code.holds(EXAMPLE_RECEIPT, EXAMPLE_KEY)).toBe(true);
    expect(await code.holds({ ...EXAMPLE_RECEIPT, seq: 4712 }, EXAMPLE_KEY)).toBe(false);
    const [jwk] = keys as [PublicJwk];
    for (const size of [1, 2, 3, 6, 7, 11, 21]) {
      for (const receipt of await signBatch(size)) {
        expect([size, receipt.index, await code.holds(receipt, jwk)]).toEqual([size, receipt.index, true]);
        expect(await code.holds({ ...receipt, index: receipt.index + 1 }, jwk)).toBe(false);
        expect(await code.holds({ ...receipt, size: size + 1 }, jwk)).toBe(false);
      }
    }
  });

  it('[RC4] is made of the bytes that it shows', async () => {
    const example = ed25519Key(Buffer.from(EXAMPLE_SEED, 'hex'));
    expect(publicKeySet([example])).toEqual(EXAMPLE_KEYS);
    expect(example.keyId).toBe(EXAMPLE_KEY.kid);
    const { v: _v, keyId: _k, index: _i, size: _s, path: _p, signature: _sig, ...verdict } = EXAMPLE_RECEIPT;
    expect(receiptLeaf(verdict)).toBe(EXAMPLE_LEAF);
    const signer = new Receipts(example);
    const before = signer.sign({ ...verdict, userId: 'u-1000', opId: 'another-op-id' });
    expect(await signer.sign(verdict)).toEqual(EXAMPLE_RECEIPT);
    await before;
    expect(await checkReceipt(EXAMPLE_RECEIPT, [EXAMPLE_KEY])).toEqual({ ok: true });
  });
});
