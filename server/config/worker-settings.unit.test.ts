import { describe, expect, it } from 'vitest';
import { loadConfig } from './load.ts';
import { defaultConfig } from './schema.ts';
import { mediaShare, workerCount, workerProblems } from './worker-settings.ts';

function problems(flags: string): string[] {
  const result = loadConfig({ argv: flags.split(' '), env: {} });
  return 'ok' in result && !result.ok ? result.problems : [];
}

function workers(flags: string, env: NodeJS.ProcessEnv = {}): number {
  const result = loadConfig({ argv: flags.split(' ').filter(Boolean), env });
  if (!('ok' in result) || !result.ok) throw new Error(JSON.stringify(result));
  return result.config.workers;
}

describe('[CF20] workers', () => {
  it('[CF20] are one, so many, or one a core', () => {
    expect(workers('')).toBe(1);
    expect(workers('--workers 3 --media-workers 3')).toBe(3);
    expect(workers('', { LIVESTALL_WORKERS: '2' })).toBe(2);
    for (const text of ['0', 'auto']) expect(workers(`--workers ${text}`)).toBe(0);
    expect(workerCount({ workers: 0 }, 6)).toBe(6);
    expect(workerCount({ workers: 2 }, 6)).toBe(2);
    for (const odd of ['-1', '257', '1.5', 'all']) {
      expect(problems(`--workers ${odd}`)).toEqual([
        expect.stringContaining('workers: expected a whole number from 0 to 256'),
      ]);
    }
  });

  it.each([
    [1, 0, 4],
    [2, 0, 4],
    [3, 4, 2],
    [5, 0, 2],
    [4, 9, 16],
    [7, 7, 1],
  ])(
    '[CF20] %i workers share %i media workers on %i cores, and no port twice',
    (count, mediaWorkers, cores) => {
      const config = { ...defaultConfig(), workers: count, mediaWorkers, mediaPort: 50_000 };
      const shares = Array.from({ length: count }, (_, index) => mediaShare(config, index, cores));
      expect(Math.min(...shares.map((share) => share.mediaWorkers))).toBeGreaterThan(0);
      const total = mediaWorkers || Math.max(cores, count);
      const ports = shares.flatMap(({ mediaWorkers: own, mediaPort }) =>
        Array.from({ length: own }, (_, i) => mediaPort + i),
      );
      expect(ports).toEqual(Array.from({ length: total }, (_, i) => 50_000 + i));
      const free = mediaShare({ ...config, mediaPort: 0, mediaBitratePerNode: 1000 }, 0, cores);
      expect(free).toMatchObject({ mediaPort: 0, mediaBitratePerNode: Math.ceil(1000 / count) });
    },
  );

  it('[CF20] what cannot go together is refused with the way out', () => {
    expect(problems('--workers 4 --media-workers 3')).toEqual([
      'mediaWorkers: expected at least one for each of the 4 workers, got 3. Raise --media-workers, leave it out, or run fewer --workers.',
    ]);
    expect(problems('--workers 2 --media-workers 2 --media-port 8079')).toEqual([
      expect.stringMatching(/^mediaPort: 2 media workers take the ports 8079 to 8080, and --port is one/),
    ]);
    expect(problems('--workers 2 --media-workers 2 --media-port 39999')).toEqual([
      expect.stringMatching(/ports 39999 to 40000, which mediaPipePorts \(40000-49999\) has too/),
    ]);
    expect(problems('--workers 2 --media-workers 4 --media-port 65000')).toEqual([]);
    expect(problems('--media-workers 2 --media-port 44400')).toEqual([]);
    expect(problems('--workers 2 --no-media --media-workers 1 --media-port 8080')).toEqual([]);
    const most = { ...defaultConfig(), media: true, workers: 0, mediaPort: 65_000 };
    expect(workerProblems(most, 600)).toEqual([expect.stringContaining('the last port is 65535')]);
  });
});
