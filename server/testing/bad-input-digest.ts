import { Cluster } from 'ioredis';
import type { RedisClient } from '../redis/client.ts';
import { createKeys } from '../redis/keys.ts';

/**
 * Everything that Redis holds of one room, in a form that two moments can be compared by. Who is present and for how
 * long, and what the server counts from the ledger by itself, is left out.
 */
export async function roomContents(redis: RedisClient, roomId: string): Promise<Record<string, unknown>> {
  const anyPrefix = createKeys('*').room(roomId).head.replace(/head$/, '');
  const keys: string[] = [];
  for (const master of redis instanceof Cluster ? redis.nodes('master') : [redis]) {
    let cursor = '0';
    do {
      const [next, found] = await master.scan(cursor, 'MATCH', `${anyPrefix}*`, 'COUNT', 1000);
      cursor = next;
      keys.push(...found);
    } while (cursor !== '0');
  }
  const contents: Record<string, unknown> = {};
  for (const key of [...new Set(keys)].sort()) {
    const name = key.slice(key.indexOf('}') + 1);
    if (BY_ITSELF.test(name)) continue;
    const content = await contentOf(redis, key, name);
    // A queue in which nothing else is due is one that might not be there.
    if (!Array.isArray(content) || content.length > 0) contents[name] = content;
  }
  return contents;
}

/** Keys, and fields of the head, that change without a command. */
const BY_ITSELF = /^:(presence|watch$|paid-orders$|paid-points$|show-minutes|show-visitors|buyer-names$)/;
const HEAD_BY_ITSELF = [
  ...['seq', 'viewers', 'viewersAtMs', 'followers', 'pointsFact', 'saidSeq', 'liveDay', 'liveDays'],
];

/** What falls due because the ledger has grown, which the fan club reads on. */
const DUE_BY_ITSELF = 'fan-badges:follow:';

function scoresOf(membersAndScores: readonly string[], isDue: boolean): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < membersAndScores.length; i += 2) {
    const [member = '', score = ''] = membersAndScores.slice(i, i + 2);
    if (!isDue || member !== DUE_BY_ITSELF) pairs.push([member, score]);
  }
  return pairs;
}

async function contentOf(redis: RedisClient, key: string, name: string): Promise<unknown> {
  const type = await redis.type(key);
  switch (type) {
    case 'string':
      return redis.get(key);
    case 'list':
      return redis.lrange(key, 0, -1);
    case 'set':
      return (await redis.smembers(key)).sort();
    case 'zset':
      return scoresOf(await redis.zrange(key, 0, '-1', 'WITHSCORES'), name === ':due');
    case 'stream': {
      const entries = await redis.xrange(key, '-', '+');
      return entries.filter(([, fields]) => !fields[1]?.includes('"name":"room:presence-changed"'));
    }
    case 'hash': {
      const fields = await redis.hgetall(key);
      if (name === ':head') for (const field of HEAD_BY_ITSELF) delete fields[field];
      return fields;
    }
    default:
      throw new Error(`${key} is a ${type}, which no script of ours makes`);
  }
}
