import { createLog } from '../../server/kernel/log.ts';
import { LedgerCheck } from '../../server/ledger/check/ledger-check.ts';
import { checkRoom } from '../../server/ledger/check-room.ts';
import { factPages } from '../../server/ledger/fact-stream.ts';
import { connectRedis, createRedisClient, parseRedisUrl } from '../../server/redis/client.ts';
import { createKeys } from '../../server/redis/keys.ts';

/**
 * A process of its own that reads ledgers as it is told: `read` the stream in pages and nothing else,
 * `replay` (read and check every fact), or `verify` (also compare with the live keys).
 */

export type ReaderMode = 'read' | 'replay' | 'verify';
export type ReaderTask = { mode: ReaderMode; roomId: string };
export type ReaderResult = { facts: number; ms: number; violations: string[]; peakMb: number };

const [url = '', prefix = ''] = process.argv.slice(2);
const redis = createRedisClient(
  parseRedisUrl(url),
  'commands',
  createLog({ level: 'silent', format: 'json' }),
);
const keys = createKeys(prefix);
await connectRedis(redis, 5000);

async function pass(mode: ReaderMode, roomId: string): Promise<Pick<ReaderResult, 'facts' | 'violations'>> {
  if (mode === 'verify') {
    const { facts, violations } = await checkRoom(redis, keys, roomId);
    return { facts, violations: violations.map(({ message }) => message) };
  }
  const { ledger, head } = keys.room(roomId);
  const last = Number(await redis.hget(head, 'fact'));
  const check = new LedgerCheck({ roomId });
  let facts = 0;
  for await (const page of factPages(redis, ledger, 1, last)) {
    facts += page.length;
    if (mode === 'replay') for (const fact of page) check.add(fact);
  }
  return { facts, violations: check.finish().map(({ message }) => message) };
}

process.on('message', async ({ mode, roomId }: ReaderTask) => {
  const startedAtMs = performance.now();
  const result = await pass(mode, roomId);
  const ms = performance.now() - startedAtMs;
  process.send?.({ ...result, ms, peakMb: process.resourceUsage().maxRSS / 1024 } satisfies ReaderResult);
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
