import { residentMib } from '../../kit/memory.ts';
import { abba, sum } from '../../kit/stats.ts';
import { type MediaTargetKind, startMediaTarget } from '../../target/media-target.ts';
import { mediaWorkerBin } from '../../target/media-worker.ts';
import type { RunContext } from '../scenario.ts';
import { type Bot, COUNTED, type Leg, measure, type Stage } from './legs.ts';

/** A picture of 720p. */
export const KILOBITS_PER_SECOND = 1500;
const WARM_UP_SECONDS = 0.5;

export type Kind = { kind: MediaTargetKind; workers: number };

/** `micros`: CPU a packet. `ratio`: that of the second ÷ that of the first. */
export type FreshPair = { micros: [number, number]; ratio: number; legs: Leg[] };

const residentBytes = (pids: readonly number[]): number => sum(pids.map(residentMib)) * 2 ** 20;

export async function openStage(
  { kind, workers, receivers }: Kind & { receivers: number },
  { bot, context }: { bot: Bot; context: RunContext },
): Promise<Stage & { bytesPerReceiver: number }> {
  const workerBin = mediaWorkerBin();
  const { lifetimes, pinning } = context;
  const target = await startMediaTarget({ kind, workerBin, workers }, lifetimes, pinning?.servers);
  const { port, workerPids } = await target.call('publish', null);
  const ports = await bot.call('ports', null);
  const before = residentBytes(workerPids);
  await target.call('join', { receivers: receivers - COUNTED, port: ports.draining });
  const { ssrcs } = await target.call('join', { receivers: COUNTED, port: ports.counting });
  const stage = { target, port, workerPids, receivers, counted: ssrcs };
  // The first packets find buffers and code cold.
  await bot.call('send', { port, kilobitsPerSecond: KILOBITS_PER_SECOND, seconds: WARM_UP_SECONDS });
  return { ...stage, bytesPerReceiver: (residentBytes(workerPids) - before) / receivers };
}

/**
 * Two relays against each other. One process costs up to a tenth more a packet than another one of its kind, by where
 * its memory happens to lie, and stays so: hence each pair has relays of its own, which are measured in turn (ABBA).
 */
export async function freshPairs(
  kinds: readonly [Kind, Kind],
  run: { bot: Bot; context: RunContext; viewers: number; seconds: number; pairs: number },
): Promise<FreshPair[]> {
  const { bot, context } = run;
  const pairs: FreshPair[] = [];
  for (const opening of abba<0 | 1, 0 | 1>(run.pairs, 0, 1)) {
    const stages: Stage[] = [];
    for (const which of opening) {
      stages[which] = await openStage({ ...kinds[which], receivers: run.viewers }, { bot, context });
    }
    const legs: [Leg[], Leg[]] = [[], []];
    const leg = { kilobitsPerSecond: KILOBITS_PER_SECOND, seconds: run.seconds / 2 };
    for (const which of abba<0 | 1, 0 | 1>(2, opening[0], opening[1]).flat()) {
      legs[which].push(await measure({ bot, stage: stages[which] as Stage }, leg));
    }
    for (const { target } of stages) await target.child.stop();
    const micros: [number, number] = [microsOf(legs[0]), microsOf(legs[1])];
    pairs.push({ micros, ratio: micros[1] / micros[0], legs: legs.flat() });
  }
  return pairs;
}

function microsOf(legs: readonly Leg[]): number {
  return (sum(legs.map(({ cpuSeconds }) => cpuSeconds)) * 1e6) / sum(legs.map(({ sent }) => sent));
}
