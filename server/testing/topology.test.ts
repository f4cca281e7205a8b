import { expect, it } from 'vitest';
import { startTestRedis } from './test-redis.ts';
import { TOPOLOGY_VARIABLE, topologyFrom } from './topology.ts';

it('[CT7] a Redis of tests is of the kind that the run is on, and empty', async () => {
  const topology = topologyFrom(process.env[TOPOLOGY_VARIABLE]);
  for (let time = 0; time < 2; time += 1) {
    const redis = await startTestRedis();
    try {
      const [info] = await Promise.all(redis.masters.map((master) => master.info()));
      expect(redis.topology).toBe(topology);
      expect(redis.masters).toHaveLength(topology === 'cluster' ? 3 : 1);
      expect(info).toMatch(topology === 'cluster' ? /^cluster_enabled:1/m : /^cluster_enabled:0/m);
      expect(info).toMatch(topology === 'sentinel' ? /^connected_slaves:1/m : /^connected_slaves:0/m);
      expect(await redis.keys('*')).toEqual([]);
      // On each master.
      for (let i = 0; i < 20; i += 1) await redis.client.set(`key-${i}`, i);
      expect(await redis.keys('*')).toHaveLength(20);
    } finally {
      await redis.close();
    }
  }
});

it('[CT7] two at a time are two', async () => {
  const [one, two] = [await startTestRedis(), await startTestRedis()];
  try {
    await one.client.set('whose', 'one');
    expect(await two.client.get('whose')).toBeNull();
  } finally {
    await one.close();
    await two.close();
  }
});

it('[CT7] one of its own is standalone on every run', async () => {
  const own = await startTestRedis({ topology: 'standalone' });
  try {
    expect(own.url).toBe(`unix://${own.path}`);
    await own.kill();
    await own.restart();
    expect(await own.client.ping()).toBe('PONG');
  } finally {
    await own.close();
  }
});

it('[CT7] a kind that there is none of is refused', async () => {
  expect(() => topologyFrom('dragonfly')).toThrow(
    'LIVESTALL_TEST_REDIS: there is no "dragonfly", only standalone, sentinel, cluster',
  );
  expect([topologyFrom(undefined), topologyFrom('')]).toEqual(['standalone', 'standalone']);
});
