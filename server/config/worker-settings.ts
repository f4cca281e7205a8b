import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { parsePortRange } from './media-values.ts';
import { setting } from './setting.ts';
import { whole } from './values.ts';

/** How many server processes share the port, and what each of them gets of what a machine has once. */
export const workerSettings = {
  workers: setting({
    group: 'Serving',
    kind: 'number',
    unit: 'processes or auto',
    summary:
      'Server processes behind the one port; each uses at most one core and counts as a node of its own. 0 or auto: one a core.',
    schema: z.preprocess((value) => (value === 'auto' ? 0 : value), whole(0, 256)),
    defaultValue: 1,
  }),
} as const;

type MediaShare = { mediaWorkers: number; mediaPort: number; mediaBitratePerNode: number };
type Shared = MediaShare & { workers: number };

/** How many server processes there are to be. */
export function workerCount({ workers }: Pick<Shared, 'workers'>, cores = availableParallelism()): number {
  return workers || cores;
}

/** Media workers of the whole machine: as many as were asked for, and at least one a server process. */
export function mediaWorkerCount(config: Shared, cores = availableParallelism()): number {
  return config.mediaWorkers || Math.max(cores, workerCount(config, cores));
}

/**
 * What the `index`-th server process (from 0) gets: its part of the media workers, the ports that come after those of
 * the processes before it, and its part of the bitrate.
 */
export function mediaShare(config: Shared, index: number, cores = availableParallelism()): MediaShare {
  const count = workerCount(config, cores);
  const total = mediaWorkerCount(config, cores);
  const before = (n: number): number => Math.floor((total * n) / count);
  return {
    mediaWorkers: before(index + 1) - before(index),
    mediaPort: config.mediaPort && config.mediaPort + before(index),
    mediaBitratePerNode: config.mediaBitratePerNode && Math.ceil(config.mediaBitratePerNode / count),
  };
}

type Checked = Shared & { media: boolean; port: number; mediaPipePorts: string };

/** What is wrong with how processes, media workers and ports go together, in words. */
export function workerProblems(config: Checked, cores = availableParallelism()): string[] {
  const problems: string[] = [];
  if (!config.media) return problems;
  const count = workerCount(config, cores);
  const total = mediaWorkerCount(config, cores);
  if (total < count) {
    problems.push(
      `mediaWorkers: expected at least one for each of the ${count} workers, got ${config.mediaWorkers}. Raise --media-workers, leave it out, or run fewer --workers.`,
    );
  }
  if (config.mediaPort === 0) return problems;
  const first = config.mediaPort;
  const last = first + total - 1;
  const taken = `mediaPort: ${total} media workers take the ports ${first} to ${last}`;
  if (last > 65_535) problems.push(`${taken}, and the last port is 65535. Choose a lower --media-port.`);
  if (config.port >= first && config.port <= last) {
    problems.push(`${taken}, and --port is one of them. Choose another --media-port or --port.`);
  }
  const pipes = parsePortRange(config.mediaPipePorts);
  // A lone process binds its ports before it makes pipes. A worker that is started again could find one of its taken.
  if (count > 1 && pipes && first <= pipes.max && last >= pipes.min) {
    problems.push(
      `${taken}, which mediaPipePorts (${config.mediaPipePorts}) has too. With several workers they must be apart: choose another --media-port or --media-pipe-ports.`,
    );
  }
  return problems;
}
