import { setImmediate } from 'node:timers/promises';
import type { TicketSequence } from '../../../shared/lottery/fair-draw.ts';
import type { Winner } from './draw-reads.reader.ts';

const BATCH_MIN = 8;
const BATCH_MAX = 512;

export type Search = {
  sequence: TicketSequence;
  /** All tickets of the list. */
  entries: number;
  /** So many tickets can still be drawn; no more than these are looked for. */
  eligible: number;
  count: number;
  /** Which of these tickets can be drawn: not void, and not drawn before. Asked once a ticket. */
  canWin(tickets: readonly number[]): Promise<readonly boolean[]>;
};

/**
 * The next tickets that the sequence draws. Candidates are looked up in batches, so that a draw of k costs O(k)
 * whatever the size of the list; those of a last batch that were not needed are simply met again by the next in line.
 */
export async function findTickets(search: Search): Promise<Winner[]> {
  const { sequence, entries, eligible, canWin } = search;
  const count = Math.min(search.count, eligible);
  const met = new Uint8Array(Math.ceil((entries + 1) / 8));
  const found: Winner[] = [];
  // Should there be fewer than the caller thought, the whole list has been met at some time.
  let left = entries;
  while (found.length < count && left > 0) {
    const wanted = Math.ceil(((count - found.length) * entries) / eligible) + BATCH_MIN;
    const batch: Winner[] = [];
    for (let tries = 0; batch.length < Math.min(wanted, BATCH_MAX) && tries < BATCH_MAX; tries += 1) {
      const { i, ticket } = sequence.next();
      if (isMarked(met, ticket)) continue;
      mark(met, ticket);
      left -= 1;
      batch.push([i, ticket]);
    }
    const good = batch.length === 0 ? [] : await canWin(batch.map(([, ticket]) => ticket));
    found.push(...batch.filter((_, at) => good[at]).slice(0, count - found.length));
    // Where nearly all tickets are void or met, there is much to compute and little to ask.
    await setImmediate();
  }
  return found;
}

function isMarked(bits: Uint8Array, ticket: number): boolean {
  return ((bits[ticket >> 3] as number) & (1 << (ticket & 7))) !== 0;
}

function mark(bits: Uint8Array, ticket: number): void {
  bits[ticket >> 3] = (bits[ticket >> 3] as number) | (1 << (ticket & 7));
}
