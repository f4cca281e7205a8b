import { readdirSync, readFileSync } from 'node:fs';

/** CPU time of a process, of all its threads, read from /proc (Linux). */

/** `USER_HZ`, which Linux fixes at 100 for what it shows to programs. */
export const TICKS_PER_SECOND = 100;

export type CpuReading = { pid: number; nsByThread: Map<string, number> };

/** Field 1 of schedstat: time on the CPU in ns. Finer than the 10 ms of /proc/<pid>/stat. */
function fromSchedstat(pid: number): Map<string, number> {
  const nsByThread = new Map<string, number>();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const [onCpuNs] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
    nsByThread.set(thread, Number(onCpuNs));
  }
  return nsByThread;
}

/** utime + stime of the whole process; the name before them may hold spaces and brackets. */
function fromStat(pid: number): Map<string, number> {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return new Map([['all', (ticks / TICKS_PER_SECOND) * 1e9]]);
}

/** A reading now. Two of them give the time between. */
export function readCpu(pid: number): CpuReading {
  try {
    return { pid, nsByThread: fromSchedstat(pid) };
  } catch {
    return { pid, nsByThread: fromStat(pid) };
  }
}

/** CPU seconds that the process used since `before`. A thread that ended in between is left out. */
export function cpuSecondsSince(before: CpuReading): number {
  let ns = 0;
  for (const [thread, nowNs] of readCpu(before.pid).nsByThread) {
    ns += Math.max(0, nowNs - (before.nsByThread.get(thread) ?? 0));
  }
  return ns / 1e9;
}
