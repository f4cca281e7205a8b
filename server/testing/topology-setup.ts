import type { TestProject } from 'vitest/node';
import { startTopology } from './test-topologies.ts';
import { TOPOLOGY_VARIABLE, topologyFrom } from './topology.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Addresses of what the workers borrow, by worker. */
    redisUrls?: readonly string[];
  }
}

/** Workers beyond start what they need file by file: on a large machine most would not get to it. */
const SHARED_MOST = 4;

/** Once for all files of a Vitest project that is not on a standalone Redis. */
export default async function startShared(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const { env } = project.config;
  const { maxWorkers } = project.vitest.config;
  const topology = topologyFrom(env?.[TOPOLOGY_VARIABLE] ?? process.env[TOPOLOGY_VARIABLE]);
  if (topology === 'standalone') return undefined;
  const started = await Promise.all(
    Array.from({ length: Math.min(Number(maxWorkers), SHARED_MOST) }, () => startTopology(topology)),
  );
  project.provide(
    'redisUrls',
    started.map(({ url }) => url),
  );
  return async () => {
    await Promise.all(started.map(({ close }) => close()));
  };
}
