import { type StoredAward, shownAward } from './award.ts';
import type { DrawRow, Winner } from './draw-reads.reader.ts';
import { validTickets } from './draw-states.ts';
import type { Overdue, Pass } from './draw-steps.store.ts';
import type { DrawWork } from './draw-work.ts';
import { sequenceOf } from './drawing.ts';
import { maskedId } from './lottery.rules.ts';
import { findTickets } from './ticket-finder.ts';

/**
 * Gives prizes that nobody claimed in time to the next in line: the draw's own sequence goes on where it was. False
 * where another node was faster.
 */
export async function passPrizesOn(
  work: DrawWork,
  roomId: string,
  row: DrawRow,
  overdue: Extract<Overdue, { kind: 'awards' }>,
): Promise<boolean> {
  const { steps, reads, tell } = work;
  const { drawId, title } = row.head;
  const { nextI, awards } = overdue;
  const heirs = await findHeirs(work, roomId, row, overdue);
  const users = await reads.usersOf(
    roomId,
    drawId,
    heirs.map(([, ticket]) => ticket),
  );
  const passes = awards.map(({ no }, at): Pass => {
    const [heir, user] = [heirs[at], users[at]];
    if (heir === undefined || user === undefined) return { no };
    return { no, heir: { i: heir[0], ticket: heir[1], user, name: maskedId(user) } };
  });
  const passed = await steps.passOn(roomId, drawId, nextI, passes);
  if (passed === undefined) return false;
  for (const [at, { heir }] of passes.entries()) {
    const from = awards[at] as StoredAward;
    if (heir) {
      const { ticket, i, user: userId } = heir;
      const award = { ...from, ...{ no: passed.firstNo + at, ticket, i, userId } };
      const shown = shownAward({ ...award, claimBeforeMs: passed.claimBeforeMs }, false);
      tell.won(roomId, userId, { drawId, title, award: shown });
    }
  }
  const losers = awards.map(({ userId }) => userId);
  await tell.stand(roomId, drawId, losers);
  return true;
}

async function findHeirs(
  { reads }: DrawWork,
  roomId: string,
  row: DrawRow,
  { nextI, made, awards }: Extract<Overdue, { kind: 'awards' }>,
): Promise<Winner[]> {
  const { drawId } = row.head;
  const count = awards.length;
  // Every valid ticket that was met so far has an award: the draw stopped right behind one.
  const eligible = row.entries - row.voided - made;
  if (eligible <= 0) return [];
  const isValid = await validTickets(reads, roomId, drawId, row, made + count);
  return findTickets({
    sequence: sequenceOf(row, row.randomness, nextI),
    ...{ entries: row.entries, eligible, count },
    canWin: async (tickets) => {
      const good = [...(await isValid(tickets))];
      const places = good.flatMap((is, at) => (is ? [at] : []));
      const users = await reads.usersOf(
        roomId,
        drawId,
        places.map((at) => tickets[at] as number),
      );
      const awarded = await reads.haveAwards(roomId, drawId, users);
      for (const [at, place] of places.entries()) good[place] = !awarded[at];
      return good;
    },
  });
}
