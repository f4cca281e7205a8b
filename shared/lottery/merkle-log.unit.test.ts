import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeHashes as h } from '../../server/lottery/node-hashes.ts';
import { merkleTree } from '../../server/trade/merkle.ts';
import { hexOf } from './bytes.ts';
import {
  CHUNK_LEAVES,
  ChunkProofs,
  inclusionPath,
  levelsOf,
  MerkleBuilder,
  rootFromChunks,
  verifyInclusion,
} from './merkle-log.ts';
import { EXAMPLE_LEAVES, EXAMPLE_RECORD } from './testing/example.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);
const hash = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
const leavesOf = (size: number) => Array.from({ length: size }, (_, n) => hash(Buffer.from(`leaf ${n}`)));

/** The root as RFC 9162 section 2.1.1 defines it, over leaf hashes. */
function definedRoot(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return hash();
  if (leaves.length === 1) return leaves[0] as Buffer;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return hash(Uint8Array.of(1), definedRoot(leaves.slice(0, k)), definedRoot(leaves.slice(k)));
}

function built(leaves: readonly Uint8Array[]): MerkleBuilder {
  const tree = new MerkleBuilder(h);
  for (const leaf of leaves) tree.append(leaf);
  return tree;
}

function pathOf(leaves: readonly Uint8Array[], roots: readonly Uint8Array[], index: number): Uint8Array[] {
  const from = Math.floor(index / CHUNK_LEAVES) * CHUNK_LEAVES;
  return inclusionPath(h, leaves.slice(from, from + CHUNK_LEAVES), roots, index, leaves.length);
}

const AT_BORDERS = [1023, 1024, 1025, 2047, 2048, 2049, 3072, 4097, 5000];

describe('the tree', () => {
  it('[FD5] has the root that RFC 9162 defines, at sizes 0 to 70 and around chunks', () => {
    for (const size of [...Array.from({ length: 71 }, (_, n) => n), ...AT_BORDERS]) {
      const leaves = leavesOf(size);
      const tree = built(leaves);
      expect([size, tree.size, hexOf(tree.root())]).toEqual([
        size,
        size,
        definedRoot(leaves).toString('hex'),
      ]);
      expect(tree.chunkRoots()).toHaveLength(Math.ceil(size / CHUNK_LEAVES));
    }
  });

  it('[FD5] is that of receipts', () => {
    for (const size of [1, 2, 3, 7, 64, 70, 1025]) {
      const leaves = leavesOf(size);
      expect(hexOf(built(leaves).root())).toBe(merkleTree(leaves).root.toString('hex'));
    }
  });

  it('[FD5] goes on from the roots of its chunks, and asking on the way changes nothing', () => {
    const leaves = leavesOf(3500);
    const whole = built(leaves);
    for (const chunks of [0, 1, 2, 3]) {
      const tree = new MerkleBuilder(h, whole.chunkRoots().slice(0, chunks));
      for (const leaf of leaves.slice(chunks * CHUNK_LEAVES)) {
        tree.append(leaf);
        if (tree.size % 500 === 0) tree.root();
      }
      expect([tree.size, hexOf(tree.root())]).toEqual([3500, hexOf(whole.root())]);
      expect(tree.chunkRoots().map(hexOf)).toEqual(whole.chunkRoots().map(hexOf));
    }
    expect(hexOf(rootFromChunks(h, whole.chunkRoots()))).toBe(hexOf(whole.root()));
  });

  it('[FD1] of the example has its root', () => {
    const leaves = EXAMPLE_LEAVES.map((leaf) => Buffer.from(leaf, 'hex'));
    expect(hexOf(built(leaves).root())).toBe(EXAMPLE_RECORD.frozen?.root);
    expect(hexOf(built([]).root())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });
});

describe('a proof', () => {
  it('[FD6] holds at every place of trees of 1 to 70, and is that of receipts', () => {
    for (let size = 1; size <= 70; size += 1) {
      const leaves = leavesOf(size);
      const tree = built(leaves);
      const [root, roots, other] = [tree.root(), tree.chunkRoots(), merkleTree(leaves)];
      for (const [index, leaf] of leaves.entries()) {
        const path = pathOf(leaves, roots, index);
        expect(path.map(hexOf)).toEqual(other.path(index).map(hexOf));
        expect([size, index, verifyInclusion(h, { leaf, index, size, path, root })]).toEqual([
          size,
          index,
          true,
        ]);
      }
    }
  });

  it('[FD6] holds around chunks', () => {
    for (const size of AT_BORDERS) {
      const leaves = leavesOf(size);
      const tree = built(leaves);
      const places = [0, 1, 1022, 1023, 1024, 1025, 2047, 2048, 3071, 3072, 4095, 4096, size - 2, size - 1];
      for (const index of new Set(places.filter((place) => place < size))) {
        const path = pathOf(leaves, tree.chunkRoots(), index);
        const leaf = leaves[index] as Buffer;
        expect(verifyInclusion(h, { leaf, index, size, path, root: tree.root() })).toBe(true);
      }
    }
  });

  it('[FD6] holds for nothing else: another leaf, place, size, root, or path', () => {
    const trees = new Map(
      [1, 2, 3, 5, 8, 13, 64, 70, 1025].map((size) => {
        const leaves = leavesOf(size);
        const tree = built(leaves);
        return [size, { leaves, root: tree.root(), roots: tree.chunkRoots() }];
      }),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...trees.keys()),
        fc.nat(),
        fc.nat(255),
        fc.nat(2 ** 20),
        (size, at, bit, other) => {
          const { leaves, root, roots } = trees.get(size) as {
            leaves: Buffer[];
            root: Uint8Array;
            roots: Uint8Array[];
          };
          const index = at % size;
          const proof = { leaf: leaves[index] as Uint8Array, index, size, root };
          const path = pathOf(leaves, roots, index);
          const flipped = (bytes: Uint8Array) =>
            bytes.map((byte, place) => (place === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
          const holds = (changed: object) => verifyInclusion(h, { ...proof, path, ...changed });
          expect(holds({})).toBe(true);
          expect(holds({ leaf: flipped(proof.leaf) })).toBe(false);
          expect(holds({ root: flipped(proof.root) })).toBe(false);
          if (other % size !== index) expect(holds({ index: other % size })).toBe(false);
          const level = other % Math.max(1, path.length);
          if (path.length > 0) {
            expect(holds({ path: path.map((each, k) => (k === level ? flipped(each) : each)) })).toBe(false);
            expect(holds({ path: path.filter((_, k) => k !== level) })).toBe(false);
          }
          expect(holds({ path: [...path, proof.root] })).toBe(false);
        },
      ),
      { seed, numRuns: 300 },
    );
  });

  it('[FD6] of what is no place in a tree does not hold, and does not throw', () => {
    const [leaf] = leavesOf(1) as [Buffer];
    const root = leaf;
    for (const [index, size] of [
      ...[
        [-1, 1],
        [1, 1],
        [0, 0],
        [0.5, 1],
        [0, 1.5],
        [0, Number.NaN],
        [0, 2 ** 60],
      ],
    ] as [number, number][]) {
      expect(verifyInclusion(h, { leaf, index, size, path: [], root })).toBe(false);
    }
    // Longer than the tree is high, though it leads to the root.
    const above = hash(Uint8Array.of(1), leaf, leaf);
    expect(verifyInclusion(h, { leaf, index: 0, size: 1, path: [leaf], root: above })).toBe(false);
    const path = [Buffer.alloc(31)];
    expect(verifyInclusion(h, { leaf, index: 0, size: 2, path, root })).toBe(false);
  });

  it('[FD6] comes for all leaves of a chunk at once', () => {
    const leaves = leavesOf(2100);
    const tree = built(leaves);
    const above = levelsOf(h, tree.chunkRoots());
    for (const chunk of [0, 1, 2]) {
      const from = chunk * CHUNK_LEAVES;
      const ofChunk = leaves.slice(from, from + CHUNK_LEAVES);
      const proofs = new ChunkProofs(h, ofChunk, chunk, above, leaves.length);
      for (const [at, leaf] of ofChunk.entries()) {
        const proof = { leaf, index: from + at, size: leaves.length, root: tree.root() };
        expect(verifyInclusion(h, { ...proof, path: proofs.path(from + at) })).toBe(true);
      }
      for (const other of [from - 1, from + ofChunk.length, from + 0.5]) {
        expect(() => proofs.path(other)).toThrow('no such leaf');
      }
    }
  });

  it('[FD6] is not made from the wrong chunk, or for no leaf', () => {
    const leaves = leavesOf(2500);
    const roots = built(leaves).chunkRoots();
    const chunk = (n: number) => leaves.slice(n * CHUNK_LEAVES, (n + 1) * CHUNK_LEAVES);
    expect(() => inclusionPath(h, chunk(1), roots, 5, 2500)).toThrow('not the leaves of chunk 0');
    expect(() => inclusionPath(h, chunk(2), roots, 5, 2500)).toThrow('chunk 0 has 1024 leaves');
    expect(() => inclusionPath(h, chunk(0), roots.slice(1), 5, 2500)).toThrow('roots of all chunks');
    expect(() => inclusionPath(h, chunk(0), roots, 2500, 2500)).toThrow('no such leaf');
  });
});
