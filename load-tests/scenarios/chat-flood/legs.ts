import type { FloodResult } from '../../bots/methods.ts';
import { cpuUseSince, readCpu } from '../../kit/cpu.ts';
import { percentile, significant, sum } from '../../kit/stats.ts';
import type { Side, SideFlood, SideName } from './sides.ts';

export type Leg = {
  side: SideName;
  /** Of its processes. */
  cpuSeconds: number;
  /** Share of the time it was ready to run that it was kept waiting. */
  waitingShare: number;
  cpuMicros: number;
  /** Of Redis, meanwhile: ours and the baseline need one, others do not. */
  redisMicros: number;
  result: FloodResult;
};

/** Lets a side's crowd talk, and reads what CPU that took. */
export async function performLeg(side: Side, redisPid: number, flood: SideFlood): Promise<Leg> {
  const before = side.pids.map(readCpu);
  const redisBefore = readCpu(redisPid);
  const result = await side.flood(flood);
  const uses = before.map(cpuUseSince);
  const cpuSeconds = sum(uses.map((use) => use.cpuSeconds));
  const waitingSeconds = sum(uses.map((use) => use.waitingSeconds));
  return {
    side: side.name,
    cpuSeconds,
    waitingShare: waitingSeconds / (cpuSeconds + waitingSeconds),
    cpuMicros: (cpuSeconds / result.deliveries) * 1e6,
    redisMicros: (cpuUseSince(redisBefore).cpuSeconds / result.deliveries) * 1e6,
    result,
  };
}

/** Rows for readers who want more than medians. */
export const legTable = (legs: readonly Leg[]): Record<string, number | string>[] =>
  legs.map(({ side, cpuSeconds, cpuMicros, waitingShare, result }) => ({
    side,
    'µs/delivery': significant(cpuMicros),
    'server CPU s': significant(cpuSeconds),
    deliveries: result.deliveries,
    missing: result.expectedDeliveries - result.deliveries,
    frames: result.frames,
    'bytes/frame': significant(result.bytes / result.frames, 3),
    'p50 ms': latency(result, 0.5),
    'p99 ms': latency(result, 0.99),
    'bots busy': significant(result.busyShare, 2),
    'server waited': significant(waitingShare, 2),
  }));

const latency = ({ latenciesMs }: FloodResult, share: number): number | string =>
  latenciesMs.length === 0 ? '–' : significant(percentile(latenciesMs, share), 3);
