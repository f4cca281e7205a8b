import type { Verdict } from './receipt.ts';

/**
 * The bytes behind a receipt, for whoever signs or checks one. Leaf: 0x00 and the JSON of the verdict's
 * fields in this order; node: 0x01 and both children (RFC 9162 section 2.1). What is signed is
 * `receiptSignedBytes`. docs/receipts.md has an example.
 */
export const RECEIPT_CONTEXT = 'livestall-receipts-v1\n';

export function receiptLeaf(verdict: Verdict): string {
  const { roomId, userId, opId, lines, verdict: said, reason, orderId, seq, atMs } = verdict;
  const pairs = lines.map(({ saleId, quantity }) => [saleId, quantity]);
  return JSON.stringify([roomId, userId, opId, pairs, said, reason, orderId, seq, atMs]);
}

/**
 * The context, the number of receipts signed together and a line feed, then the 32 bytes of the root. The
 * number is signed too, as the tree size is in RFC 9162 section 4.10: without it, one path fits several sizes.
 */
export function receiptSignedBytes(size: number, root: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(`${RECEIPT_CONTEXT}${size}\n`);
  const bytes = new Uint8Array(head.length + root.length);
  bytes.set(head);
  bytes.set(root, head.length);
  return bytes;
}
