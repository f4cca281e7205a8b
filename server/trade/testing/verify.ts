import { createHash, type KeyObject, verify } from 'node:crypto';
import type { Receipt } from '../../../shared/kernel/receipt.ts';

/**
 * Checks a receipt with the public key alone. Written anew from docs/receipts.md and RFC 9162 section 2.1.3.2,
 * sharing no code with whoever signs. Returns what is wrong.
 */
export function verdictProblem(receipt: Receipt, publicKey: KeyObject): string | undefined {
  const { roomId, userId, opId, lines, verdict, reason, orderId, seq, atMs, index, size, path } = receipt;
  const asked = lines.map((line) => [line.saleId, line.quantity]);
  const leaf = JSON.stringify([roomId, userId, opId, asked, verdict, reason, orderId, seq, atMs]);
  const root = rootOf(sha256(Buffer.from([0]), Buffer.from(leaf)), index, size, path);
  if (typeof root === 'string') return root;
  const signed = Buffer.concat([Buffer.from(`livestall-receipts-v1\n${size}\n`), root]);
  return verify(null, signed, publicKey, Buffer.from(receipt.signature, 'base64url'))
    ? undefined
    : 'the signature does not fit';
}

/** The root that an inclusion path leads to (RFC 9162 section 2.1.3.2), or what is wrong with the path. */
export function rootOf(leaf: Buffer, index: number, size: number, path: readonly string[]): Buffer | string {
  if (index >= size) return 'the index is outside the tree';
  let [fn, sn, r] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (sn === 0) return 'the path is too long';
    const p = Buffer.from(sibling, 'base64url');
    if (fn % 2 === 1 || fn === sn) {
      r = sha256(Buffer.from([1]), p, r);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn >> 1, sn >> 1];
    } else r = sha256(Buffer.from([1]), r, p);
    [fn, sn] = [fn >> 1, sn >> 1];
  }
  return sn === 0 ? r : 'the path is too short';
}

function sha256(...parts: Buffer[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}
