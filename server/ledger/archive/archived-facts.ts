import type { RedisClient } from '../../redis/client.ts';
import type { RoomKeys } from '../../redis/keys.ts';
import type { RawFact } from '../check/replay.ts';
import { factPages, type StreamEnds, streamEnds } from '../fact-stream.ts';
import { LedgerProblem } from '../ledger-problem.ts';
import { readArchive } from './archive-reader.ts';
import { type ArchiveLine, bodyOf } from './chain.ts';

/**
 * The facts of an archive. Those that the stream has too must be the same in both.
 * @throws LedgerProblem as `readArchive`, ARCHIVE_DIFFERS, ARCHIVE_AHEAD.
 */
export async function* archivedFacts(
  file: string,
  roomId: string,
  redis: RedisClient,
  room: RoomKeys,
): AsyncGenerator<RawFact[]> {
  const ends = await streamEnds(redis, room);
  for await (const page of readArchive(file, roomId)) {
    await compare(page, redis, room.ledger, ends, file);
    yield page.map(({ fact }) => fact);
  }
}

async function compare(
  page: readonly ArchiveLine[],
  redis: RedisClient,
  ledger: string,
  ends: StreamEnds,
  file: string,
): Promise<void> {
  const first = page[0]?.fact.n ?? 0;
  const last = page.at(-1)?.fact.n ?? 0;
  if (last > ends.lastN) throw ahead(file, last, ends.lastN);
  for await (const facts of factPages(redis, ledger, Math.max(first, ends.firstN), last)) {
    for (const fact of facts) {
      const line = page[fact.n - first];
      if (!line || line.body.toString('utf8') !== bodyOf(fact)) throw differs(file, fact.n);
    }
  }
}

export function differs(file: string, n: number): LedgerProblem {
  return new LedgerProblem(
    'ARCHIVE_DIFFERS',
    `Fact ${n} is not the same in ${file} and in the ledger: one of them was changed, or Redis lost its last writes and went on differently.`,
  );
}

export function ahead(file: string, n: number, lastN: number): LedgerProblem {
  return new LedgerProblem(
    'ARCHIVE_AHEAD',
    `${file} has facts up to ${n}, and the ledger ends at ${lastN}: Redis lost its last writes, or is another one.`,
  );
}
