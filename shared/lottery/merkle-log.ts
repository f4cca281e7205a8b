import { sameBytes } from './bytes.ts';
import type { Hashes } from './fair-draw.ts';

/**
 * A Merkle tree over leaf hashes in the shape of RFC 9162 section 2.1.1, built in one pass. Leaves are taken in
 * aligned chunks of 1024: the roots of the chunks are a level of the tree, so a proof needs the leaves of one chunk
 * and the roots of all, never the whole list.
 */

export const CHUNK_LEAVES = 1024;
const HASH_BYTES = 32;

/** SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(h: Hashes, left: Uint8Array, right: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + HASH_BYTES * 2);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 1 + HASH_BYTES);
  return h.sha256(bytes);
}

/** Takes leaf hashes in the order of their tickets. Memory: 32 bytes a chunk, and at most 11 hashes more. */
export class MerkleBuilder {
  readonly #h: Hashes;
  readonly #roots: Uint8Array[];
  /** Roots of the complete subtrees of the open chunk, the largest first. */
  readonly #open: { leaves: number; root: Uint8Array }[] = [];
  #inChunk = 0;

  /** `fullChunks`: the roots of the chunks before, each of 1024 leaves, to go on where a crash left off. */
  constructor(h: Hashes, fullChunks: readonly Uint8Array[] = []) {
    this.#h = h;
    this.#roots = [...fullChunks];
  }

  append(leaf: Uint8Array): void {
    let [leaves, root] = [1, leaf];
    for (let last = this.#open.at(-1); last?.leaves === leaves; last = this.#open.at(-1)) {
      this.#open.pop();
      root = nodeHash(this.#h, last.root, root);
      leaves *= 2;
    }
    this.#open.push({ leaves, root });
    this.#inChunk += 1;
    if (this.#inChunk < CHUNK_LEAVES) return;
    this.#roots.push(root);
    this.#open.length = 0;
    this.#inChunk = 0;
  }

  get size(): number {
    return this.#roots.length * CHUNK_LEAVES + this.#inChunk;
  }

  root(): Uint8Array {
    return rootFromChunks(this.#h, this.chunkRoots());
  }

  /** The roots of all chunks in order; the last chunk may have fewer leaves. */
  chunkRoots(): Uint8Array[] {
    if (this.#inChunk === 0) return [...this.#roots];
    const last = this.#open
      .map(({ root }) => root)
      .reduceRight((right, left) => nodeHash(this.#h, left, right));
    return [...this.#roots, last];
  }
}

/** The root of the tree; of an empty one, SHA-256 of nothing. */
export function rootFromChunks(h: Hashes, chunkRoots: readonly Uint8Array[]): Uint8Array {
  return chunkRoots.length === 0 ? h.sha256(new Uint8Array(0)) : topOf(levelsOf(h, chunkRoots));
}

/**
 * The inclusion proof (RFC 9162 section 2.1.3.1) of leaf `index`, counted from 0 in the whole tree: the siblings
 * from the leaf up. `leavesOfChunk`: the leaf hashes of chunk ⌊index / 1024⌋; `chunkRoots`: all of them. It hashes the
 * whole chunk: for many tickets of a chunk, or of one tree, see `ChunkProofs`.
 * @throws RangeError when these are not a chunk and the roots of a tree of `size` leaves.
 */
export function inclusionPath(
  h: Hashes,
  leavesOfChunk: readonly Uint8Array[],
  chunkRoots: readonly Uint8Array[],
  index: number,
  size: number,
): Uint8Array[] {
  if (!Number.isInteger(index) || index < 0 || index >= size) throw new RangeError('no such leaf');
  const chunk = Math.floor(index / CHUNK_LEAVES);
  return new ChunkProofs(h, leavesOfChunk, chunk, levelsOf(h, chunkRoots), size).path(index);
}

/** The proofs of all leaves of a chunk, each without hashing anything again. */
export class ChunkProofs {
  readonly #first: number;
  readonly #within: Levels;
  readonly #above: Levels;

  /**
   * `above`: the levels over the roots of all chunks, `levelsOf(h, chunkRoots)`, the same for every chunk.
   * @throws RangeError as `inclusionPath`.
   */
  constructor(h: Hashes, leavesOfChunk: readonly Uint8Array[], chunk: number, above: Levels, size: number) {
    const roots = above[0] ?? [];
    const expected = Math.min(CHUNK_LEAVES, size - chunk * CHUNK_LEAVES);
    if (leavesOfChunk.length !== expected) throw new RangeError(`chunk ${chunk} has ${expected} leaves`);
    if (roots.length !== Math.ceil(size / CHUNK_LEAVES)) throw new RangeError('not the roots of all chunks');
    this.#first = chunk * CHUNK_LEAVES;
    this.#above = above;
    this.#within = levelsOf(h, leavesOfChunk);
    if (!sameBytes(topOf(this.#within), roots[chunk] as Uint8Array)) {
      throw new RangeError(`these are not the leaves of chunk ${chunk}`);
    }
  }

  /** @throws RangeError when the leaf, counted from 0 in the whole tree, is not of this chunk. */
  path(index: number): Uint8Array[] {
    const at = index - this.#first;
    if (this.#within[0]?.[at] === undefined) throw new RangeError('no such leaf in this chunk');
    return [...siblings(this.#within, at), ...siblings(this.#above, this.#first / CHUNK_LEAVES)];
  }
}

/** A tree's nodes from its leaves to its root, level by level. */
export type Levels = readonly (readonly Uint8Array[])[];

/** Pairs neighbours level by level: a node without a neighbour goes up as it is. */
export function levelsOf(h: Hashes, nodes: readonly Uint8Array[]): Levels {
  const levels = [nodes];
  for (let level = nodes; level.length > 1; ) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const [left, right] = [level[i] as Uint8Array, level[i + 1]];
      above.push(right ? nodeHash(h, left, right) : left);
    }
    levels.push(above);
    level = above;
  }
  return levels;
}

function topOf(levels: Levels): Uint8Array {
  return levels.at(-1)?.[0] as Uint8Array;
}

function siblings(levels: Levels, index: number): Uint8Array[] {
  return levels.slice(0, -1).flatMap((level, height) => level[Math.floor(index / 2 ** height) ^ 1] ?? []);
}

export type InclusionProof = {
  leaf: Uint8Array;
  /** Place of the leaf, from 0. */
  index: number;
  size: number;
  path: readonly Uint8Array[];
  root: Uint8Array;
};

/** RFC 9162 section 2.1.3.2. False for whatever is not a proof; never throws. */
export function verifyInclusion(h: Hashes, { leaf, index, size, path, root }: InclusionProof): boolean {
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(index) || index < 0 || index >= size) return false;
  if ([leaf, ...path].some(({ length }) => length !== HASH_BYTES)) return false;
  let place = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of path) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      hash = nodeHash(h, sibling, hash);
      // The last node of a level may have no neighbour; it then goes up as it is.
      while (place % 2 === 0 && place !== 0) {
        place /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      hash = nodeHash(h, hash, sibling);
    }
    place = Math.floor(place / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && sameBytes(hash, root);
}
