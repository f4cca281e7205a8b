import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { BeaconInfo } from '../../shared/lottery/beacon-info.ts';
import { EntryListReader, type EntryTotals } from '../../shared/lottery/entry-list.ts';
import { nodeHashes } from './node-hashes.ts';

/** Why nothing can be said about a draw; the message is for people. */
export class CannotCheck extends Error {}

/** The record of 10,000 winners among a million, most of them void, is some 100 MB; a longer text is no string. */
export const RECORD_BYTES_MAX = 256 * 1024 * 1024;
const ENTRY_BYTES_MAX = 1024;
const SMALL_FILE_BYTES_MAX = 1024 * 1024;

/** `totals`: what the whole list comes to, when the file has it. */
export type DrawFile = { record: unknown; totals: EntryTotals | undefined };

/**
 * Reads a draw: the record as JSON, over one line or many; or the record in the first line and the whole list behind
 * it, `[ticket, "entryId", "state"]` a line, of which no more than a line is held. `-` is standard input.
 * @throws CannotCheck when it can't be read, or is neither.
 */
export async function readDraw(path: string, onEntries: (count: number) => void): Promise<DrawFile> {
  const lines = linesOf(await openFile(path), path);
  let first = await lines.next();
  while (!first.done && first.value.bytes.length === 0) first = await lines.next();
  if (first.done) throw new CannotCheck(`${path} is empty: expected the record of a draw.`);
  const record = parsed(first.value.bytes);
  if (record === undefined)
    return { record: await wholeRecord(first.value.bytes, lines, path), totals: undefined };
  const reader = new EntryListReader(nodeHashes);
  let count = 0;
  for await (const { line, bytes } of lines) {
    if (bytes.length === 0) continue;
    const entry = bytes.length > ENTRY_BYTES_MAX ? undefined : parsed(bytes);
    if (entry === undefined) {
      throw new CannotCheck(`${path}, line ${line}: expected [ticket, "entryId", "state"].`);
    }
    count += 1;
    if (count % 1000 === 0) onEntries(count);
    if (!reader.push(entry)) break;
  }
  return { record, totals: count === 0 ? undefined : reader.totals() };
}

/** A small JSON file. @throws CannotCheck when there is no JSON in it. */
export async function readJson(path: string, what: string): Promise<unknown> {
  let text: Buffer;
  try {
    text = await readFile(path);
  } catch (error) {
    throw new CannotCheck(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
  const value = text.length > SMALL_FILE_BYTES_MAX ? undefined : parsed(text);
  if (value === undefined) throw new CannotCheck(`${path} is not JSON: expected ${what}.`);
  return value;
}

const chainSchema = z.object({
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  public_key: z.string().regex(/^[0-9a-f]{192}$/),
  schemeID: z.string(),
  genesis_time: z.int().min(0),
  period: z.int().min(1),
});

/** A chain as a drand relay's `/info` describes it. @throws CannotCheck */
export async function readChain(path: string): Promise<BeaconInfo> {
  const found = chainSchema.safeParse(await readJson(path, "a chain's /info"));
  if (!found.success) {
    const [issue] = found.error.issues;
    throw new CannotCheck(`${path} is not a chain's /info: ${issue?.path.join('.')}: ${issue?.message}.`);
  }
  const { hash, public_key: publicKey, schemeID: scheme, genesis_time, period } = found.data;
  return { chainHash: hash, publicKey, scheme, genesisTimeS: genesis_time, periodS: period };
}

async function openFile(path: string): Promise<AsyncIterable<Buffer>> {
  if (path === '-') return process.stdin as AsyncIterable<Buffer>;
  try {
    const handle = await open(path);
    if ((await handle.stat()).isDirectory()) {
      await handle.close();
      throw Object.assign(new Error(), { code: 'EISDIR' });
    }
    return createReadStream('', { fd: handle, highWaterMark: 256 * 1024 });
  } catch (error) {
    throw new CannotCheck(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
}

type Line = { line: number; bytes: Buffer };

/** Lines without their ends and surrounding spaces, numbered from 1. */
async function* linesOf(chunks: AsyncIterable<Buffer>, name: string): AsyncGenerator<Line, undefined> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  let line = 0;
  const keep = (part: Buffer): void => {
    restBytes += part.length;
    if (restBytes > RECORD_BYTES_MAX)
      throw new CannotCheck(`${name}, line ${line + 1}: too long for a record.`);
    rest.push(part);
  };
  const take = (): Line => {
    const bytes = trimmed(rest.length === 1 ? (rest[0] as Buffer) : Buffer.concat(rest));
    [rest, restBytes] = [[], 0];
    line += 1;
    return { line, bytes };
  };
  try {
    for await (const chunk of chunks) {
      let from = 0;
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
        keep(chunk.subarray(from, at));
        yield take();
        from = at + 1;
      }
      keep(chunk.subarray(from));
    }
  } catch (error) {
    if (error instanceof CannotCheck) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new CannotCheck(`${name} cannot be read to its end: ${code}.`);
  }
  yield take();
}

/** JSON over many lines: the record alone. */
async function wholeRecord(first: Buffer, lines: AsyncIterable<Line>, name: string): Promise<unknown> {
  const parts = [first];
  let bytes = first.length;
  for await (const line of lines) {
    bytes += line.bytes.length + 1;
    if (bytes > RECORD_BYTES_MAX) throw new CannotCheck(`${name} is too long for a record.`);
    parts.push(line.bytes);
  }
  // Line feeds mean nothing to JSON between values, and cannot be within one.
  const record = parsed(Buffer.concat(parts.flatMap((part) => [part, LINE_FEED])));
  if (record === undefined) throw new CannotCheck(`${name} is not JSON: expected the record of a draw.`);
  return record;
}

const LINE_FEED = Buffer.from('\n');
const BYTE_ORDER_MARK = Buffer.from('\ufeff');

function trimmed(bytes: Buffer): Buffer {
  let [from, to] = [0, bytes.length];
  if (bytes.subarray(0, 3).equals(BYTE_ORDER_MARK)) from = 3;
  while (from < to && (bytes[from] as number) <= 32) from += 1;
  while (to > from && (bytes[to - 1] as number) <= 32) to -= 1;
  return bytes.subarray(from, to);
}

/** Undefined when it is not JSON; null, which is no record either, likewise. */
function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString()) ?? undefined;
  } catch {
    return undefined;
  }
}
