import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeHashes as h } from '../../server/lottery/node-hashes.ts';
import { TicketSequence } from './fair-draw.ts';

/**
 * Winners over many draws, each with a seed and a beacon of its own. All of it follows from one fixed text, so that it
 * says the same on every machine and day: at the 0.1 % level one text in a thousand would fail.
 */
const FIXED = 'livestall uniformity 1';
const DRAWS = 20_000;
const ENTRIES = 125;
const WINNERS = 5;
const isVoid = (ticket: number) => ticket % 5 === 0;
const ELIGIBLE = ENTRIES - ENTRIES / 5;

const bytesFor = (what: string, draw: number) =>
  createHash('sha256').update(`${FIXED} ${what} ${draw}`).digest();

/** Upper 0.1 % point of the normal distribution. */
const Z = 3.0902323;

/** The chi-square value that chance exceeds once in a thousand (Wilson and Hilferty 1931). */
function critical(freedom: number): number {
  const spread = 2 / (9 * freedom);
  return freedom * (1 - spread + Z * Math.sqrt(spread)) ** 3;
}

function chiSquare(counts: readonly number[], expected: number): number {
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** The tickets of the winners, in the order of their ranks. */
function winnersOf(draw: number): number[] {
  const inputs = { seed: bytesFor('seed', draw), beacon: bytesFor('beacon', draw), drawId: `d_${draw}` };
  const sequence = new TicketSequence(h, { ...inputs, entries: ENTRIES });
  const winners = new Set<number>();
  while (winners.size < WINNERS) {
    const { ticket } = sequence.next();
    if (!isVoid(ticket)) winners.add(ticket);
  }
  return [...winners];
}

describe('over 20,000 draws', () => {
  let draws: number[][];
  beforeAll(() => {
    draws = Array.from({ length: DRAWS }, (_, draw) => winnersOf(draw));
  });
  const countsOf = (tickets: readonly number[]) => {
    const counts = new Map<number, number>();
    for (const ticket of tickets) counts.set(ticket, (counts.get(ticket) ?? 0) + 1);
    return Array.from({ length: ENTRIES }, (_, at) => at + 1)
      .filter((ticket) => !isVoid(ticket))
      .map((ticket) => counts.get(ticket) ?? 0);
  };

  it('the critical values are those of the tables', () => {
    const tables = [
      [9, 27.877],
      [30, 59.703],
      [99, 148.23],
      [1000, 1143.917],
    ] as const;
    for (const [freedom, table] of tables) expect(Math.abs(critical(freedom) / table - 1)).toBeLessThan(0.01);
    expect(Math.abs(critical(99) - 148.23)).toBeLessThan(0.1);
  });

  it('[FD3] no rank favours a ticket, and none that is void wins', () => {
    for (let rank = 0; rank < WINNERS; rank += 1) {
      const counts = countsOf(draws.map((winners) => winners[rank] as number));
      expect(counts.reduce((sum, count) => sum + count)).toBe(DRAWS);
      expect(chiSquare(counts, DRAWS / ELIGIBLE)).toBeLessThan(critical(ELIGIBLE - 1));
    }
  });

  it('[FD3] nor do all ranks together', () => {
    // Winners of one draw differ, so their counts vary less: by (n - k) / (n - 1), as in any draw without return.
    const counts = countsOf(draws.flat());
    const value = chiSquare(counts, (DRAWS * WINNERS) / ELIGIBLE);
    expect((value * (ELIGIBLE - 1)) / (ELIGIBLE - WINNERS)).toBeLessThan(critical(ELIGIBLE - 1));
  });

  it('[FD3] nor does who won first say who wins second', () => {
    // In 100 cells: the tenths of the tickets of first and second winners, but that they differ.
    const places = new Map(
      Array.from({ length: ENTRIES }, (_, at) => at + 1)
        .filter((ticket) => !isVoid(ticket))
        .map((ticket, place) => [ticket, place]),
    );
    const tenth = (ticket: number) => Math.floor(((places.get(ticket) ?? 0) * 10) / ELIGIBLE);
    const cells = new Map<string, number>();
    for (const [first, second] of draws as [number, number][]) {
      const cell = `${tenth(first)} ${tenth(second)}`;
      cells.set(cell, (cells.get(cell) ?? 0) + 1);
    }
    const size = ELIGIBLE / 10;
    let value = 0;
    for (let a = 0; a < 10; a += 1) {
      for (let b = 0; b < 10; b += 1) {
        const pairs = a === b ? size * (size - 1) : size * size;
        const expected = (DRAWS * pairs) / (ELIGIBLE * (ELIGIBLE - 1));
        value += ((cells.get(`${a} ${b}`) ?? 0) - expected) ** 2 / expected;
      }
    }
    expect(value).toBeLessThan(critical(99));
  });
});
