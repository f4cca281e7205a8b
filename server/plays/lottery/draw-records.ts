import { setImmediate } from 'node:timers/promises';
import type { ListEntry } from '../../../shared/lottery/entry-list.ts';
import type { DrawRecord, ListedTicket } from '../../../shared/lottery/record.ts';
import { RECORD_FORMAT } from '../../../shared/lottery/record-limits.ts';
import { type Outcome, ok, refuse } from '../../kernel/outcome.ts';
import { DrawList } from './draw-list.ts';
import type { DrawReads, DrawRow, Winner } from './draw-reads.reader.ts';
import { sequenceOf } from './drawing.ts';
import { prizeOfPlace } from './lottery.rules.ts';

type ListRefusal = 'DRAW_NOT_FOUND' | 'NOT_FROZEN';
export type EntriesPage = {
  entries: ListEntry[];
  /** What to ask for next; null: there are no more. */
  nextAfter: number | null;
};

/** Draws whose lists and met tickets are kept: those that people look at now. */
const LISTS_KEPT = 8;
/** Steps of the draw's arithmetic without a pause, some 10 ms. */
const STEPS_AT_ONCE = 1000;

type Touched = { upToI: number; tickets: Promise<ListedTicket[]> };
type Kept = { list: DrawList; touched: Touched | undefined };

/**
 * What the public may know of a draw: the record that shared/lottery verifies, the frozen list, and proofs. The
 * tickets that a draw met are computed anew from the seed; they are not stored.
 */
export class DrawRecords {
  readonly #reads: DrawReads;
  readonly #kept = new Map<string, Kept>();

  constructor(reads: DrawReads) {
    this.#reads = reads;
  }

  async record(roomId: string, drawId: string): Promise<DrawRecord | undefined> {
    const row = await this.#reads.row(roomId, drawId);
    if (!row) return undefined;
    const winners = row.drawnAtMs === 0 ? undefined : await this.#reads.winners(roomId, drawId);
    const awards = winners ? await this.#awards(roomId, row, winners) : [];
    const touched = await this.#touched(roomId, row, awards.at(-1)?.i ?? -1);
    const { title, currency, prizes, commit, trust, conditions } = row.head;
    return {
      ...{ format: RECORD_FORMAT, roomId, drawId, title, currency, prizes },
      ...{ committedAtMs: row.announcedAtMs, openedAtMs: row.opensAtMs, closesAtMs: row.closesAtMs },
      ...{ commit, trust, beacon: beaconOf(row), conditions },
      frozen: isFrozen(row)
        ? { atMs: row.frozenAtMs, entries: row.entries, voided: row.voided, root: row.root }
        : null,
      drawn: winners
        ? { atMs: row.drawnAtMs, winners: winners.map(([i, ticket], at) => ({ rank: at + 1, i, ticket })) }
        : null,
      awards,
      touched,
      seed: row.phase === 'revealed' ? row.seed : null,
      redrawOf: row.redrawOf === '' ? null : { drawId: row.redrawOf, reason: row.redrawReason },
    };
  }

  async proof(
    roomId: string,
    drawId: string,
    ticket: number,
  ): Promise<Outcome<ListedTicket, ListRefusal | 'TICKET_NOT_FOUND'>> {
    const row = await this.#reads.row(roomId, drawId);
    if (!row) return refuse('DRAW_NOT_FOUND');
    if (!isFrozen(row)) return refuse('NOT_FROZEN');
    if (!Number.isSafeInteger(ticket) || ticket < 1 || ticket > row.entries)
      return refuse('TICKET_NOT_FOUND');
    return ok(await this.#keep(roomId, row).list.proof(ticket));
  }

  async entries(
    roomId: string,
    drawId: string,
    after: number,
    limit: number,
  ): Promise<Outcome<EntriesPage, ListRefusal>> {
    const row = await this.#reads.row(roomId, drawId);
    if (!row) return refuse('DRAW_NOT_FOUND');
    if (!isFrozen(row)) return refuse('NOT_FROZEN');
    const entries = await this.#keep(roomId, row).list.page(after, limit);
    const last = entries.at(-1)?.[0] ?? row.entries;
    return ok({ entries, nextAfter: last < row.entries ? last : null });
  }

  /** In the moment between the draw and the last of its awards, those that are not made yet are as good as won. */
  async #awards(roomId: string, row: DrawRow, winners: readonly Winner[]): Promise<DrawRecord['awards']> {
    const made = await this.#reads.awards(roomId, row.head.drawId, 0, row.awards);
    return [
      ...made.map(({ rank, prizeIndex, i, ticket, status }) => ({ rank, prizeIndex, i, ticket, status })),
      ...winners.slice(made.length).map(([i, ticket], at) => {
        const place = made.length + at;
        const prizeIndex = prizeOfPlace(row.head.prizes, place);
        return { ...{ rank: place + 1, prizeIndex, i, ticket }, status: 'won' as const };
      }),
    ];
  }

  /** The tickets that the draw met up to this i, each once, with their proofs. */
  #touched(roomId: string, row: DrawRow, upToI: number): Promise<ListedTicket[]> {
    if (upToI < 0) return Promise.resolve([]);
    const kept = this.#keep(roomId, row);
    if (kept.touched?.upToI === upToI) return kept.touched.tickets;
    const tickets = meet(kept.list, row, upToI);
    const touched = { upToI, tickets };
    tickets.catch(() => {
      if (kept.touched === touched) kept.touched = undefined;
    });
    kept.touched = touched;
    return tickets;
  }

  #keep(roomId: string, row: DrawRow): Kept {
    const key = `${roomId} ${row.head.drawId}`;
    const kept = this.#kept.get(key) ?? { list: new DrawList(this.#reads, roomId, row), touched: undefined };
    // The one that was asked for last is forgotten last.
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > LISTS_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return kept;
  }
}

const isFrozen = (row: DrawRow): boolean => row.root !== '';

async function meet(list: DrawList, row: DrawRow, upToI: number): Promise<ListedTicket[]> {
  const sequence = sequenceOf(row, row.randomness);
  const met = new Set<number>();
  for (let steps = 1; ; steps += 1) {
    const { i, ticket } = sequence.next();
    if (i > upToI) break;
    met.add(ticket);
    if (steps % STEPS_AT_ONCE === 0) await setImmediate();
  }
  // Chunk by chunk, so that none is read twice; then in the order in which they were met.
  const proofs = new Map<number, ListedTicket>();
  for (const ticket of [...met].sort((a, b) => a - b)) proofs.set(ticket, await list.proof(ticket));
  return [...met].map((ticket) => proofs.get(ticket) as ListedTicket);
}

function beaconOf({
  chain,
  beaconRound,
  movedFromRound,
  signature,
  randomness,
}: DrawRow): DrawRecord['beacon'] {
  if (chain === null || beaconRound === 0) return null;
  return {
    ...chain,
    round: beaconRound,
    movedFromRound: movedFromRound === 0 ? null : movedFromRound,
    signature: signature || null,
    randomness: randomness || null,
  };
}
