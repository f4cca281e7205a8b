import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type CpuReading, cpuSecondsSince, readCpu, TICKS_PER_SECOND } from './cpu.ts';

/** user + nice + system of the whole machine, in seconds. */
function machineCpuSeconds(): number {
  const [user = 0, nice = 0, system = 0] = (
    /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? ''
  )
    .split(' ')
    .map(Number);
  return (user + nice + system) / TICKS_PER_SECOND;
}

/** Above this, other programs disturb what is measured. */
const DISTURBING_SHARE = 0.1;

/** What other programs take of the machine while a run measures: figures under such load are worse than they are. */
export class Neighbours {
  readonly #startedAtMs = performance.now();
  readonly #machine = machineCpuSeconds();
  readonly #own: CpuReading[];

  /** @param pids processes of the run besides this one. */
  constructor(pids: readonly number[]) {
    this.#own = [process.pid, ...pids].map(readCpu);
  }

  /** Share of all CPUs that others used since the start; 1 is the whole machine. */
  share(): number {
    const ownSeconds = this.#own.reduce((total, before) => total + cpuSecondsSince(before), 0);
    const elapsedSeconds = (performance.now() - this.#startedAtMs) / 1000;
    const others = machineCpuSeconds() - this.#machine - ownSeconds;
    return Math.max(0, others / (elapsedSeconds * availableParallelism()));
  }
}

/** A warning where other programs took too much; none where they did not. */
export function neighbourWarnings(share: number): string[] {
  if (share < DISTURBING_SHARE) return [];
  return [
    `Other programs used ${Math.round(share * 100)} % of this machine meanwhile: measure again when it is quiet.`,
  ];
}
