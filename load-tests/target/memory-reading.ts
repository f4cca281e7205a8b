import { readFileSync, rmSync } from 'node:fs';
import { residentMib } from '../kit/memory.ts';
import { until } from '../kit/wait.ts';
import type { MemoryReading } from './memory-probe.ts';
import type { ServerUnderTest } from './server-under-test.ts';

export type Reading = MemoryReading & {
  /** Before the heap was collected: what an operator sees. */
  uncollectedBytes: number;
};

const PROBE = new URL('./memory-probe.ts', import.meta.url).href;
const PROBE_TIMEOUT_MS = 15_000;

/** Environment of a server that tells its memory through `file`. */
export const memoryProbe = (file: string): Record<string, string> => ({
  NODE_OPTIONS: `--import=${PROBE}`,
  LOAD_MEMORY_FILE: file,
});

/** What a server with `memoryProbe(file)` holds now, right after a collection. */
export async function readMemory({ child, pid }: ServerUnderTest, file: string): Promise<Reading> {
  const uncollectedBytes = residentMib(pid) * 2 ** 20;
  rmSync(file, { force: true });
  child.process.kill('SIGUSR2');
  const reading = await until(`the memory of ${child.what}`, PROBE_TIMEOUT_MS, () => {
    const problem = child.problem();
    if (problem) throw new Error(problem);
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as MemoryReading;
    } catch {
      return undefined;
    }
  });
  return { ...reading, uncollectedBytes };
}
