import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { RedisClient } from '../../redis/client.ts';
import { redisNowMs } from '../../redis/due-queue.ts';
import { guarded } from '../../redis/errors.ts';
import type { Keys, RoomKeys } from '../../redis/keys.ts';
import { factPages, streamEnds } from '../fact-stream.ts';
import { LedgerProblem } from '../ledger-problem.ts';
import { readArchive } from './archive-reader.ts';
import { ahead, differs } from './archived-facts.ts';
import { bodyOf, chainNext, chainStart, lineOf } from './chain.ts';
import { lockFile } from './file-lock.ts';
import { fileProblem } from './file-problem.ts';
import { noteExported } from './mark.ts';

/** Redis writes its file to disk once a second: what is older survives a crash of the machine. */
const SETTLE_MS = 2000;

export type ExportOptions = {
  /** Longest wait until the last facts are on Redis' disk. Tests wait for nothing. */
  settleMs?: number;
  onProgress?: (progress: { done: number; of: number }) => void;
};

export type Exported = {
  file: string;
  /** Facts in the file before and after. */
  before: number;
  facts: number;
  /** Of the chain at the last one, in hex. */
  hash: string;
  /** Bytes of a line that an earlier export did not finish; they were cut off. */
  mendedBytes: number;
};

/**
 * Writes a room's facts to an archive, one line each, and goes on where the file ends. Redis is told how
 * far it came after the file is on disk.
 * @throws LedgerProblem when the file can't be written, is another room's, was changed, or does not meet
 * the ledger. @throws StoreError when Redis is away: what was written stays, and the next export goes on.
 */
export async function exportRoom(
  redis: RedisClient,
  keys: Keys,
  roomId: string,
  file: string,
  options: ExportOptions = {},
): Promise<Exported> {
  const room = keys.room(roomId);
  if (!(await guarded(() => redis.hexists(room.meta, 'info')))) {
    throw new LedgerProblem('UNKNOWN_ROOM', `There is no room ${roomId} in this Redis.`);
  }
  const unlock = lockFile(file);
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, 'a+', 0o600);
    const end = await endOf(handle, file, roomId);
    await meet(redis, room, end, file);
    const lastN = await settledEnd(redis, room, options.settleMs ?? SETTLE_MS);
    if (lastN < end.n) throw ahead(file, end.n, lastN);
    const hash = await append(handle, redis, room, end, lastN, options);
    await handle.sync();
    const hex = hash.toString('hex');
    if (lastN > 0 && !(await noteExported(redis, room, lastN, hex))) throw differs(file, lastN);
    return { file, before: end.n, facts: lastN, hash: hex, mendedBytes: end.mendedBytes };
  } catch (error) {
    throw fileProblem(error, file);
  } finally {
    await handle?.close();
    unlock();
  }
}

type End = { n: number; hash: Buffer; body: string; mendedBytes: number };

/** Reads the whole file, so that nothing is added to one that was changed, and cuts off half a line. */
async function endOf(handle: FileHandle, file: string, roomId: string): Promise<End> {
  const end: End = { n: 0, hash: chainStart(roomId), body: '', mendedBytes: 0 };
  let bytes = 0;
  for await (const page of readArchive(file, roomId)) {
    for (const line of page) bytes += line.body.length + HASH_AND_NEWLINE;
    const last = page.at(-1);
    if (!last) continue;
    end.n = last.fact.n;
    end.hash = Buffer.from(last.hash, 'hex');
    end.body = last.body.toString('utf8');
  }
  const { size } = await handle.stat();
  if (size > bytes) {
    end.mendedBytes = size - bytes;
    await handle.truncate(bytes);
  }
  return end;
}

const HASH_AND_NEWLINE = lineOf('', Buffer.alloc(32)).length;

/** The ledger must go on where the file ends, and have the same there. */
async function meet(redis: RedisClient, room: RoomKeys, end: End, file: string): Promise<void> {
  const { ledger } = room;
  const ends = await streamEnds(redis, room);
  if (ends.firstN > end.n + 1) {
    throw new LedgerProblem(
      'ARCHIVE_GAP',
      `${file} ends at fact ${end.n}, and the ledger begins at fact ${ends.firstN}: those between were trimmed.`,
      'Go on with the archive that was exported last.',
    );
  }
  if (end.n > ends.lastN) throw ahead(file, end.n, ends.lastN);
  for await (const [fact] of factPages(redis, ledger, end.n, end.n)) {
    if (fact && end.n > 0 && bodyOf(fact) !== end.body) throw differs(file, end.n);
  }
}

/** The last fact, once it has been there for long enough to be on Redis' disk. */
async function settledEnd(redis: RedisClient, { head, ledger }: RoomKeys, settleMs: number): Promise<number> {
  const lastN = Number((await guarded(() => redis.hget(head, 'fact'))) ?? 0);
  for await (const [fact] of factPages(redis, ledger, lastN, lastN)) {
    const ageMs = (await redisNowMs(redis)) - (fact?.at ?? 0);
    if (ageMs < settleMs) await delay(settleMs - Math.max(0, ageMs));
  }
  return Math.min(lastN, Number((await guarded(() => redis.hget(head, 'fact'))) ?? 0));
}

async function append(
  handle: FileHandle,
  redis: RedisClient,
  room: RoomKeys,
  end: End,
  lastN: number,
  { onProgress }: ExportOptions,
): Promise<Buffer> {
  let { n, hash } = end;
  for await (const page of factPages(redis, room.ledger, end.n + 1, lastN)) {
    let lines = '';
    for (const fact of page) {
      n += 1;
      if (fact.n !== n) {
        throw new LedgerProblem(
          'BAD_FACT',
          `Fact ${n} is missing from the ledger.`,
          'Verify the room first.',
        );
      }
      const body = bodyOf(fact);
      hash = chainNext(hash, body);
      lines += lineOf(body, hash);
    }
    await handle.appendFile(lines);
    onProgress?.({ done: n, of: lastN });
  }
  if (n < lastN) throw new LedgerProblem('BAD_FACT', `The ledger ends at fact ${n}, not at ${lastN}.`);
  return hash;
}
