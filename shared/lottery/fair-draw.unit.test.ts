import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeHashes } from '../../server/lottery/node-hashes.ts';
import { bytesOfHex, hexOf } from './bytes.ts';
import {
  codeOfState,
  commitOf,
  ENTRY_STATES,
  type EntryState,
  leafHash,
  STATE_CODES,
  stateOfCode,
  TicketSequence,
  ticketOf,
  VOID_REASONS,
} from './fair-draw.ts';
import { EXAMPLE_LEAVES, EXAMPLE_LIST, EXAMPLE_RECORD, EXAMPLE_TICKETS } from './testing/example.ts';

const fcSeed = Number(process.env.LIVESTALL_TEST_SEED);
const h = nodeHashes;
const entryId = 'Anna-4vQx81LmZk0';

/** The method in the words of the document, without any code of ours. */
function drawnBy(seed: Buffer, drawId: string, beacon: Buffer, entries: number, count: number) {
  const found: { i: number; ticket: number }[] = [];
  const n = BigInt(entries);
  for (let i = 0; found.length < count; i += 1) {
    const place = Buffer.alloc(4);
    place.writeUInt32BE(i);
    const message = Buffer.concat([Buffer.from(drawId, 'utf8'), beacon, place]);
    const r = BigInt(`0x${createHmac('sha256', seed).update(message).digest('hex')}`);
    if (r < (2n ** 256n / n) * n) found.push({ i, ticket: Number(r % n) + 1 });
  }
  return found;
}

describe('the bytes', () => {
  it('[FD1] of commitment and leaf are those of the document', () => {
    const seed = Buffer.from(EXAMPLE_RECORD.seed ?? '', 'hex');
    expect(hexOf(commitOf(h, seed))).toBe(createHash('sha256').update(seed).digest('hex'));
    for (const [at, [ticket, id, state]] of EXAMPLE_LIST.entries()) {
      const place = Buffer.alloc(4);
      place.writeUInt32BE(ticket);
      const bytes = Buffer.concat([Buffer.of(0), place, Buffer.from(id), Buffer.from(state)]);
      expect(EXAMPLE_LEAVES[at]).toBe(createHash('sha256').update(bytes).digest('hex'));
      expect(hexOf(leafHash(h, ticket, id, state))).toBe(EXAMPLE_LEAVES[at]);
    }
    const high = hexOf(leafHash(h, 0xfedcba98, entryId, 'ok'));
    const bytes = Buffer.concat([Buffer.from('00fedcba98', 'hex'), Buffer.from(`${entryId}ok`)]);
    expect(high).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('[FD1] of the tickets are those of the document, whatever the draw', () => {
    const hex = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    fc.assert(
      fc.property(
        hex(32),
        fc.oneof(fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/), fc.string({ unit: 'binary', maxLength: 9 })),
        fc.oneof(hex(32), hex(0)),
        fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 2 ** 32 - 1 })),
        fc.integer({ min: 0, max: 9 }),
        (seed, drawId, beacon, entries, fromI) => {
          const expected = drawnBy(Buffer.from(seed), drawId, Buffer.from(beacon), entries, 20);
          const sequence = new TicketSequence(h, { seed, drawId, beacon, entries }, fromI);
          const got = Array.from({ length: 10 }, () => sequence.next());
          expect(got).toEqual(expected.slice(fromI, fromI + 10));
        },
      ),
      { seed: fcSeed, numRuns: 60 },
    );
  });

  it('[FD1] of the example give its tickets', () => {
    const { seed, drawId, beacon } = EXAMPLE_RECORD;
    const inputs = { seed: bytesOfHex(seed ?? ''), drawId, beacon: bytesOfHex(beacon?.randomness ?? '') };
    const sequence = new TicketSequence(h, { ...inputs, entries: EXAMPLE_LIST.length });
    expect(EXAMPLE_TICKETS.map(() => sequence.next().ticket)).toEqual(EXAMPLE_TICKETS);
  });
});

describe('a number', () => {
  it('[FD2] stands for a ticket: in a space of 2^k each has exactly ⌊2^k / N⌋', () => {
    for (const bits of [1, 4, 8]) {
      const space = 2 ** bits;
      for (let entries = 1; entries <= Math.min(space, 70); entries += 1) {
        const counts = new Map<number | undefined, number>();
        for (let r = 0; r < space; r += 1) {
          const ticket = ticketOf(BigInt(r), BigInt(entries), BigInt(bits));
          counts.set(ticket, (counts.get(ticket) ?? 0) + 1);
        }
        const each = Math.floor(space / entries);
        for (let ticket = 1; ticket <= entries; ticket += 1) expect(counts.get(ticket)).toBe(each);
        expect(counts.get(undefined) ?? 0).toBe(space - each * entries);
      }
    }
  });

  it('[FD2] of the incomplete last round is skipped, and its i with it', () => {
    const entries = 7n;
    const limit = (2n ** 256n / entries) * entries;
    const numbers = [limit, 2n ** 256n - 1n, limit - 1n, 0n];
    const given = {
      ...h,
      hmacSha256: () => bytesOfHex((numbers.shift() ?? 0n).toString(16).padStart(64, '0')),
    };
    const sequence = new TicketSequence(given, {
      ...{ seed: new Uint8Array(32), drawId: 'd', beacon: new Uint8Array(0), entries: Number(entries) },
    });
    expect([sequence.next(), sequence.next()]).toEqual([
      { i: 2, ticket: 7 },
      { i: 3, ticket: 1 },
    ]);
  });

  it('[FD2] there is none for no tickets, too many, or after the last i', () => {
    const inputs = { seed: new Uint8Array(32), drawId: 'd', beacon: new Uint8Array(0) };
    for (const entries of [0, -1, 1.5, 2 ** 32, Number.NaN]) {
      expect(() => new TicketSequence(h, { ...inputs, entries })).toThrow('1 to 4294967295 tickets');
    }
    expect(() => new TicketSequence(h, { ...inputs, entries: 1 }, -1)).toThrow(RangeError);
    const last = new TicketSequence(h, { ...inputs, entries: 1 }, 2 ** 32 - 1);
    expect(last.next()).toEqual({ i: 2 ** 32 - 1, ticket: 1 });
    expect(() => last.next()).toThrow('no further i');
  });
});

describe('a state', () => {
  it('[FD4] has one character, and comes back from it', () => {
    expect(ENTRY_STATES).toEqual(['ok', ...VOID_REASONS.map((reason) => `void:${reason}`)]);
    expect(STATE_CODES.ok).toBe('.');
    const codes = ENTRY_STATES.map(codeOfState);
    expect(new Set(codes).size).toBe(ENTRY_STATES.length);
    expect(codes.slice(1).every((code) => /^[a-z]$/.test(code))).toBe(true);
    expect(codes.map(stateOfCode)).toEqual(ENTRY_STATES);
    for (const code of ['', 'z', 'ok', '..'])
      expect(() => stateOfCode(code)).toThrow('no state has the code');
  });

  it('[FD4] is in the leaf, unambiguously: nothing but a ticket, an id and a state is taken', () => {
    const leaves = ENTRY_STATES.map((state) => hexOf(leafHash(h, 1, entryId, state)));
    expect(new Set(leaves).size).toBe(ENTRY_STATES.length);
    for (const id of ['', 'short', `${entryId}o`, 'Anna-4vQx81LmZk+', 'Anna-4vQx81LmZé0', `${entryId}\n`]) {
      expect(() => leafHash(h, 1, id, 'ok')).toThrow('16 URL-safe base64');
    }
    for (const ticket of [0, -1, 2 ** 32, 1.5, Number.NaN]) {
      expect(() => leafHash(h, ticket, entryId, 'ok')).toThrow('a whole number from 1');
    }
    for (const state of ['', 'void', 'void:', 'void:other', 'toString']) {
      expect(() => leafHash(h, 1, entryId, state as EntryState)).toThrow('no such state');
    }
  });
});
