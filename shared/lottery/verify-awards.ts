import type { Award, DrawRecord } from './record.ts';
import { type Fault, fault, notYet, ok, type Step, wrong } from './step.ts';

/** Who got which prize, and who came after who did not take it. */

/** How many prizes there are: k, the winners of a draw with enough tickets. */
export function prizeCount(prizes: DrawRecord['prizes']): number {
  return prizes.reduce((sum, { count }) => sum + count, 0);
}

/** The prize of a rank: the first prize's units go to the first ranks. Undefined beyond the last one. */
export function prizeOfRank(prizes: readonly { count: number }[], rank: number): number | undefined {
  let left = rank;
  for (const [index, { count }] of prizes.entries()) {
    if (left <= count) return index;
    left -= count;
  }
  return undefined;
}

/** As many winners as there are prizes, or valid tickets if they are fewer; ranks in the order of drawing. */
export function checkWinners({ prizes, frozen, drawn }: DrawRecord): Step {
  if (frozen === null || drawn === null) return notYet('winners');
  const { winners } = drawn;
  const expected = Math.min(prizeCount(prizes), frozen.entries - frozen.voided);
  if (winners.length !== expected) {
    return wrong('winners', fault('WINNER_COUNT', { recorded: winners.length, expected }));
  }
  for (const [at, { rank, i }] of winners.entries()) {
    if (rank !== at + 1) return wrong('winners', fault('WINNER_DIFFERS', { at, field: 'rank' }));
    if (i <= (winners[at - 1]?.i ?? -1)) return wrong('winners', fault('WINNER_DIFFERS', { at, field: 'i' }));
  }
  const tickets = new Set(winners.map(({ ticket }) => ticket));
  if (tickets.size < winners.length)
    return wrong('winners', fault('WINNER_DIFFERS', { at: 0, field: 'ticket' }));
  return ok('winners', { winners: winners.length });
}

/** First the winners, each with the prize of their rank; then, for prizes that were passed on, the next in line. */
export function checkAwards({ prizes, drawn, awards }: DrawRecord): Step {
  if (drawn === null) return notYet('awards');
  const found =
    winnersFault(drawn.winners, awards) ??
    placeFault(prizes, awards) ??
    lineFault(awards, drawn.winners.length);
  if (found !== null) return wrong('awards', found);
  return ok('awards', { awards: awards.length, passedOn: awards.length - drawn.winners.length });
}

type Winners = NonNullable<DrawRecord['drawn']>['winners'];

function winnersFault(winners: Winners, awards: readonly Award[]): Fault {
  for (const [at, winner] of winners.entries()) {
    const field = (['rank', 'i', 'ticket'] as const).find((name) => awards[at]?.[name] !== winner[name]);
    if (field !== undefined) return fault('AWARD_DIFFERS', { at, field });
  }
  return null;
}

function placeFault(prizes: DrawRecord['prizes'], awards: readonly Award[]): Fault {
  const tickets = new Set<number>();
  const starts = prizeStarts(prizes);
  for (const [at, { rank, prizeIndex, i, ticket }] of awards.entries()) {
    const from = starts[prizeIndex] ?? Number.POSITIVE_INFINITY;
    const isItsPrize = rank > from && rank <= from + (prizes[prizeIndex]?.count ?? 0);
    if (!isItsPrize) return fault('AWARD_DIFFERS', { at, field: 'prizeIndex' });
    if (i <= (awards[at - 1]?.i ?? -1)) return fault('AWARD_DIFFERS', { at, field: 'i' });
    if (tickets.has(ticket)) return fault('AWARD_DIFFERS', { at, field: 'ticket' });
    tickets.add(ticket);
  }
  return null;
}

/** How many ranks come before each prize. */
function prizeStarts(prizes: DrawRecord['prizes']): number[] {
  let before = 0;
  return prizes.map(({ count }) => {
    before += count;
    return before - count;
  });
}

/** A rank has one holder at a time: another one only after the one before passed it on. */
function lineFault(awards: readonly Award[], winners: number): Fault {
  const holders = new Map<number, Award>();
  for (const [at, award] of awards.entries()) {
    const { rank } = award;
    const before = holders.get(rank);
    if (at >= winners && before?.status !== 'passed-on') return fault('NOT_PASSED_ON', { at, rank });
    holders.set(rank, award);
  }
  return null;
}
