import { describe, expect, it } from 'vitest';
import { TicketSequence } from '../../../shared/lottery/fair-draw.ts';
import { inclusionPath, rootFromChunks } from '../../../shared/lottery/merkle-log.ts';
import { seededRandom } from '../../kernel/random.ts';
import { nodeHashes } from '../../lottery/node-hashes.ts';
import { expectedLookups, validTickets } from './draw-states.ts';
import { judgedAtOnce, maskedId, prizeOfPlace, unclaimedPrizes } from './lottery.rules.ts';
import { levelsOf, pathIn } from './merkle-levels.ts';
import { prize } from './testing.ts';
import { findTickets } from './ticket-finder.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED ?? 1);
const SEED = Buffer.alloc(32, 9);
const sequence = (entries: number, drawId = 'd', fromI = 0) =>
  new TicketSequence(nodeHashes, { seed: SEED, drawId, beacon: new Uint8Array(0), entries }, fromI);

/** One ticket after the other, as the design says it. */
function plainly(entries: number, drawId: string, canWin: (ticket: number) => boolean, count: number) {
  const [each, met, found] = [sequence(entries, drawId), new Set<number>(), [] as [number, number][]];
  while (found.length < count) {
    const { i, ticket } = each.next();
    if (met.has(ticket)) continue;
    met.add(ticket);
    if (canWin(ticket)) found.push([i, ticket]);
  }
  return found;
}

describe('finding tickets', () => {
  it('[LO18] in batches finds the same as one by one', async () => {
    const random = seededRandom(seed);
    for (let run = 0; run < 60; run += 1) {
      const entries = 1 + Math.floor(random.next() * (run % 2 === 0 ? 12 : 3000));
      const share = random.next();
      const good = Array.from({ length: entries + 1 }, (_, ticket) => ticket > 0 && random.next() < share);
      const eligible = good.filter(Boolean).length;
      const count = Math.min(eligible, 1 + Math.floor(random.next() * 40));
      const asked: number[] = [];
      const found = await findTickets({
        sequence: sequence(entries, `d${run}`),
        ...{ entries, eligible, count },
        canWin: async (tickets) => {
          asked.push(...tickets);
          return tickets.map((ticket) => good[ticket] === true);
        },
      });
      expect(found).toEqual(plainly(entries, `d${run}`, (ticket) => good[ticket] === true, count));
      expect(new Set(asked).size).toBe(asked.length);
    }
  });

  it('[LO18] costs as many look-ups as winners, whatever the size of the list', async () => {
    let asked = 0;
    await findTickets({
      sequence: sequence(5_000_000),
      ...{ entries: 5_000_000, eligible: 5_000_000, count: 100 },
      canWin: async (tickets) => {
        asked += tickets.length;
        return tickets.map(() => true);
      },
    });
    expect(asked).toBeLessThan(120);
  });

  it('[LO18] ends where fewer can win than was thought', async () => {
    const found = await findTickets({
      sequence: sequence(30),
      ...{ entries: 30, eligible: 5, count: 5 },
      canWin: async (tickets) => tickets.map((ticket) => ticket === 7),
    });
    expect(found.map(([, ticket]) => ticket)).toEqual([7]);
  });

  it.each([
    ['a long list, few winners: each by itself', 100_000, 0, 10, true],
    ['a long list of which nearly all is void: all at once', 100_000, 99_990, 10, false],
    ['a short list: all at once', 60_000, 0, 10, false],
  ])('[LO18] states of %s', async (_, entries, voided, count, isSingly) => {
    const states = Array.from({ length: entries }, (_, at) => (at < voided ? 'x' : '.')).join('');
    let singly = 0;
    const reads = {
      codes: async (_room: string, _draw: string, from: number, length: number) =>
        states.slice(from, from + length),
      codesOf: async (_room: string, _draw: string, tickets: readonly number[]) => {
        singly += tickets.length;
        return tickets.map((ticket) => states.charAt(ticket - 1));
      },
    };
    const isValid = await validTickets(reads, 'r', 'd', { entries, voided }, count);
    const tickets = [1, 2, 65_536, 65_537, 99_990, 99_991, 100_000].filter((ticket) => ticket <= entries);
    expect(await isValid(tickets)).toEqual(tickets.map((ticket) => ticket > voided));
    expect(singly > 0).toBe(isSingly);
    expect(expectedLookups({ entries, voided }, count)).toBeGreaterThanOrEqual(count);
  });
});

it('[LO29] paths of a kept tree are those of RFC 9162', () => {
  for (const size of [1, 2, 3, 4, 5, 7, 8, 9, 31, 33, 100]) {
    const leaves = Array.from({ length: size }, (_, at) => nodeHashes.sha256(Uint8Array.of(at)));
    const levels = levelsOf(nodeHashes, leaves);
    const root = levels.at(-1)?.[0] as Uint8Array;
    expect(Buffer.from(root)).toEqual(Buffer.from(rootFromChunks(nodeHashes, leaves)));
    for (let index = 0; index < size; index += 1) {
      expect(pathIn(levels, index)).toEqual(inclusionPath(nodeHashes, leaves, [root], index, size));
    }
  }
});

it('[LO22] a masked id tells its owner alone', () => {
  expect(['a', 'ana', 'ana4', 'ana-1', 'u-1000001'].map(maskedId)).toEqual([
    ...['a***', 'a***', 'a***', 'an***1', 'u-***1'],
  ]);
});

it('[LO18] [LO26] prizes go to the first ranks first, and what is claimed is gone', () => {
  const prizes = [prize(1, 'A'), prize(2, 'B')];
  expect([0, 1, 2].map((place) => prizeOfPlace(prizes, place))).toEqual([0, 1, 1]);
  expect(() => prizeOfPlace(prizes, 3)).toThrow(RangeError);
  expect(unclaimedPrizes(prizes, [{ prizeIndex: 1 }])).toEqual([prize(1, 'A'), prize(1, 'B')]);
  expect(unclaimedPrizes(prizes, [{ prizeIndex: 0 }, { prizeIndex: 1 }, { prizeIndex: 1 }])).toEqual([]);
});

it('[LO16] the more conditions, the fewer tickets are judged in a call', () => {
  expect([0, 1, 3, 6].map(judgedAtOnce)).toEqual([80, 60, 40, 26]);
});
