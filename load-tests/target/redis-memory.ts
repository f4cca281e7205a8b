import type { Redis } from 'ioredis';
import { sum } from '../kit/stats.ts';

/** What Redis says of its memory, in bytes. */
export type RedisMemory = {
  /** Of the data: without what connections and the AOF have buffered, and without scripts. */
  dataBytes: number;
  /** What the allocator holds of the system, its own holes included. */
  activeBytes: number;
};

/** @param purge first lets the allocator give back what it does not need. */
export async function memoryOf(redis: Redis, purge = false): Promise<RedisMemory> {
  if (purge) await redis.memory('PURGE');
  const text = await redis.info('memory');
  const figure = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  const others = ['mem_clients_normal', 'mem_clients_slaves', 'mem_aof_buffer', 'used_memory_scripts_eval'];
  return {
    dataBytes: figure('used_memory') - sum(others.map(figure)),
    activeBytes: figure('allocator_active'),
  };
}

/** Bytes of one key, all of its parts counted. */
export async function bytesOfKey(redis: Redis, key: string): Promise<number> {
  return (await redis.memory('USAGE', key, 'SAMPLES', 0)) ?? 0;
}

/** Forks for rewriting the AOF, and how long the last one kept Redis from everything else. No call is charged for them. */
export async function forksOf(redis: Redis): Promise<{ forks: number; lastForkMs: number }> {
  const text = await redis.info('stats');
  const figure = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  return { forks: figure('total_forks'), lastForkMs: figure('latest_fork_usec') / 1000 };
}

/** CPU time of the processes that Redis forked. */
export async function childSecondsOf(redis: Redis): Promise<number> {
  const text = await redis.info('cpu');
  return sum([...text.matchAll(/^used_cpu_(?:sys|user)_children:([\d.]+)/gm)].map(([, s]) => Number(s)));
}
