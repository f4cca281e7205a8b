import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { QUICKNET } from '../../../shared/lottery/beacon-info.ts';
import type { DrawRecord } from '../../../shared/lottery/record.ts';
import { changesOf } from '../../../shared/lottery/testing/changes.ts';
import { EXAMPLE_LIST, EXAMPLE_RECORD } from '../../../shared/lottery/testing/example.ts';
import { asOf, SAMPLE_CHAIN, sampleDraw } from '../../../shared/lottery/testing/sample-draw.ts';
import { verifyRecord } from '../../../shared/lottery/verify-record.ts';
import { nodeHashes } from '../../lottery/node-hashes.ts';
import { hexOf } from './fixed-chance.ts';
import { type Entry, fourBytes, leafHash, pathOf, treeRoot } from './tree.ts';
import { drawProblems } from './verifier.ts';

const BOTH = { theirs: true, mine: true };

const entryIdOf = (list: readonly Entry[], ticket: number): string => list[ticket - 1]?.[1] ?? '';

/** The record with another list, frozen with the root and the proofs that it has. */
function sealed(record: DrawRecord, list: readonly Entry[]): DrawRecord {
  const leaves = list.map(leafHash);
  const voided = list.filter(([, , state]) => state !== 'ok').length;
  return {
    ...record,
    frozen: record.frozen && {
      ...record.frozen,
      entries: list.length,
      voided,
      root: hexOf(treeRoot(leaves)),
    },
    touched: record.touched.map(({ ticket, state }) => ({
      ...{ ticket, entryId: entryIdOf(list, ticket), state },
      path: pathOf(ticket - 1, leaves).map(hexOf),
    })),
  };
}

/** The record as it would be if i gave these tickets; ranks, prizes and statuses stay where they are. */
function drawn(record: DrawRecord, list: readonly Entry[], ticketAt: (i: number) => number): DrawRecord {
  const met = new Set<number>();
  const line: { i: number; ticket: number }[] = [];
  for (let i = 0; line.length < record.awards.length; i += 1) {
    const ticket = ticketAt(i);
    if (met.has(ticket)) continue;
    met.add(ticket);
    if (list[ticket - 1]?.[2] === 'ok') line.push({ i, ticket });
  }
  const winners = record.drawn?.winners.map((winner, at) => ({ ...winner, ...line[at] })) ?? [];
  return sealed(
    {
      ...record,
      drawn: record.drawn && { ...record.drawn, winners },
      awards: record.awards.map((award, at) => ({ ...award, ...line[at] })),
      touched: [...met].map((ticket) => ({
        ...{ ticket, entryId: entryIdOf(list, ticket), path: [] },
        state: (list[ticket - 1]?.[2] ?? 'ok') as DrawRecord['touched'][number]['state'],
      })),
    },
    list,
  );
}

describe('a record or list that was changed', () => {
  const samples = [
    { record: EXAMPLE_RECORD, list: EXAMPLE_LIST },
    sampleDraw(nodeHashes, { entries: 11, passedOn: 2 }),
    sampleDraw(nodeHashes, { entries: 5, prizes: [3], passedOn: 1, trust: 'operator' }),
    sampleDraw(nodeHashes, {
      entries: 3,
      prizes: [2, 3],
      state: (ticket) => (ticket === 2 ? 'void:left' : 'ok'),
    }),
    sampleDraw(nodeHashes, { entries: 0 }),
  ];
  const chains = [QUICKNET, SAMPLE_CHAIN.info];

  /** What each of the two says; the signatures are known from the sample, so that none costs a pairing. */
  function verdicts(sample: DrawRecord, record: unknown, list: readonly unknown[]) {
    const [signature, round] = [sample.beacon?.signature, sample.beacon?.round];
    const steps = verifyRecord(nodeHashes, record, {
      ...{ entries: list, knownChains: chains },
      checkBeacon: (beacon) => beacon.round === round && beacon.signature === signature,
    });
    return {
      theirs: steps.some(({ result }) => result === 'wrong'),
      mine: drawProblems(record, list, chains).length > 0,
    };
  }

  /** At every moment of the draw. */
  const moments = samples.flatMap(({ record, list }) => [
    { sample: record, record, list },
    ...(['announced', 'frozen', 'drawn'] as const).map((at) => ({
      sample: record,
      record: asOf(record, at),
      list,
    })),
  ]);

  /**
   * What the document does not say of these words (how they are spelt, that there is a prize), and which round a
   * signature is of: that takes BLS.
   */
  const ONLY_THEIRS = new Set(['roomId', 'drawId', 'currency', 'prizes', 'beacon.round']);
  /**
   * What the document says, and the project's steps do not ask at that moment: a round moved before the freeze, and
   * tickets that do not go with the awards as long as the seed is not out.
   */
  const ONLY_MINE = new Set(['beacon.movedFromRound', 'touched']);

  it('[IV4] is found by both verifiers or by neither, whichever single thing it was', () => {
    const found = { both: 0, onlyTheirs: new Set<string>(), onlyMine: new Set<string>() };
    for (const { sample, record, list } of moments) {
      expect(verdicts(sample, record, list)).toEqual({ theirs: false, mine: false });
      for (const { path, value } of changesOf(record)) {
        const { theirs, mine } = verdicts(sample, value, list);
        if (theirs && mine) found.both += 1;
        else if (theirs) found.onlyTheirs.add(path);
        else if (mine) found.onlyMine.add(path);
      }
    }
    expect(found.both).toBeGreaterThan(1000);
    expect([...found.onlyTheirs].filter((path) => !ONLY_THEIRS.has(path))).toEqual([]);
    expect([...found.onlyMine].filter((path) => !ONLY_MINE.has(path))).toEqual([]);
  });

  const { record, list } = sampleDraw(nodeHashes, { entries: 11, passedOn: 2 });

  it('[IV4] is found by both, whichever single thing of the list it was', () => {
    let changes = 0;
    for (const { path, value } of changesOf(list)) {
      if (JSON.stringify(value) === JSON.stringify(list)) continue;
      changes += 1;
      const { theirs, mine } = verdicts(record, record, value as unknown[]);
      expect({ path, value, theirs, mine }).toEqual({ path, value, ...BOTH });
    }
    expect(changes).toBeGreaterThan(200);
  });

  it('[IV4] is found by both, when a list was made up with a root of its own', () => {
    const honest = verdicts(record, sealed(record, list), list);
    expect(honest).toEqual({ theirs: false, mine: false });
    const lists: Record<string, (entry: Entry) => Entry> = {
      'entries: an entryId comes twice': ([ticket, id, state]) => [
        ticket,
        ticket === 4 ? entryIdOf(list, 2) : id,
        state,
      ],
      'entries: tickets have a gap': ([ticket, id, state]) => [ticket >= 7 ? ticket + 1 : ticket, id, state],
    };
    for (const [problem, change] of Object.entries(lists)) {
      const other = list.map(change);
      const made = sealed(record, other);
      expect([problem, verdicts(record, made, other)]).toEqual([problem, BOTH]);
      expect(drawProblems(made, other, chains)).toContain(problem);
    }
    const more = sealed(record, list);
    const voided = { ...more, frozen: more.frozen && { ...more.frozen, voided: more.frozen.voided + 1 } };
    expect(verdicts(record, voided, list)).toEqual(BOTH);
  });

  it('[IV4] is found by both, when it was drawn by another rule', () => {
    const seed = Buffer.from(record.seed ?? '', 'hex');
    const beacon = Buffer.from(record.beacon?.randomness ?? '', 'hex');
    const of = (key: Uint8Array, ...message: (string | Uint8Array)[]): number => {
      const mac = createHmac('sha256', key);
      for (const part of message) mac.update(part);
      return Number(BigInt(`0x${mac.digest('hex')}`) % BigInt(list.length));
    };
    const { drawId } = record;
    expect(drawn(record, list, (i) => of(seed, drawId, beacon, fourBytes(i)) + 1)).toEqual(record);
    const rules: Record<string, (i: number) => number> = {
      'without the beacon': (i) => of(seed, drawId, fourBytes(i)) + 1,
      'with the beacon as text': (i) => of(seed, drawId, hexOf(beacon), fourBytes(i)) + 1,
      'without the drawId': (i) => of(seed, beacon, fourBytes(i)) + 1,
      'with i in eight bytes': (i) => of(seed, drawId, beacon, fourBytes(0), fourBytes(i)) + 1,
      'with the lowest byte of i first': (i) => of(seed, drawId, beacon, fourBytes(i).reverse()) + 1,
      'with the seed as text': (i) => of(Buffer.from(hexOf(seed)), drawId, beacon, fourBytes(i)) + 1,
      'from i = 1 on': (i) => of(seed, drawId, beacon, fourBytes(i + 1)) + 1,
      'with tickets from 0': (i) => of(seed, drawId, beacon, fourBytes(i)) || list.length,
      'for a friend': (i) => (i === 0 ? 9 : of(seed, drawId, beacon, fourBytes(i)) + 1),
    };
    for (const [what, ticketAt] of Object.entries(rules)) {
      expect([what, verdicts(record, drawn(record, list, ticketAt), list)]).toEqual([what, BOTH]);
    }
  });

  it('[IV4] is found by this one from the record alone, when an entrant was met twice', () => {
    const [first, second] = record.touched.map(({ ticket }) => ticket) as [number, number];
    const other = list.map(
      ([ticket, id, state]): Entry => [ticket, ticket === second ? entryIdOf(list, first) : id, state],
    );
    expect(drawProblems(sealed(record, other))).toEqual(['root: an entryId has two tickets']);
  });

  it('[IV4] is found by this one, when a round was moved without need, or prizes are too many', () => {
    const moved = (movedFromRound: number) => ({
      ...record,
      beacon: record.beacon && { ...record.beacon, movedFromRound },
    });
    const round = record.beacon?.round ?? 0;
    expect(drawProblems(moved(round - 1))).toEqual([
      expect.stringContaining('order: moved to another round'),
    ]);
    expect(drawProblems(moved(round - 4))).toEqual([]);
    const many = record.prizes.map((prize) => ({ ...prize, count: 5001 }));
    expect(drawProblems({ ...record, prizes: many })).toEqual(['prizes: expected 10,000 at most']);
  });
});
