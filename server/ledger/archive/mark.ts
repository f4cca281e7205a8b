import type { RedisClient } from '../../redis/client.ts';
import { guarded } from '../../redis/errors.ts';
import type { RoomKeys } from '../../redis/keys.ts';
import { loadScripts, runScript } from '../../redis/scripts.ts';

const scripts = loadScripts(import.meta.url, ['archive-mark', 'trim']);

/** How far a ledger was exported and trimmed. `hash`: of the chain at that fact, in hex. */
export type ArchiveMark = { n: number; hash: string; trimmedN: number; trimmedHash: string };

/** undefined: nothing of this room was ever exported. */
export async function readMark(redis: RedisClient, room: RoomKeys): Promise<ArchiveMark | undefined> {
  const [n, hash, trimmedN, trimmedHash] = await guarded(() =>
    redis.hmget(room.archive, 'n', 'hash', 'trimmedN', 'trimmedHash'),
  );
  if (!n || !hash) return undefined;
  return { n: Number(n), hash, trimmedN: Number(trimmedN ?? 0), trimmedHash: trimmedHash ?? '' };
}

/** False when an export said something else about this fact. */
export async function noteExported(
  redis: RedisClient,
  room: RoomKeys,
  n: number,
  hash: string,
): Promise<boolean> {
  const { archive } = room;
  return (await runScript(redis, scripts['archive-mark'], { archive }, [String(n), hash])) === 1;
}

/** Deletes the facts up to `n`, whose chain hash is `hash`; returns how many there were. */
export async function trimTo(redis: RedisClient, room: RoomKeys, n: number, hash: string): Promise<number> {
  const { ledger, archive } = room;
  const argv = [String(n), hash, String(n + 1)];
  const gone = (await runScript(redis, scripts.trim, { ledger, archive }, argv)) as number;
  if (gone < 0) throw new Error('facts that were never exported were to be trimmed');
  return gone;
}
