import { createHash } from 'node:crypto';

/** A Merkle tree over leaf hashes, in the shape of RFC 9162 section 2.1: nothing is repeated to fill it up. */
export type MerkleTree = {
  root: Buffer;
  /** Sibling hashes of a leaf, from the leaf up (RFC 9162 section 2.1.3). */
  path(index: number): Buffer[];
};

export function merkleTree(leaves: readonly Buffer[]): MerkleTree {
  if (leaves.length === 0) throw new Error('a tree needs a leaf');
  // Pairing neighbours level by level gives the same tree as splitting at the largest power of two: a
  // node without a neighbour goes up as it is.
  const levels: (readonly Buffer[])[] = [leaves];
  for (let level = leaves; level.length > 1; ) {
    const above: Buffer[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const [left, right] = [level[i] as Buffer, level[i + 1]];
      above.push(right ? merkleNode(left, right) : left);
    }
    levels.push(above);
    level = above;
  }
  return {
    root: (levels.at(-1) as readonly Buffer[])[0] as Buffer,
    path(index) {
      const path: Buffer[] = [];
      let at = index;
      for (const level of levels.slice(0, -1)) {
        const sibling = level[at ^ 1];
        if (sibling) path.push(sibling);
        at >>= 1;
      }
      return path;
    },
  };
}

export function merkleNode(left: Buffer, right: Buffer): Buffer {
  return createHash('sha256').update(Uint8Array.of(1)).update(left).update(right).digest();
}
