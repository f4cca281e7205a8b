import { roundAfter, timeOfRoundMs } from '../beacon-info.ts';
import { bytesOfHex, hexOf } from '../bytes.ts';
import type { ListEntry } from '../entry-list.ts';
import { commitOf, type EntryState, type Hashes, leafHash, TicketSequence } from '../fair-draw.ts';
import { CHUNK_LEAVES, ChunkProofs, levelsOf, MerkleBuilder } from '../merkle-log.ts';
import type { DrawRecord, ListedTicket } from '../record.ts';
import { RECORD_FORMAT } from '../record-limits.ts';
import { FakeChain } from './fake-chain.ts';

/** A draw made up from front to back, as an honest server would make it. */
export type SampleOptions = {
  entries?: number;
  /** The state of each ticket. */
  state?: (ticket: number) => EntryState;
  /** Units of each prize. */
  prizes?: readonly number[];
  /** So many winners, the first ones, do not take their prizes. */
  passedOn?: number;
  trust?: 'beacon' | 'operator';
  seed?: string;
  drawId?: string;
};

export type SampleDraw = { record: DrawRecord; list: ListEntry[]; proofOf(ticket: number): ListedTicket };

export const SAMPLE_CHAIN = new FakeChain();
const OPENED_AT_MS = 1_900_000_000_000;
const CLOSED_AT_MS = OPENED_AT_MS + 300_000;

export function sampleDraw(h: Hashes, options: SampleOptions = {}): SampleDraw {
  const { entries = 40, prizes = [1, 2], passedOn = 0, trust = 'beacon', drawId = 'd_sample' } = options;
  const seed = options.seed ?? '07'.repeat(32);
  const state = options.state ?? ((ticket) => (ticket % 5 === 0 ? 'void:absent' : 'ok'));
  const list = Array.from(
    { length: entries },
    (_, at): ListEntry => [at + 1, entryIdOf(at + 1), state(at + 1)],
  );
  const leaves = list.map((entry) => leafHash(h, ...entry));
  const tree = new MerkleBuilder(h);
  for (const leaf of leaves) tree.append(leaf);
  const above = levelsOf(h, tree.chunkRoots());
  const chunks = new Map<number, ChunkProofs>();
  const proofOf = (ticket: number): ListedTicket => {
    const chunk = Math.floor((ticket - 1) / CHUNK_LEAVES);
    const ofChunk = leaves.slice(chunk * CHUNK_LEAVES, (chunk + 1) * CHUNK_LEAVES);
    const proofs = chunks.get(chunk) ?? new ChunkProofs(h, ofChunk, chunk, above, entries);
    chunks.set(chunk, proofs);
    const path = proofs.path(ticket - 1);
    const [, entryId, its] = list[ticket - 1] as ListEntry;
    return { ticket, entryId, state: its, path: path.map(hexOf) };
  };

  const { info } = SAMPLE_CHAIN;
  const round = roundAfter(info, CLOSED_AT_MS + 10_000);
  const { signature, randomness } = SAMPLE_CHAIN.sign(round);
  const beacon = trust === 'operator' ? new Uint8Array(0) : bytesOfHex(randomness);
  const voided = list.filter(([, , its]) => its !== 'ok').length;
  const wanted = Math.min(
    prizes.reduce((sum, count) => sum + count, 0),
    entries - voided,
  );
  const met =
    entries === 0
      ? []
      : meet(h, { seed: bytesOfHex(seed), drawId, beacon, entries }, list, wanted + passedOn);
  const drawn = met.filter(({ state: its }) => its === 'ok');
  const winners = drawn.slice(0, wanted).map(({ i, ticket }, at) => ({ rank: at + 1, i, ticket }));
  const heirs = drawn.slice(wanted).map(({ i, ticket }, at) => ({ rank: at + 1, i, ticket }));
  const record: DrawRecord = {
    ...{ format: RECORD_FORMAT, roomId: 'linen-house', drawId, title: 'Spring bag', currency: 'EUR' },
    prizes: prizes.map((count, at) => ({ title: `Prize ${at + 1}`, valueMinor: 1000 * (at + 1), count })),
    ...{ committedAtMs: OPENED_AT_MS - 60_000, openedAtMs: OPENED_AT_MS, closesAtMs: CLOSED_AT_MS },
    ...{ commit: hexOf(commitOf(h, bytesOfHex(seed))), trust },
    beacon: trust === 'operator' ? null : { ...info, round, movedFromRound: null, signature, randomness },
    conditions: [{ kind: 'present' }, { kind: 'watch', minutes: 5 }],
    frozen: { atMs: CLOSED_AT_MS + 2000, entries, voided, root: hexOf(tree.root()) },
    drawn: { atMs: timeOfRoundMs(info, round) + 1000, winners },
    awards: [...winners, ...heirs].map(({ rank, i, ticket }, at) => ({
      ...{ rank, prizeIndex: prizeAt(prizes, rank), i, ticket },
      status: at < heirs.length ? ('passed-on' as const) : ('claimed' as const),
    })),
    touched: met.map(({ ticket }) => proofOf(ticket)),
    seed,
    redrawOf: null,
  };
  return { record, list, proofOf };
}

function entryIdOf(ticket: number): string {
  return Buffer.from(`entry ${String(ticket).padStart(6, '0')}`).toString('base64url');
}

function prizeAt(prizes: readonly number[], rank: number): number {
  return prizes.flatMap((count, index) => Array.from({ length: count }, () => index))[rank - 1] as number;
}

/** The tickets that are met until so many valid ones are, or all. */
function meet(
  h: Hashes,
  inputs: ConstructorParameters<typeof TicketSequence>[1],
  list: readonly ListEntry[],
  wanted: number,
) {
  const sequence = new TicketSequence(h, inputs);
  const met = new Map<number, { i: number; ticket: number; state: EntryState }>();
  let left = Math.min(wanted, list.filter(([, , state]) => state === 'ok').length);
  while (left > 0) {
    const { i, ticket } = sequence.next();
    if (met.has(ticket)) continue;
    const state = list[ticket - 1]?.[2] as EntryState;
    met.set(ticket, { i, ticket, state });
    if (state === 'ok') left -= 1;
  }
  return [...met.values()];
}

/** The same draw as its record was at an earlier moment. */
export function asOf(record: DrawRecord, phase: 'announced' | 'frozen' | 'drawn'): DrawRecord {
  const beacon = record.beacon && { ...record.beacon, signature: null, randomness: null };
  const won = record.awards
    .slice(0, record.drawn?.winners.length)
    .map((award) => ({ ...award, status: 'won' as const }));
  const before = { ...record, awards: [], touched: [], seed: null };
  if (phase === 'announced') return { ...before, beacon, frozen: null, drawn: null };
  if (phase === 'frozen') return { ...before, beacon, drawn: null };
  const last = won.at(-1)?.ticket;
  const upTo = record.touched.findIndex(({ ticket }) => ticket === last) + 1;
  return { ...record, awards: won, touched: record.touched.slice(0, upTo), seed: null };
}
