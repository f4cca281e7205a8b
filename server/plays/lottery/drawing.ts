import { bytesOfHex } from '../../../shared/lottery/bytes.ts';
import { TicketSequence } from '../../../shared/lottery/fair-draw.ts';
import { nodeHashes } from '../../lottery/node-hashes.ts';
import { shownAward } from './award.ts';
import type { DrawRow } from './draw-reads.reader.ts';
import { validTickets } from './draw-states.ts';
import type { NewAward } from './draw-steps.store.ts';
import type { DrawWork } from './draw-work.ts';
import { maskedId, prizeOfPlace, SHOWN_WINNERS, winnersWanted } from './lottery.rules.ts';
import { findTickets } from './ticket-finder.ts';

/** Awards that are made in one call. */
const AWARDS_AT_ONCE = 50;

type Randomness = { signature: string; randomness: string };

/** The sequence of a draw from `fromI` on. */
export function sequenceOf(row: DrawRow, randomness: string, fromI = 0): TicketSequence {
  const { seed, head, entries } = row;
  const { drawId } = head;
  const inputs = { seed: bytesOfHex(seed), drawId, beacon: bytesOfHex(randomness), entries };
  return new TicketSequence(nodeHashes, inputs, fromI);
}

/** Draws the winners of a frozen draw, once its beacon is out. False where the draw has moved on or has to wait. */
export async function drawWinners(work: DrawWork, roomId: string, row: DrawRow): Promise<boolean> {
  const decided =
    row.beaconRound === 0 ? { signature: '', randomness: '' } : await readBeacon(work, roomId, row);
  if (decided === undefined) return false;
  const { steps, reads } = work;
  const { drawId, prizes } = row.head;
  const eligible = row.entries - row.voided;
  const count = Math.min(winnersWanted(prizes), eligible);
  const winners =
    count === 0
      ? []
      : await findTickets({
          sequence: sequenceOf(row, decided.randomness),
          ...{ entries: row.entries, eligible, count },
          canWin: await validTickets(reads, roomId, drawId, row, count),
        });
  const first = winners.slice(0, SHOWN_WINNERS).map(([, ticket]) => ticket);
  const users = await reads.usersOf(roomId, drawId, first);
  const shown = first.map((ticket, at) => {
    const user = users[at] as string;
    return [ticket, prizeOfPlace(prizes, at), user, maskedId(user)] as const;
  });
  const nextI = (winners.at(-1)?.[0] ?? -1) + 1;
  return steps.drawn(roomId, drawId, { winners, nextI, round: row.beaconRound, ...decided, shown });
}

/** The round that decides; undefined while it is not out: then the draw rests for a while. It is never replaced. */
async function readBeacon(work: DrawWork, roomId: string, row: DrawRow): Promise<Randomness | undefined> {
  const { beacon, steps, log } = work;
  const { drawId } = row.head;
  if (!beacon || beacon.info.chainHash !== row.chain?.chainHash) {
    // Some other node may have it; so may this one after its next start.
    log.error(
      { roomId, drawId, chainHash: row.chain?.chainHash },
      'a draw waits for a beacon that is not configured',
    );
    await steps.wait(roomId, drawId, NOT_CONFIGURED_MS);
    return undefined;
  }
  const reading = await beacon.read(row.beaconRound);
  if (reading.kind === 'out') return { signature: reading.signature, randomness: reading.randomness };
  await steps.wait(roomId, drawId, reading.retryAfterMs);
  return undefined;
}
const NOT_CONFIGURED_MS = 30_000;

/** Makes the awards of the winners that are written, and tells each. False where another node made some. */
export async function makeAwards(work: DrawWork, roomId: string, row: DrawRow): Promise<boolean> {
  const { steps, reads, tell, isStopping } = work;
  const { drawId, prizes, title } = row.head;
  const winners = (await reads.winners(roomId, drawId)) ?? [];
  for (let from = row.awards; from < winners.length; from += AWARDS_AT_ONCE) {
    if (isStopping()) return false;
    const part = winners.slice(from, from + AWARDS_AT_ONCE);
    const users = await reads.usersOf(
      roomId,
      drawId,
      part.map(([, ticket]) => ticket),
    );
    const awards = part.map(
      ([i, ticket], at): NewAward => ({
        ...{ prizeIndex: prizeOfPlace(prizes, from + at), ticket, i },
        userId: users[at] as string,
      }),
    );
    const claimBeforeMs = await steps.award(roomId, drawId, from, awards);
    if (claimBeforeMs === undefined) return false;
    for (const [at, { prizeIndex, ticket, i, userId }] of awards.entries()) {
      const no = from + at;
      const stored = {
        ...{ no, status: 'won' as const, prizeIndex, ticket, i },
        ...{ rank: no + 1, claimBeforeMs, userId },
      };
      tell.won(roomId, userId, { drawId, title, award: shownAward(stored, false) });
    }
  }
  await steps.reveal(roomId, drawId);
  return true;
}
