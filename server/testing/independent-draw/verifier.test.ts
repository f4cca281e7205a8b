import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verifyInclusion } from '../../../shared/lottery/merkle-log.ts';
import type { DrawRecord } from '../../../shared/lottery/record.ts';
import { sampleDraw } from '../../../shared/lottery/testing/sample-draw.ts';
import { nodeHashes } from '../../lottery/node-hashes.ts';
import { importsOf, ROOT, sourceFiles } from '../architecture-scan.ts';
import { bytesFor, hexOf, ticketsUpTo } from './fixed-chance.ts';
import { type DrawKey, numberOf, ticketOfNumber } from './sequence.ts';
import { type Entry, leafHash, nodeHash, pathOf, rootByPath, sha256, treeRoot } from './tree.ts';
import { drawProblems } from './verifier.ts';

describe('the document', () => {
  const text = readFileSync(join(ROOT, 'docs/fair-draw.md'), 'utf8');
  const record = JSON.parse(/```json\n(.*?)```/s.exec(text)?.[1] ?? '') as DrawRecord;
  const lines = [...text.matchAll(/^(\[\d+,"[^"]+","[^"]+"\]) +([0-9a-f]{64})$/gm)];
  const list = lines.map(([, entry]) => JSON.parse(entry ?? '') as Entry);
  const tickets = (name: string): number[] =>
    (new RegExp(`^${name} ([\\d ]+)$`, 'm').exec(text)?.[1] ?? '').split(' ').map(Number);
  const key: DrawKey = {
    seed: Buffer.from(record.seed ?? '', 'hex'),
    ...{ drawId: record.drawId, beacon: Buffer.from(record.beacon?.randomness ?? '', 'hex'), size: 7 },
  };
  const sequence = (of: DrawKey, length: number) =>
    Array.from({ length }, (_, i) => ticketOfNumber(numberOf(of, i), of.size));

  it('[IV1] has an example that holds, with its list and without', () => {
    expect(list).toHaveLength(7);
    expect(drawProblems(record, list)).toEqual([]);
    expect(drawProblems(record)).toEqual([]);
  });

  it('[IV1] has the numbers that its example gives', () => {
    const leaves = list.map(leafHash);
    expect(leaves.map(hexOf)).toEqual(lines.map(([, , hash]) => hash));
    expect(text).toContain(`first three leaves is \`${hexOf(treeRoot(leaves.slice(0, 3)))}\``);
    expect(text).toContain(`\`${hexOf(treeRoot([]))}\``);
    expect(sequence(key, 16)).toEqual(tickets('tickets'));
    expect(sequence({ ...key, size: 1_000_000 }, 8)).toEqual(tickets('million'));
    expect(sequence({ ...key, beacon: Buffer.of() }, 8)).toEqual(tickets('operator'));
    expect(text).toContain(`r of i = 0 is \`${numberOf(key, 0).toString(16).padStart(64, '0')}\``);
  });

  it('[IV1] has no ticket for the numbers of the last, incomplete stretch', () => {
    const space = 2n ** 256n;
    const end = space - (space % 7n);
    expect([end - 1n, end, space - 1n].map((r) => ticketOfNumber(r, 7))).toEqual([7, undefined, undefined]);
    expect([0n, 6n, 7n].map((r) => ticketOfNumber(r, 7))).toEqual([1, 7, 1]);
    // Of a power of two there is no such stretch.
    expect(ticketOfNumber(space - 1n, 2 ** 31)).toBe(2 ** 31);
  });
});

describe('the tree', () => {
  const leavesOf = (size: number): Buffer[] => ticketsUpTo(size).map((ticket) => bytesFor('leaf', ticket));

  /** "The same tree comes of pairing neighbours, level by level": as the document says it. */
  function rootByPairs(leaves: readonly Buffer[]): Buffer {
    let level = [...leaves];
    while (level.length > 1) {
      level = level.flatMap((node, at) => {
        const right = level[at + 1];
        if (at % 2 === 1) return [];
        return [right === undefined ? node : nodeHash(node, right)];
      });
    }
    return level[0] ?? sha256();
  }

  /** "A proof": the document's loop over the bits of `fn` and `sn`, word by word. */
  function rootByBits(
    ticket: number,
    size: number,
    leaf: Buffer,
    path: readonly Buffer[],
  ): Buffer | undefined {
    let [fn, sn, r] = [ticket - 1, size - 1, leaf];
    for (const p of path) {
      if (sn === 0) return undefined;
      if (fn % 2 === 1 || fn === sn) {
        r = nodeHash(p, r);
        for (; fn % 2 === 0 && fn !== 0; sn >>= 1) fn >>= 1;
      } else {
        r = nodeHash(r, p);
      }
      [fn, sn] = [fn >> 1, sn >> 1];
    }
    return sn === 0 ? r : undefined;
  }

  it('[IV5] is the same by halves, by pairs, by its proofs, and as the project has it', () => {
    for (const size of [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65]) {
      const leaves = leavesOf(size);
      const root = treeRoot(leaves);
      expect(rootByPairs(leaves)).toEqual(root);
      for (const [index, leaf] of leaves.entries()) {
        const path = pathOf(index, leaves);
        expect(rootByPath(index, size, leaf, path)).toEqual(root);
        expect(rootByBits(index + 1, size, leaf, path)).toEqual(root);
        expect(verifyInclusion(nodeHashes, { leaf, index, size, path, root })).toBe(true);
        for (const other of [path.slice(1), path.slice(0, -1), [...path, root]]) {
          if (other.length === path.length) continue;
          expect(rootByPath(index, size, leaf, other)).toBeUndefined();
          expect(rootByBits(index + 1, size, leaf, other)).toBeUndefined();
          expect(verifyInclusion(nodeHashes, { leaf, index, size, path: other, root })).toBe(false);
        }
      }
    }
  });

  it('[IV5] proves no ticket beyond N, though its bits may lead to the root', () => {
    const [first, hidden] = [leafHash([1, 'a'.repeat(16), 'ok']), leafHash([4, 'b'.repeat(16), 'ok'])];
    const root = nodeHash(first, hidden);
    expect(rootByBits(4, 2, hidden, [first])).toEqual(root);
    expect(verifyInclusion(nodeHashes, { leaf: hidden, index: 3, size: 2, path: [first], root })).toBe(false);
    const { record } = sampleDraw(nodeHashes, { entries: 2, state: () => 'ok', prizes: [1] });
    const listed = { ticket: 4, entryId: 'b'.repeat(16), state: 'ok' as const, path: [hexOf(first)] };
    const forged = {
      ...record,
      frozen: record.frozen && { ...record.frozen, root: hexOf(root) },
      touched: [listed],
    };
    expect(drawProblems(forged)).toContain('root: ticket 4 is not in the frozen list as it is shown');
  });
});

it('[IV6] the verifier has no import of the project but its own files', () => {
  const own = 'server/testing/independent-draw/';
  const imports = sourceFiles('.ts')
    .filter(({ path }) => path.startsWith(own) && !path.endsWith('.test.ts'))
    .flatMap(importsOf);
  expect(imports).toContain('node:crypto');
  expect(imports.filter((name) => name !== 'node:crypto' && !name.startsWith(own))).toEqual([]);
});
