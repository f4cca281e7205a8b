import type { Hashes } from '../../../shared/lottery/fair-draw.ts';
import { nodeHash } from '../../../shared/lottery/merkle-log.ts';

/** A Merkle tree with all of its nodes, for many proofs from one: level 0 has the leaves, the last one the root. */
export type Levels = readonly (readonly Uint8Array[])[];

/** In the shape of RFC 9162: a node without a neighbour goes up as it is. */
export function levelsOf(h: Hashes, leaves: readonly Uint8Array[]): Levels {
  const levels: Uint8Array[][] = [[...leaves]];
  for (let level = levels[0] as Uint8Array[]; level.length > 1; ) {
    const above: Uint8Array[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const [left, right] = [level[at] as Uint8Array, level[at + 1]];
      above.push(right ? nodeHash(h, left, right) : left);
    }
    levels.push(above);
    level = above;
  }
  return levels;
}

/** The siblings of leaf `index`, from the leaf up: its inclusion proof in this tree. */
export function pathIn(levels: Levels, index: number): Uint8Array[] {
  const path: Uint8Array[] = [];
  for (const [height, level] of levels.entries()) {
    const sibling = level[(index >> height) ^ 1];
    if (sibling) path.push(sibling);
  }
  return path;
}
