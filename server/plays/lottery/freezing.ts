import { hexOf } from '../../../shared/lottery/bytes.ts';
import { leafHash, stateOfCode } from '../../../shared/lottery/fair-draw.ts';
import { CHUNK_LEAVES, MerkleBuilder } from '../../../shared/lottery/merkle-log.ts';
import { nodeHashes } from '../../lottery/node-hashes.ts';
import type { DrawRow } from './draw-reads.reader.ts';
import { entryIds } from './draw-secrets.ts';
import type { DrawWork } from './draw-work.ts';
import { judgedAtOnce } from './lottery.rules.ts';

/**
 * Judges all tickets of a closed draw, some dozens a call, and builds the tree over them meanwhile. What was judged
 * stays judged, and roots of full chunks lie with the draw: a node that takes over goes on from there, and two that do
 * it at once read the same and come to the same root. False where the draw has moved on meanwhile.
 */
export async function freezeDraw(
  { steps, reads, isStopping }: DrawWork,
  roomId: string,
  row: DrawRow,
): Promise<boolean> {
  const { drawId, conditions } = row.head;
  const entryId = entryIds(row.entryKey);
  const count = judgedAtOnce(conditions.length);
  const stored = await reads.roots(roomId, drawId);
  const tree = new MerkleBuilder(nodeHashes, stored);
  let told = stored.length;
  const judge = (from: number) => {
    const roots = tree.chunkRoots().slice(told, Math.floor(tree.size / CHUNK_LEAVES));
    const done = { from: told, roots };
    told += roots.length;
    const judged = steps.freeze(roomId, drawId, { from, count, done });
    // It runs ahead of the hashing; whoever awaits it hears of a failure.
    judged.catch(() => undefined);
    return judged;
  };

  let next = tree.size < row.entries ? judge(tree.size) : undefined;
  while (next !== undefined) {
    const judged = await next;
    if (judged === undefined || isStopping()) return false;
    const { users, codes } = judged;
    const first = tree.size + 1;
    const isLast = tree.size + users.length >= row.entries;
    next = isLast ? undefined : judge(tree.size + users.length);
    for (const [at, user] of users.entries()) {
      const state = stateOfCode(codes.charAt(at));
      tree.append(leafHash(nodeHashes, first + at, entryId(user), state));
    }
  }
  const roots = tree.chunkRoots();
  await steps.frozen(roomId, drawId, hexOf(tree.root()), { from: told, roots: roots.slice(told) });
  return true;
}
