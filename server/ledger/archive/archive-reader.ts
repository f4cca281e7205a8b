import { createReadStream } from 'node:fs';
import { LedgerProblem } from '../ledger-problem.ts';
import { type ArchiveLine, chainNext, chainStart, readLine } from './chain.ts';
import { fileProblem } from './file-problem.ts';

const CHUNK_BYTES = 256 * 1024;
const NEWLINE = 0x0a;
/** No fact comes near: what has no newline for so long is no archive. */
const LINE_BYTES_MAX = 1024 * 1024;

/**
 * The lines of an archive in pages, each checked: its form, its number and its hash. What comes after the
 * last newline is left out: an export that was cut off there, and the next one mends it.
 * @throws LedgerProblem ARCHIVE_FOREIGN, ARCHIVE_DAMAGED (invariant 14), FILE.
 */
export async function* readArchive(file: string, roomId: string): AsyncGenerator<ArchiveLine[]> {
  let before = chainStart(roomId);
  let n = 0;
  const check = (bytes: Buffer): ArchiveLine => {
    const line = readLine(bytes);
    if (!line) throw damaged(file, n + 1, 'is no line of an archive');
    if (n === 0) checkRoom(line, file, roomId);
    n += 1;
    if (line.fact.n !== n) throw damaged(file, n, `has fact ${line.fact.n}`);
    before = chainNext(before, line.body);
    if (before.toString('hex') !== line.hash) throw damaged(file, n, 'does not have the hash of its content');
    return line;
  };
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) {
      const bytes: Buffer = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
      const page: ArchiveLine[] = [];
      let from = 0;
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
        page.push(check(bytes.subarray(from, end)));
        from = end + 1;
      }
      rest = bytes.subarray(from);
      if (rest.length > LINE_BYTES_MAX) throw damaged(file, n + 1, 'is no line of an archive');
      if (page.length > 0) yield page;
    }
  } catch (error) {
    throw fileProblem(error, file);
  }
}

function checkRoom({ fact }: ArchiveLine, file: string, roomId: string): void {
  if (fact.kind !== 'room-created') return;
  let named: unknown;
  try {
    named = (JSON.parse(fact.data) as { roomId?: unknown }).roomId;
  } catch {
    return;
  }
  if (named === roomId) return;
  throw new LedgerProblem('ARCHIVE_FOREIGN', `${file} is the archive of ${named}, not of ${roomId}.`);
}

function damaged(file: string, line: number, what: string): LedgerProblem {
  return new LedgerProblem(
    'ARCHIVE_DAMAGED',
    `Line ${line} of ${file} ${what}: the archive was changed after it was written.`,
  );
}
