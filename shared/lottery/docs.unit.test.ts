import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { nodeHashes as h } from '../../server/lottery/node-hashes.ts';
import { QUICKNET } from './beacon-info.ts';
import { bytesOfHex, hexOf, joined } from './bytes.ts';
import { TicketSequence, VOID_REASONS } from './fair-draw.ts';
import { MerkleBuilder } from './merkle-log.ts';
import { drawRecordSchema } from './record.ts';
import { STEP_IDS } from './step.ts';
import { EXAMPLE_LEAVES, EXAMPLE_LIST, EXAMPLE_RECORD, EXAMPLE_TICKETS } from './testing/example.ts';

const docs = readFileSync(new URL('../../docs/fair-draw.md', import.meta.url), 'utf8');

describe('docs/fair-draw.md', () => {
  it('[FD1] has the example that is tested here', () => {
    const block = /\n```json\n(.*?)```/s.exec(docs)?.[1] ?? '';
    expect(JSON.parse(block)).toEqual(EXAMPLE_RECORD);
    for (const [at, entry] of EXAMPLE_LIST.entries()) {
      const line = docs.split('\n').find((each) => each.startsWith(JSON.stringify(entry)));
      expect(line?.endsWith(` ${EXAMPLE_LEAVES[at]}`)).toBe(true);
    }
    for (const name of ['chainHash', 'publicKey', 'genesisTimeS', 'periodS'] as const) {
      expect(docs).toMatch(new RegExp(`^${name} +${QUICKNET[name]}$`, 'm'));
    }
  });

  it('[FD1] has the numbers that its example gives', () => {
    const seed = bytesOfHex(EXAMPLE_RECORD.seed ?? '');
    const beacon = bytesOfHex(EXAMPLE_RECORD.beacon?.randomness ?? '');
    const { drawId } = EXAMPLE_RECORD;
    const tickets = (entries: number, bytes: Uint8Array, count: number) => {
      const sequence = new TicketSequence(h, { seed, drawId, beacon: bytes, entries });
      return Array.from({ length: count }, () => sequence.next().ticket).join(' ');
    };
    expect(docs).toContain(`\ntickets ${EXAMPLE_TICKETS.join(' ')}\n`);
    expect(docs).toContain(`\nmillion ${tickets(1_000_000, beacon, 8)}\n`);
    expect(docs).toContain(`\noperator ${tickets(7, new Uint8Array(0), 8)}\n`);
    const message = joined(new TextEncoder().encode(drawId), beacon, new Uint8Array(4));
    expect(docs).toContain(`r of i = 0 is \`${hexOf(h.hmacSha256(seed, message))}\``);
    const tree = new MerkleBuilder(h);
    expect(docs).toContain(`\`${hexOf(tree.root())}\``);
    for (const leaf of EXAMPLE_LEAVES.slice(0, 3)) tree.append(bytesOfHex(leaf));
    expect(docs).toContain(`\`${hexOf(tree.root())}\``);
  });

  it('[FD1] names every field, state and step', () => {
    const { beacon, frozen, drawn } = EXAMPLE_RECORD;
    const names = [
      ...Object.keys(drawRecordSchema.shape),
      ...[beacon, frozen, drawn, EXAMPLE_RECORD.awards[0], EXAMPLE_RECORD.touched[0]].flatMap((each) =>
        Object.keys(each ?? {}),
      ),
      ...[...VOID_REASONS, ...STEP_IDS],
    ];
    expect(names.filter((name) => !docs.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('what a page loads', () => {
  const folder = dirname(fileURLToPath(import.meta.url));
  const VALUES = /^(?:import|export)\s+(?!type\b)[^;]*?from\s+'([^']+)'/gm;

  /** All that a file brings along at run time; names of packages as they are. */
  function loaded(file: string, found = new Set<string>()): Set<string> {
    if (found.has(file)) return found;
    found.add(file);
    for (const [, from = ''] of readFileSync(file, 'utf8').matchAll(VALUES)) {
      if (from.startsWith('.')) loaded(join(dirname(file), from), found);
      else found.add(from);
    }
    return found;
  }
  const packages = (file: string) => [...loaded(join(folder, file))].filter((each) => !each.startsWith('/'));

  it('[FD20] carries no zod, and the pairing arithmetic only with the signature check', () => {
    expect(packages('record.ts')).toEqual(['zod']);
    expect(packages('verify-beacon.ts')).toEqual(['@noble/curves/bls12-381.js']);
    for (const file of [
      'verify-record.ts',
      'plain-hashes.ts',
      'entry-list.ts',
      'record-shape.ts',
      'beacon-info.ts',
    ]) {
      expect([file, packages(file)]).toEqual([file, []]);
    }
    const withPackages = readdirSync(folder).filter(
      (file) => /^[a-z-]+\.ts$/.test(file) && packages(file).length > 0,
    );
    expect(withPackages).toEqual(['record.ts', 'verify-beacon.ts']);
  });
});
