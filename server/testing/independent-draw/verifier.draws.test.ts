import { beforeAll, describe, expect, it } from 'vitest';
import { TicketSequence } from '../../../shared/lottery/fair-draw.ts';
import { sampleDraw } from '../../../shared/lottery/testing/sample-draw.ts';
import { nodeHashes } from '../../lottery/node-hashes.ts';
import { findTickets } from '../../plays/lottery/ticket-finder.ts';
import { chanceOf, chiSquare } from './chi-square.ts';
import { bytesFor, hexOf, ticketsUpTo } from './fixed-chance.ts';
import { type DrawKey, drawnTickets } from './sequence.ts';
import { drawProblems } from './verifier.ts';

type Line = { i: number; ticket: number }[];

/** Who is drawn, by the project's sequence: tickets one after the other, repeats and void ones passed over. */
function bySequence({ size, ...inputs }: DrawKey, isVoid: (ticket: number) => boolean, places: number): Line {
  const sequence = new TicketSequence(nodeHashes, { ...inputs, entries: size });
  const drawn = new Map<number, number>();
  while (drawn.size < places) {
    const { i, ticket } = sequence.next();
    if (!isVoid(ticket) && !drawn.has(ticket)) drawn.set(ticket, i);
  }
  return [...drawn].map(([ticket, i]) => ({ i, ticket }));
}

/** Winners, and then as many heirs, as the server's own search finds them: from the i behind the last winner. */
async function bySearch(key: DrawKey, isVoid: (ticket: number) => boolean, winners: number, heirs: number) {
  const { size: entries, ...inputs } = key;
  const valid = ticketsUpTo(entries).filter((ticket) => !isVoid(ticket)).length;
  const found: Line = [];
  for (const places of [winners, heirs]) {
    const eligible = valid - found.length;
    const count = Math.min(places, eligible);
    if (count === 0) continue;
    const sequence = new TicketSequence(nodeHashes, { ...inputs, entries }, (found.at(-1)?.i ?? -1) + 1);
    const awarded = new Set(found.map(({ ticket }) => ticket));
    const canWin = async (tickets: readonly number[]) =>
      tickets.map((ticket) => !isVoid(ticket) && !awarded.has(ticket));
    const next = await findTickets({ sequence, entries, eligible, count, canWin });
    found.push(...next.map(([i, ticket]) => ({ i, ticket })));
  }
  return found;
}

describe('over 20,000 draws', () => {
  const DRAWS = 20_000;
  const ENTRIES = 60;
  const [WINNERS, HEIRS] = [3, 1];
  const isVoid = (ticket: number): boolean => ticket % 6 === 1;
  const valid = ticketsUpTo(ENTRIES).filter((ticket) => !isVoid(ticket));
  /** One draw in four is operator-trusted. */
  const keyOf = (draw: number): DrawKey => ({
    ...{ seed: bytesFor('seed', draw), drawId: `d_${draw}`, size: ENTRIES },
    beacon: draw % 4 === 0 ? Buffer.of() : bytesFor('beacon', draw),
  });
  let draws: Line[];

  beforeAll(() => {
    draws = Array.from({ length: DRAWS }, (_, draw) => drawnTickets(keyOf(draw), isVoid, WINNERS + HEIRS));
  });

  it('[IV2] winners and next in line are those of the project, void tickets and repeats passed over', () => {
    const others = draws.flatMap((line, draw) => {
      const theirs = bySequence(keyOf(draw), isVoid, WINNERS + HEIRS);
      return theirs.every(({ i, ticket }, at) => line[at]?.i === i && line[at].ticket === ticket)
        ? []
        : [{ draw, line, theirs }];
    });
    expect(others).toEqual([]);
    expect(draws.every((line) => line.length === WINNERS + HEIRS)).toBe(true);
  });

  it('[IV2] and those that the server finds, which looks many tickets up at once and goes on later', async () => {
    for (let draw = 0; draw < DRAWS; draw += 50) {
      expect([draw, await bySearch(keyOf(draw), isVoid, WINNERS, HEIRS)]).toEqual([draw, draws[draw]]);
    }
  });

  it('[IV3] no place in the line favours a ticket, and a void one is never in it', () => {
    const countsIn = (lines: readonly Line[]): number[] => {
      const counts = new Map<number, number>();
      for (const { ticket } of lines.flat()) counts.set(ticket, (counts.get(ticket) ?? 0) + 1);
      expect([...counts.keys()].filter(isVoid)).toEqual([]);
      return valid.map((ticket) => counts.get(ticket) ?? 0);
    };
    for (let place = 0; place < WINNERS + HEIRS; place += 1) {
      const counts = countsIn(draws.map((line) => line.slice(place, place + 1)));
      const chance = chanceOf(chiSquare(counts, DRAWS / valid.length), valid.length - 1);
      expect(chance, `place ${place + 1}`).toBeGreaterThan(0.001);
    }
    // Winners of one draw differ, so their counts together vary less: by (n - k) / (n - 1).
    const counts = countsIn(draws.map((line) => line.slice(0, WINNERS)));
    const value = chiSquare(counts, (DRAWS * WINNERS) / valid.length);
    const asIfPutBack = (value * (valid.length - 1)) / (valid.length - WINNERS);
    expect(chanceOf(asIfPutBack, valid.length - 1)).toBeGreaterThan(0.001);
  });

  it('[IV3] the statistic is that of the tables, and sees a ticket that is favoured by a half', () => {
    const tables = [
      [1, 10.828],
      [9, 27.877],
      [49, 85.351],
      [100, 149.449],
    ] as const;
    for (const [freedom, value] of tables) expect(chanceOf(value, freedom)).toBeCloseTo(0.001, 6);
    const even = valid.map(() => DRAWS / valid.length);
    expect(chanceOf(chiSquare(even, DRAWS / valid.length), valid.length - 1)).toBe(1);
    const favoured = draws.map((line, draw) => (draw % 100 === 0 ? 2 : (line[0]?.ticket ?? 0)));
    const counts = valid.map((ticket) => favoured.filter((each) => each === ticket).length);
    expect(chanceOf(chiSquare(counts, DRAWS / valid.length), valid.length - 1)).toBeLessThan(0.001);
  });
});

describe('lists of all sizes', () => {
  it('[IV2] give the same winners and heirs, to the last valid ticket', async () => {
    for (let draw = 0; draw < 120; draw += 1) {
      const chance = bytesFor('size', draw);
      const size = 1 + (chance.readUInt16BE(0) % 2 ** (1 + (draw % 8)));
      const share = chance.readUInt8(2);
      const voids = new Set(
        ticketsUpTo(size).filter((ticket) => bytesFor('void', draw, ticket).readUInt8() < share),
      );
      const isVoid = (ticket: number): boolean => voids.has(ticket);
      const [winners, heirs] = [1 + (chance.readUInt8(3) % 12), chance.readUInt8(4) % 12];
      const key = { seed: bytesFor('seed', draw), drawId: `d_${draw}`, beacon: bytesFor('b', draw), size };
      const valid = ticketsUpTo(size).filter((ticket) => !isVoid(ticket)).length;
      const mine = drawnTickets(key, isVoid, Math.min(winners + heirs, valid));
      expect([draw, await bySearch(key, isVoid, winners, heirs)]).toEqual([draw, mine]);
    }
  });

  it('[IV2] make records that hold', () => {
    for (let draw = 0; draw < 80; draw += 1) {
      const chance = bytesFor('record', draw);
      const share = chance.readUInt8(0);
      const { record, list } = sampleDraw(nodeHashes, {
        entries: chance.readUInt8(1) % 70,
        state: (ticket) => (bytesFor('void', draw, ticket).readUInt8() < share ? 'void:left' : 'ok'),
        prizes: [1 + (chance.readUInt8(2) % 3), 1 + (chance.readUInt8(3) % 20)],
        trust: draw % 3 === 0 ? 'operator' : 'beacon',
        ...{ seed: hexOf(bytesFor('seed', draw)), drawId: `d_${draw}` },
      });
      expect([draw, drawProblems(record, list)]).toEqual([draw, []]);
    }
  });
});
