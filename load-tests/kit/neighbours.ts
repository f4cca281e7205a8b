import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type CpuReading, cpuSecondsSince, readCpu, TICKS_PER_SECOND } from './cpu.ts';

type MachineCpu = { usedSeconds: number; stolenSeconds: number };

/** The whole machine: user + nice + system, and what a hypervisor gave to other machines meanwhile. */
function machineCpu(): MachineCpu {
  const fields = (/^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? '').split(' ').map(Number);
  const [user = 0, nice = 0, system = 0] = fields;
  return {
    usedSeconds: (user + nice + system) / TICKS_PER_SECOND,
    stolenSeconds: (fields[7] ?? 0) / TICKS_PER_SECOND,
  };
}

/** Of the machine: a process that pins itself later would be told of fewer. */
const CPUS = availableParallelism();

/** Above this, other programs disturb what is measured. */
const DISTURBING_SHARE = 0.1;

/** What others take of the machine while a run measures. */
export class Neighbours {
  readonly #startedAtMs = performance.now();
  readonly #machine = machineCpu();
  readonly #own: CpuReading[];

  /** @param pids processes of the run besides this one. */
  constructor(pids: readonly number[]) {
    this.#own = [process.pid, ...pids].map(readCpu);
  }

  /**
   * Share of all CPUs that other programs and other machines of the hypervisor had since the start.
   *
   * @param moreOwnSeconds CPU time of processes of the run that came and went meanwhile.
   */
  share(moreOwnSeconds = 0): number {
    const now = machineCpu();
    const ownSeconds = this.#own.reduce((total, before) => total + cpuSecondsSince(before), 0);
    const elapsedSeconds = (performance.now() - this.#startedAtMs) / 1000;
    const others = Math.max(0, now.usedSeconds - this.#machine.usedSeconds - ownSeconds - moreOwnSeconds);
    const stolen = now.stolenSeconds - this.#machine.stolenSeconds;
    return (others + stolen) / (elapsedSeconds * CPUS);
  }
}

/** A warning where others took too much; none where they did not. */
export function neighbourWarnings(share: number): string[] {
  if (share < DISTURBING_SHARE) return [];
  return [
    `Others had ${Math.round(share * 100)} % of this machine meanwhile: measure again when it is quiet.`,
  ];
}
