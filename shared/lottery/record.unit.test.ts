import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nodeHashes as h } from '../../server/lottery/node-hashes.ts';
import { drawRecordSchema, listedTicketSchema } from './record.ts';
import { isDrawRecord, isOwnTicket, recordFault } from './record-shape.ts';
import { changesOf } from './testing/changes.ts';
import { EXAMPLE_RECORD } from './testing/example.ts';
import { asOf, sampleDraw } from './testing/sample-draw.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);
const { record, proofOf } = sampleDraw(h, { passedOn: 1 });
const records = [
  ...[EXAMPLE_RECORD, record, asOf(record, 'announced'), asOf(record, 'frozen'), asOf(record, 'drawn')],
  ...[sampleDraw(h, { trust: 'operator' }).record, sampleDraw(h, { entries: 0 }).record],
  { ...record, redrawOf: { drawId: 'd_before', reason: 'A prize was wrong' }, conditions: [] },
];

it('[FD15] the records of honest draws have the shape', () => {
  for (const each of records) {
    expect(recordFault(each)).toBe(null);
    expect(drawRecordSchema.parse(each)).toEqual(each);
  }
});

it('[FD15] is refused by hand wherever the schema refuses it, and only there: any single change', () => {
  let refused = 0;
  for (const each of records) {
    for (const { value } of changesOf(each)) {
      const isGood = drawRecordSchema.safeParse(value).success;
      expect(isDrawRecord(value)).toBe(isGood);
      if (!isGood) refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(500);
});

it('[FD15] is refused by hand wherever the schema refuses it, and only there: anything in any field', () => {
  const odd = fc.oneof(
    fc.anything({ maxDepth: 2, withNullPrototype: false }),
    fc.constantFrom(
      undefined,
      0,
      -1,
      2 ** 32 - 1,
      2 ** 32,
      10_000,
      10_001,
      2 ** 53,
      'a'.repeat(1001),
      '00'.repeat(32),
    ),
    fc.integer({ min: 0, max: 60 }).map((length) => Array.from({ length }, () => ({ kind: 'present' }))),
    fc.constantFrom(null, [], {}),
  );
  const within = fc.constantFrom(
    ...[
      '',
      'prizes.0',
      'beacon',
      'frozen',
      'drawn',
      'drawn.winners.0',
      'awards.0',
      'touched.0',
      'conditions.0',
    ],
    'redrawOf',
  );
  const name = fc.constantFrom(...new Set(records.flatMap((each) => fieldNames(each))), '__proto__', 'note');
  fc.assert(
    fc.property(fc.constantFrom(...records), within, name, odd, (each, place, field, value) => {
      const changed = structuredClone(each) as unknown;
      const parent = place === '' ? changed : place.split('.').reduce(fieldOf, changed);
      fc.pre(typeof parent === 'object' && parent !== null);
      if (value === undefined) delete (parent as Record<string, unknown>)[field];
      else
        Object.defineProperty(parent, field, { value, enumerable: true, configurable: true, writable: true });
      expect(isDrawRecord(changed)).toBe(drawRecordSchema.safeParse(changed).success);
    }),
    { seed, numRuns: 4000 },
  );
  fc.assert(
    fc.property(fc.anything(), (value) => {
      expect(isDrawRecord(value)).toBe(drawRecordSchema.safeParse(value).success);
    }),
    { seed, numRuns: 500 },
  );
});

function fieldNames(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(fieldNames);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([field, each]) => [field, ...fieldNames(each)]);
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined;
}

it('says where it goes wrong', () => {
  const [prize] = record.prizes;
  expect(recordFault({ ...record, prizes: [{ ...prize, count: 0 }] })).toBe('prizes[0].count');
  const many = [5000, 5001].map((count) => ({ ...prize, count }));
  expect(recordFault({ ...record, prizes: many })).toBe('prizes');
  expect(drawRecordSchema.safeParse({ ...record, prizes: many }).success).toBe(false);
  expect(recordFault({ ...record, beacon: { ...record.beacon, signature: '00' } })).toBe('beacon.signature');
  expect(recordFault({ ...record, note: 1 })).toBe('record');
  expect(recordFault([])).toBe('record');
});

it('[FD17] takes a ticket with its proof, with or without its state', () => {
  const { state, ...mine } = proofOf(3);
  expect(listedTicketSchema.safeParse({ ...mine, state }).success).toBe(true);
  expect([isOwnTicket(mine), isOwnTicket({ ...mine, state }), isOwnTicket({ ...mine, root: 'x' })]).toEqual([
    ...[true, true, true],
  ]);
  for (const wrong of [
    null,
    [],
    'x',
    {},
    { ...mine, state: 'void' },
    { ...mine, path: ['zz'] },
    { ...mine, ticket: 0 },
  ]) {
    expect(isOwnTicket(wrong)).toBe(false);
  }
});
