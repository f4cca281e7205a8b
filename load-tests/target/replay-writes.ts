import type { Redis } from 'ioredis';
import { loadScripts } from '../../server/redis/scripts.ts';
import { readMonitorCommand } from './monitor-command.ts';
import { MonitorFeed } from './monitor-feed.ts';

const scripts = loadScripts(import.meta.url, ['replay-writes']);

/** What changes something, or is heard by others: all that a script does besides looking and thinking. */
const EFFECTS = new Set(
  'hset hincrby hdel zadd zrem xadd rpush lpop sadd srem set del pexpire spublish'.split(' '),
);
/** What scripts of the server look with. A command in neither list must be put in one. */
const READS = new Set('time hget hmget hgetall hlen lindex zrange zrank zscore scard smembers'.split(' '));

/** Commands of one script call, with their words. */
export type Commands = readonly (readonly string[])[];
export type Recorded = { writes: Commands; all: Commands };

/**
 * Lets calls happen and reads from MONITOR what each of them wrote, and all that it called.
 *
 * @param calls made one after the other; each must send one EVALSHA.
 */
export async function recordCommands(
  redis: Redis,
  socketPath: string,
  calls: readonly (() => Promise<unknown>)[],
): Promise<Recorded[]> {
  const recorded: { writes: string[][]; all: string[][] }[] = [];
  const feed = await MonitorFeed.open(socketPath, (line) => {
    const read = readMonitorCommand(line);
    if (!read) return;
    const [name = ''] = read.words;
    if (!read.fromScript) {
      if (name.toLowerCase() === 'evalsha') recorded.push({ writes: [], all: [] });
      return;
    }
    recorded.at(-1)?.all.push(read.words);
    if (EFFECTS.has(name.toLowerCase())) recorded.at(-1)?.writes.push(read.words);
    else if (!READS.has(name.toLowerCase())) throw new Error(`Is ${name} a write? See replay-writes.ts.`);
  });
  try {
    for (const call of calls) await call();
    await feed.caughtUp(redis);
  } finally {
    feed.close();
  }
  if (recorded.length !== calls.length) {
    throw new Error(`${calls.length} calls were made, ${recorded.length} were seen.`);
  }
  return recorded;
}

/** Makes Redis know the script. */
export async function loadReplay(redis: Redis): Promise<void> {
  await redis.script('LOAD', scripts['replay-writes'].source);
}

/** ARGV of one replay. */
export const replayArgv = (commands: Commands): string[] =>
  commands.flatMap((words) => [String(words.length), ...words]);

export async function replay(redis: Redis, head: string, argv: readonly string[]): Promise<void> {
  await redis.evalsha(scripts['replay-writes'].sha, 1, head, ...argv);
}
