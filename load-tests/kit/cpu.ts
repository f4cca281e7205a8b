import { readdirSync, readFileSync } from 'node:fs';

/** CPU time of a process, of all its threads, read from /proc (Linux). */

/** `USER_HZ`, which Linux fixes at 100 for what it shows to programs. */
export const TICKS_PER_SECOND = 100;

type Spent = { onCpuNs: number; waitingNs: number };
export type CpuReading = { pid: number; threads: Map<string, Spent> };
export type CpuUse = {
  cpuSeconds: number;
  /** Ready to run, but others had the CPU. Unknown, and 0, where there is no schedstat. */
  waitingSeconds: number;
};

/** Fields 1 and 2 of schedstat, in ns: finer than the 10 ms of /proc/<pid>/stat. */
function fromSchedstat(pid: number): Map<string, Spent> {
  const threads = new Map<string, Spent>();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const text = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8');
    const [onCpuNs = Number.NaN, waitingNs = Number.NaN] = text.split(' ').map(Number);
    threads.set(thread, { onCpuNs, waitingNs });
  }
  return threads;
}

/** utime + stime of the whole process; the name before them may hold spaces and brackets. */
function fromStat(pid: number): Map<string, Spent> {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return new Map([['all', { onCpuNs: (ticks / TICKS_PER_SECOND) * 1e9, waitingNs: 0 }]]);
}

/** CPU time of the process since it began, ended threads included; to 10 ms. */
export function cpuSecondsOf(pid: number): number {
  return (fromStat(pid).get('all')?.onCpuNs ?? 0) / 1e9;
}

/** A reading now. Two of them give the time between. */
export function readCpu(pid: number): CpuReading {
  try {
    return { pid, threads: fromSchedstat(pid) };
  } catch {
    return { pid, threads: fromStat(pid) };
  }
}

/** What the process used since `before`. A thread that ended in between is left out. */
export function cpuUseSince(before: CpuReading): CpuUse {
  const use: CpuUse = { cpuSeconds: 0, waitingSeconds: 0 };
  for (const [thread, now] of readCpu(before.pid).threads) {
    const then = before.threads.get(thread) ?? { onCpuNs: 0, waitingNs: 0 };
    use.cpuSeconds += Math.max(0, now.onCpuNs - then.onCpuNs) / 1e9;
    use.waitingSeconds += Math.max(0, now.waitingNs - then.waitingNs) / 1e9;
  }
  return use;
}

export const cpuSecondsSince = (before: CpuReading): number => cpuUseSince(before).cpuSeconds;
