import { EntryListReader, type EntryTotals } from '../../shared/lottery/entry-list.ts';
import { plainHashes } from '../../shared/lottery/plain-hashes.ts';
import type { DrawRecord } from '../../shared/lottery/record.ts';
import { isDrawRecord } from '../../shared/lottery/record-shape.ts';
import type { Step } from '../../shared/lottery/step.ts';
import { verifyRecord } from '../../shared/lottery/verify-record.ts';
import { linesOf } from './stock-proof.ts';

/**
 * Checks a draw in the page, from what the server publishes for everybody. Loaded when somebody asks for it; the
 * arithmetic of signatures only where there is one.
 */

/** One's own ticket, as the page was told it on entering: not by those who answer for the proof. */
export type Own = { ticket: number; entryId: string };

export type DrawCheck = {
  steps: Step[];
  /** Null where it was no record at all. */
  record: DrawRecord | null;
};

export type CheckOptions = {
  roomId: string;
  drawId: string;
  own: Own | null;
  /** What `readList` made of the whole list. */
  entries?: EntryTotals | undefined;
  /** Keeps what a draw has fixed until the page looks again. */
  storage: Pick<Storage, 'getItem' | 'setItem'>;
};

export class NoRecordError extends Error {}

/** @throws NoRecordError, or an error when the server can't be reached. */
export async function checkDraw(options: CheckOptions): Promise<DrawCheck> {
  const { roomId, drawId, own, storage } = options;
  const record = await getJson(`${drawPath(roomId, drawId)}/record`);
  if (record === undefined) throw new NoRecordError();
  const isRecord = isDrawRecord(record);
  const isFrozen = isRecord && record.frozen !== null;
  const keptAs = `livestall:draw:${roomId}:${drawId}`;
  const steps = verifyRecord(plainHashes, record, {
    entries: options.entries,
    mine: own !== null && isFrozen ? await proofOf(roomId, drawId, own) : undefined,
    earlier: kept(storage, keptAs),
    checkBeacon: isRecord ? await beaconCheck(record) : undefined,
  });
  if (isRecord && record.drawn === null) keep(storage, keptAs, record);
  return { steps, record: isRecord ? record : null };
}

/** The proof is the server's; whose ticket it is about is not. Without an answer there is no proof, which is wrong. */
async function proofOf(roomId: string, drawId: string, own: Own): Promise<unknown> {
  const proof = await getJson(`${drawPath(roomId, drawId)}/proof?ticket=${own.ticket}`);
  return typeof proof === 'object' && proof !== null ? { ...proof, ...own } : null;
}

async function beaconCheck({ beacon }: DrawRecord) {
  if (beacon === null || beacon.signature === null) return undefined;
  const { checkRound } = await import('../../shared/lottery/verify-beacon.ts');
  return (signed: Parameters<typeof checkRound>[1]) => checkRound(plainHashes, signed);
}

/** A page reads this many in a few seconds. */
export const LIST_MAX = 1_000_000;
/** So long the page stands still at most. */
const SLICE_MS = 30;

/** Reads the whole list, entry by entry. @throws an error when it can't be fetched. */
export async function readList(
  roomId: string,
  drawId: string,
  onRead: (entries: number) => void,
): Promise<EntryTotals> {
  const response = await fetch(`${drawPath(roomId, drawId)}/entries`);
  if (!response.ok) throw new Error(`the list: ${response.status}`);
  const reader = new EntryListReader(plainHashes);
  let read = 0;
  let sliceEndsAt = performance.now() + SLICE_MS;
  for await (const line of linesOf(response.body)) {
    read += 1;
    if (!reader.push(parsed(line)) || read > LIST_MAX) break;
    if (read % 64 !== 0 || performance.now() < sliceEndsAt) continue;
    onRead(read);
    await new Promise((resolve) => setTimeout(resolve));
    sliceEndsAt = performance.now() + SLICE_MS;
  }
  onRead(read);
  return reader.totals();
}

export function drawPath(roomId: string, drawId: string): string {
  return `/api/v1/rooms/${encodeURIComponent(roomId)}/draws/${encodeURIComponent(drawId)}`;
}

/** Undefined where the server has no such thing. */
async function getJson(path: string): Promise<unknown> {
  // Asked again after each step of the draw: a copy of a second ago may be of the step before.
  const response = await fetch(path, { cache: 'no-cache' });
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function kept(storage: CheckOptions['storage'], key: string): unknown {
  const text = storage.getItem(key);
  return text === null ? undefined : parsed(text);
}

/** The first one counts: what was fixed then must stay. A later one that has more fixed replaces it. */
function keep(storage: CheckOptions['storage'], key: string, record: DrawRecord): void {
  const before = kept(storage, key);
  if (isDrawRecord(before) && (before.frozen !== null || record.frozen === null)) return;
  try {
    storage.setItem(key, JSON.stringify(record));
  } catch {
    // Storage is full: the next check is without an earlier copy.
  }
}
