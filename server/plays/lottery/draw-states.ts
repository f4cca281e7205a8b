import { STATE_CODES } from '../../../shared/lottery/fair-draw.ts';
import type { DrawReads } from './draw-reads.reader.ts';

/** A string of this length is read in well under a millisecond. */
const SLICE = 64 * 1024;
/** More look-ups than this cost more than the whole list of states, a byte a ticket. */
const LOOKUPS_MAX = 20_000;

type Size = { entries: number; voided: number };

/** About how many tickets are met until `count` of the valid ones are (the coupon collector's sum, as an integral). */
export function expectedLookups({ entries, voided }: Size, count: number): number {
  const valid = entries - voided;
  return entries * Math.log(valid / Math.max(0.5, valid - count));
}

/** Which tickets of a frozen list are valid: looked up one by one, or all read at once where that is less work. */
export async function validTickets(
  reads: Pick<DrawReads, 'codes' | 'codesOf'>,
  roomId: string,
  drawId: string,
  size: Size,
  count: number,
): Promise<(tickets: readonly number[]) => Promise<boolean[]>> {
  const isValid = (code: string | undefined): boolean => code === STATE_CODES.ok;
  if (size.entries > SLICE && expectedLookups(size, count) <= LOOKUPS_MAX) {
    return async (tickets) => (await reads.codesOf(roomId, drawId, tickets)).map(isValid);
  }
  const slices: string[] = [];
  for (let from = 0; from < size.entries; from += SLICE) {
    slices.push(await reads.codes(roomId, drawId, from, SLICE));
  }
  return async (tickets) =>
    tickets.map((ticket) => isValid(slices[Math.floor((ticket - 1) / SLICE)]?.[(ticket - 1) % SLICE]));
}
