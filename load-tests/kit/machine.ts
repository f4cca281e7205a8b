import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

/** What a figure was measured on. */
export type Machine = { cpu: string; cores: number; memoryGb: number; node: string; redis: string };

function redisVersion(): string {
  try {
    const text = execFileSync('redis-server', ['--version'], { encoding: 'utf8', timeout: 5000 });
    return /v=([\d.]+)/.exec(text)?.[1] ?? 'unknown';
  } catch {
    return 'not found';
  }
}

export function describeMachine(): Machine {
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    redis: redisVersion(),
  };
}

/** Expands a kernel CPU list such as "0-2,5". */
export function parseCpuList(list: string): number[] {
  const cpuNumbers: number[] = [];
  for (const part of list.trim().split(',')) {
    const [first = Number.NaN, last = first] = part.split('-').map(Number);
    for (let cpu = first; cpu <= last; cpu += 1) cpuNumbers.push(cpu);
  }
  return cpuNumbers;
}

function hasTaskset(): boolean {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore', timeout: 5000 });
    return true;
  } catch {
    return false;
  }
}

/** Which CPUs the measured servers get, and which the bots and Redis; null where they cannot be kept apart. */
export type Pinning = { servers: string; others: string } | null;

/** One CPU for servers, the rest for everything else, where `taskset` and two CPUs exist. */
export function planPinning(): Pinning {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    const [server, ...rest] = parseCpuList(/^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '');
    if (server === undefined || rest.length === 0 || !hasTaskset()) return null;
    return { servers: String(server), others: rest.join(',') };
  } catch {
    return null;
  }
}

/** Open files that one process may have. Node raises its soft limit to the hard one by itself. */
export function openFilesLimit(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1];
    return hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard ?? Number.NaN);
  } catch {
    return Number.NaN;
  }
}

/**
 * Says what is missing when one process would need more open files than it may have; null when it fits.
 *
 * @param sockets the most sockets that one process of the run holds.
 */
export function openFilesProblem(sockets: number, limit = openFilesLimit()): string | null {
  const needed = sockets + 200;
  if (Number.isNaN(limit) || limit >= needed) return null;
  return `This run needs ${needed} open files in one process, and ${limit} are allowed. Run \`ulimit -n ${needed}\` first, or lower --viewers.`;
}
