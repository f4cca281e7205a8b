import { createHash } from 'node:crypto';
import type { RawFact } from '../check/replay.ts';
import { LedgerProblem } from '../ledger-problem.ts';

/**
 * A line of an archive is a JSON object, and what comes before its hash is what is hashed:
 *
 *   {"n":1,"kind":"…","actor":"…","op":"…","at":1790000000000,"data":{…},"hash":"<64 hex>"}
 *   └────────────────────────── body ──────────────────────────┘
 *
 * hash = SHA-256(the 32 bytes of the hash before ‖ body in UTF-8); the first one follows `chainStart`.
 */

const HASH_TAIL = ',"hash":"'.length + 64 + '"}'.length;

/** What stands for the hash before the first fact: it names the room. */
export function chainStart(roomId: string): Buffer {
  return createHash('sha256').update(`livestall-ledger-v1\n${roomId}`).digest();
}

export function chainNext(before: Buffer, body: string | Buffer): Buffer {
  return createHash('sha256').update(before).update(body).digest();
}

/**
 * The bytes of a fact that are hashed. `data` stays as the server wrote it.
 * @throws LedgerProblem for data that is no JSON of one line.
 */
export function bodyOf({ n, kind, actor, op, at, data }: RawFact): string {
  if (!isOneLineOfJson(data)) {
    throw new LedgerProblem(
      'BAD_FACT',
      `The data of fact ${n} is no JSON of one line.`,
      'Verify the room first.',
    );
  }
  return `{"n":${n},"kind":${JSON.stringify(kind)},"actor":${JSON.stringify(actor)},"op":${JSON.stringify(op)},"at":${at},"data":${data}`;
}

export function lineOf(body: string, hash: Buffer): string {
  return `${body},"hash":"${hash.toString('hex')}"}\n`;
}

export type ArchiveLine = { fact: RawFact; body: Buffer; hash: string };

/** Reads a line without its newline; undefined for what is none of ours. */
export function readLine(line: Buffer): ArchiveLine | undefined {
  if (line.length <= HASH_TAIL) return undefined;
  const body = line.subarray(0, line.length - HASH_TAIL);
  const tail = line.toString('latin1', line.length - HASH_TAIL);
  const hash = /^,"hash":"([0-9a-f]{64})"\}$/.exec(tail)?.[1];
  if (hash === undefined) return undefined;
  const text = body.toString('utf8');
  // No string has it: quotes in one are escaped.
  const at = text.indexOf(',"data":');
  if (at < 0) return undefined;
  try {
    const head = JSON.parse(`${text.slice(0, at)}}`) as Omit<RawFact, 'data'>;
    const { n, kind, actor, op, at: atMs } = head;
    const texts = [kind, actor, op].every((value) => typeof value === 'string');
    if (!texts || !Number.isSafeInteger(n) || !Number.isSafeInteger(atMs)) return undefined;
    return { fact: { n, kind, actor, op, at: atMs, data: text.slice(at + ',"data":'.length) }, body, hash };
  } catch {
    return undefined;
  }
}

function isOneLineOfJson(text: string): boolean {
  if (/[\r\n]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
