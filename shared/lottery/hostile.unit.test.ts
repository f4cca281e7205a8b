import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeHashes } from '../../server/lottery/node-hashes.ts';
import type { Hashes } from './fair-draw.ts';
import type { DrawRecord } from './record.ts';
import { changesOf } from './testing/changes.ts';
import { asOf, SAMPLE_CHAIN, sampleDraw } from './testing/sample-draw.ts';
import { STEPS_MAX, verifyRecord } from './verify-record.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);

/** Counts what a check costs. */
function counting(): Hashes & { count: number } {
  const counted = {
    count: 0,
    sha256: (bytes: Uint8Array) => {
      counted.count += 1;
      return nodeHashes.sha256(bytes);
    },
    hmacSha256: (key: Uint8Array, bytes: Uint8Array) => {
      counted.count += 1;
      return nodeHashes.hmacSha256(key, bytes);
    },
  };
  return counted;
}

const { record, list, proofOf } = sampleDraw(nodeHashes, { passedOn: 2 });
const knownChains = [SAMPLE_CHAIN.info];
const with_ = (change: (copy: DrawRecord) => void): DrawRecord => {
  const copy = structuredClone(record);
  change(copy);
  return copy;
};
const wrongSteps = (value: unknown, h: Hashes = nodeHashes) =>
  verifyRecord(h, value, { knownChains, checkBeacon: () => true, entries: list }).filter(
    ({ result }) => result === 'wrong',
  );

describe('a hostile record', () => {
  it('[FD14] of any value at all gives steps', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (value, mine, earlier) => {
        expect(verifyRecord(nodeHashes, value, { mine, earlier }).length).toBeGreaterThan(0);
        const steps = verifyRecord(nodeHashes, record, {
          mine: mine ?? 0,
          earlier: earlier ?? 0,
          entries: [value],
        });
        expect(steps.some(({ result }) => result === 'wrong')).toBe(true);
      }),
      { seed, numRuns: 500 },
    );
  });

  it('[FD14] with any two things changed gives steps, at every phase, at the cost of its size', () => {
    const honest = counting();
    verifyRecord(honest, record, { knownChains, entries: list, mine: proofOf(1) });
    const phases = [record, asOf(record, 'announced'), asOf(record, 'frozen'), asOf(record, 'drawn')];
    for (const phase of phases) {
      const all = [...changesOf(phase)];
      fc.assert(
        fc.property(fc.constantFrom(...all), fc.nat(), ({ value }, at) => {
          const again = [...changesOf(value)];
          const twice = again[at % again.length]?.value;
          const h = counting();
          expect(
            verifyRecord(h, twice, { knownChains, entries: list, mine: proofOf(1) }).length,
          ).toBeGreaterThan(0);
          expect(h.count).toBeLessThan(4 * honest.count);
        }),
        { seed, numRuns: 100 },
      );
    }
  });

  it('[FD14] without tickets, with winners all the same', () => {
    const none = with_(({ frozen }) => Object.assign(frozen ?? {}, { entries: 0, voided: 0 }));
    expect(wrongSteps(none).map(({ id }) => id)).toEqual(['root', 'entries', 'sequence', 'winners']);
  });

  it('[FD14] that claims a late i costs no more than stepsMax', () => {
    for (const i of [STEPS_MAX, 2 ** 32 - 1]) {
      const late = with_(({ awards }) => Object.assign(awards.at(-1) ?? {}, { i }));
      const h = counting();
      const step = verifyRecord(h, late, { knownChains }).find(({ id }) => id === 'sequence');
      expect(step).toMatchObject({ result: 'unchecked', detail: 'TOO_LONG', values: { upTo: i } });
      expect(h.count).toBeLessThan(100);
    }
    const h = counting();
    const late = with_(({ awards }) => Object.assign(awards.at(-1) ?? {}, { i: 5000 }));
    const found = verifyRecord(h, late, { knownChains, stepsMax: 5001 }).find(({ id }) => id === 'sequence');
    expect(found).toMatchObject({ result: 'wrong', detail: 'OTHER_TICKET' });
    expect(h.count).toBeLessThan(5100);
  });

  it('[FD14] with one ticket and ten thousand winners, or repeats for ever', () => {
    const winners = Array.from({ length: 10_000 }, (_, at) => ({ rank: at + 1, i: at, ticket: 1 }));
    const many = with_((copy) => {
      Object.assign(copy.frozen ?? {}, { entries: 1, voided: 0 });
      Object.assign(copy.drawn ?? {}, { winners });
      copy.prizes = [{ title: 'All', valueMinor: 1, count: 10_000 }];
      copy.awards = winners.map((winner) => ({ ...winner, prizeIndex: 0, status: 'won' }));
      copy.touched = winners.map(() => ({ ...proofOf(1), path: [] }));
    });
    const h = counting();
    expect(wrongSteps(many, h).map(({ id }) => id)).toEqual([
      'root',
      'entries',
      'sequence',
      'winners',
      'awards',
    ]);
    expect(h.count).toBeLessThan(50_000);
  });

  it('[FD14] with more tickets than can be, all void, all valid, or met twice', () => {
    for (const entries of [41, 1_000_000, 2 ** 32 - 1]) {
      const more = with_(({ frozen }) => Object.assign(frozen ?? {}, { entries }));
      expect(wrongSteps(more).map(({ id }) => id)).toContain('sequence');
    }
    expect(wrongSteps(with_(({ frozen }) => Object.assign(frozen ?? {}, { voided: 40 })))).not.toEqual([]);
    expect(wrongSteps(with_(({ frozen }) => Object.assign(frozen ?? {}, { voided: 41 })))).not.toEqual([]);
    const twice = with_((copy) => copy.touched.push(copy.touched[0] as (typeof copy.touched)[number]));
    expect(wrongSteps(twice)).toMatchObject([{ id: 'sequence', detail: 'NEVER_MET' }]);
  });

  it('[FD14] with conditions nested as deep as JSON goes', () => {
    const depth = 50_000;
    const deep = JSON.parse(`${'{"kind":"x","of":'.repeat(depth)}1${'}'.repeat(depth)}`);
    const nested = { ...record, conditions: [deep] };
    expect(verifyRecord(nodeHashes, nested, { earlier: structuredCloneOf(nested) })).toContainEqual(
      expect.objectContaining({ id: 'earlier', detail: 'CHANGED' }),
    );
  });

  it('[FD14] a list without end is read to the first entry too many', () => {
    let read = 0;
    function* endless() {
      for (;;) {
        read += 1;
        yield list[read - 1] ?? [read, Buffer.from(`entry ${read + 100_000}`).toString('base64url'), 'ok'];
      }
    }
    const steps = verifyRecord(nodeHashes, record, { knownChains, entries: endless() });
    expect(steps.find(({ id }) => id === 'entries')).toMatchObject({
      detail: 'LIST_SIZE',
      values: { listed: 41 },
    });
    expect(read).toBe(41);
  });
});

/** Other objects all along, however deep: `structuredClone` itself gives up there. */
function structuredCloneOf(value: DrawRecord): DrawRecord {
  const depth = 50_000;
  const deep = JSON.parse(`${'{"kind":"x","of":'.repeat(depth)}1${'}'.repeat(depth)}`);
  return { ...value, conditions: [deep] };
}
