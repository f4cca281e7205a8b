import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { sleep } from './wait.ts';

/** Memory of a process that is in RAM, in MiB (Linux). */
export function residentMib(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib ?? Number.NaN) / 1024;
}

/** The most that was seen in so long. */
export async function mostResidentMib(pid: number, forMs: number): Promise<number> {
  let most = 0;
  for (const untilMs = performance.now() + forMs; performance.now() < untilMs; ) {
    most = Math.max(most, residentMib(pid));
    await sleep(100);
  }
  return most;
}

/** Collects this process' heap, so that what is timed next does not pay for garbage of before. */
export function collectHeap(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}
