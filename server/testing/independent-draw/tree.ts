import { hash } from 'node:crypto';

/** The tree over the frozen list, written as RFC 9162 section 2.1 defines it: by recursion, from the root down. */

/** One line of the list, as it is published: ticket, entryId, state. */
export type Entry = readonly [ticket: number, entryId: string, state: string];

export const sha256 = (...parts: readonly Uint8Array[]): Buffer =>
  hash('sha256', Buffer.concat(parts), 'buffer');

/** A number of 32 bits without a sign, as four bytes, the highest first. */
export function fourBytes(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

export const leafHash = ([ticket, entryId, state]: Entry): Buffer =>
  sha256(LEAF, fourBytes(ticket), Buffer.from(entryId + state, 'utf8'));

export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256(NODE, left, right);

/** The largest power of two that is smaller than `size`; `size` is at least 2. */
function split(size: number): number {
  let k = 1;
  while (k * 2 < size) k *= 2;
  return k;
}

/** MTH of section 2.1.1: the root over leaf hashes. */
export function treeRoot(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (only === undefined) return sha256();
  if (leaves.length === 1) return only;
  const k = split(leaves.length);
  return nodeHash(treeRoot(leaves.slice(0, k)), treeRoot(leaves.slice(k)));
}

/** PATH of section 2.1.3.1: the siblings of leaf `index` (from 0), the one next to the leaf first. */
export function pathOf(index: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length <= 1) return [];
  const k = split(leaves.length);
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
  return index < k
    ? [...pathOf(index, left), treeRoot(right)]
    : [...pathOf(index - k, right), treeRoot(left)];
}

/**
 * The root that a proof leads to. It follows the definition of PATH from the root down, and not the loop over bits
 * of section 2.1.3.2 that fair-draw.md describes: two ways to the same answer are worth more than one.
 *
 * @returns undefined when a path for leaf `index` of `size` leaves has another length.
 */
export function rootByPath(
  index: number,
  size: number,
  leaf: Buffer,
  path: readonly Buffer[],
): Buffer | undefined {
  const last = path.at(-1);
  if (size === 1) return last === undefined ? leaf : undefined;
  if (last === undefined) return undefined;
  const k = split(size);
  const below = path.slice(0, -1);
  const half = index < k ? rootByPath(index, k, leaf, below) : rootByPath(index - k, size - k, leaf, below);
  if (half === undefined) return undefined;
  return index < k ? nodeHash(half, last) : nodeHash(last, half);
}
