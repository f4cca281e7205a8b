import { describe, expect, it } from 'vitest';
import { nodeHashes as h } from '../../server/lottery/node-hashes.ts';
import { changesOf } from './testing/changes.ts';
import { asOf, SAMPLE_CHAIN, sampleDraw } from './testing/sample-draw.ts';
import { verifyRecord } from './verify-record.ts';

const { record, list } = sampleDraw(h, { passedOn: 2 });
const options = {
  entries: list,
  knownChains: [SAMPLE_CHAIN.info],
  checkBeacon: ({ round, signature }: { round: number; signature: string }) =>
    SAMPLE_CHAIN.sign(round).signature === signature,
};
/** A finished draw has no step that is not yet possible either. */
const isFound = (value: unknown, earlier?: unknown) =>
  verifyRecord(h, value, { ...options, earlier }).some(
    ({ result }) => result === 'wrong' || result === 'not-yet',
  );

/**
 * Words that no hash binds; docs/fair-draw.md lists them. A beacon of another name is an unknown one, whose step is
 * `unchecked`.
 */
const UNBOUND = new Set([
  ...['roomId', 'title', 'currency', 'prizes[].title', 'prizes[].valueMinor', 'conditions', 'conditions[]'],
  ...['conditions[].kind', 'conditions[].minutes', 'redrawOf', 'drawn.atMs', 'awards[].status'],
  ...[
    'committedAtMs',
    'openedAtMs',
    'closesAtMs',
    'frozen.atMs',
    'beacon.movedFromRound',
    'beacon.chainHash',
  ],
]);

describe('a finished record that was changed', () => {
  it('[FD13] does not hold, whichever single thing it was, but for words that no hash can bind', () => {
    const missed = new Set<string>();
    let changes = 0;
    for (const { path, value } of changesOf(record)) {
      if (JSON.stringify(value) === JSON.stringify(record)) continue;
      changes += 1;
      if (!isFound(value)) missed.add(path);
    }
    expect(changes).toBeGreaterThan(500);
    expect([...missed].filter((path) => !UNBOUND.has(path))).toEqual([]);
  });

  it('[FD13] does not hold beside a copy from the freeze, but for what may still change', () => {
    const earlier = asOf(record, 'frozen');
    const missed = new Set<string>();
    for (const { path, value } of changesOf(record)) {
      if (JSON.stringify(value) !== JSON.stringify(record) && !isFound(value, earlier)) missed.add(path);
    }
    expect([...missed].toSorted()).toEqual(['awards[].status', 'drawn.atMs']);
  });

  it('[FD13] nor beside a copy of itself, whatever it was', () => {
    for (const { value } of changesOf(record)) {
      if (JSON.stringify(value) === JSON.stringify(record)) continue;
      expect([isFound(value, record), value]).toEqual([true, value]);
    }
  });

  it('[FD13] nor with any other seed, round or list that fit it in themselves', () => {
    const others = [
      sampleDraw(h, { passedOn: 2, seed: '08'.repeat(32) }),
      sampleDraw(h, { passedOn: 2, entries: 41 }),
      sampleDraw(h, { passedOn: 2, state: () => 'ok' }),
      sampleDraw(h, { passedOn: 2, drawId: 'd_other' }),
    ];
    for (const other of others) {
      expect(isFound(other.record)).toBe(other.record.frozen?.root !== record.frozen?.root);
      expect(isFound(other.record, asOf(record, 'frozen'))).toBe(true);
    }
  });
});

describe('an earlier copy', () => {
  it('[FD13] allows what may come, and a round that was moved because the list was frozen late', () => {
    for (const phase of ['announced', 'frozen', 'drawn'] as const)
      expect(isFound(record, asOf(record, phase))).toBe(false);
    const announced = asOf(record, 'announced');
    const round = (announced.beacon?.round ?? 0) - 5;
    const named = { ...announced, beacon: announced.beacon && { ...announced.beacon, round } };
    const moved = (movedFromRound: number | null) => ({
      ...record,
      beacon: record.beacon && { ...record.beacon, movedFromRound },
    });
    expect(isFound(moved(round), named)).toBe(false);
    expect(isFound(moved(round + 1), named)).toBe(true);
    expect(isFound(moved(null), named)).toBe(true);
    expect(isFound(moved(round), { ...named, frozen: record.frozen })).toBe(true);
    // A list that is frozen may not say afterwards that it was late.
    expect(isFound(moved(round), asOf(record, 'frozen'))).toBe(true);
  });

  it('[FD13] of another shape is wrong itself', () => {
    expect(isFound(record, { drawId: record.drawId })).toBe(true);
  });
});
