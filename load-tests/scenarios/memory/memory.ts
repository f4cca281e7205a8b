import type { Outcome } from '../../kit/report.ts';
import { abba, interval, median, significant } from '../../kit/stats.ts';
import { startRedis } from '../../target/redis.ts';
import type { RunContext, Scenario } from '../scenario.ts';
import { type MemoryLeg, memoryLeg, type PerConnection, perConnection, type Side } from './memory-leg.ts';

/** The young generation alone grows by up to 48 MB, at times of its own. */
const TRUSTED_VIEWERS = 5000;

export type MemoryPlan = { viewers: number; pairs: number };
type Pair = Record<Side, MemoryLeg>;

function figuresOf(pairs: readonly Pair[]): Outcome['figures'] {
  const ratios = (of: (each: PerConnection) => number) =>
    interval(pairs.map(({ baseline, ours }) => of(perConnection(ours)) / of(perConnection(baseline))));
  const rss = ratios((each) => each.rss);
  const figures: Record<string, number> = {
    bytesPerConnectionRatio: rss.median,
    bytesPerConnectionRatioMin: rss.min,
    bytesPerConnectionRatioMax: rss.max,
    laterBytesPerConnectionRatio: ratios((each) => each.later).median,
    uncollectedBytesPerConnectionRatio: ratios((each) => each.uncollected).median,
    heapBytesPerConnectionRatio: ratios((each) => each.heap + each.external).median,
  };
  for (const side of ['ours', 'baseline'] as const) {
    const legs = pairs.map((pair) => perConnection(pair[side]));
    figures[`${side}BytesPerConnection`] = median(legs.map((each) => each.rss));
    figures[`${side}LaterBytesPerConnection`] = median(legs.map((each) => each.later));
    figures[`${side}UncollectedBytesPerConnection`] = median(legs.map((each) => each.uncollected));
    figures[`${side}HeapBytesPerConnection`] = median(legs.map((each) => each.heap));
    figures[`${side}HeapPagesBytesPerConnection`] = median(legs.map((each) => each.heapPages));
    figures[`${side}ExternalBytesPerConnection`] = median(legs.map((each) => each.external));
    figures[`${side}EmptyMb`] = median(pairs.map((pair) => pair[side].empty.rssBytes)) / 2 ** 20;
  }
  figures.generatorBusyShare = Math.max(
    ...pairs.flatMap((pair) => Object.values(pair)).map((leg) => leg.generatorBusyShare),
  );
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, significant(value)]));
}

export async function runMemory(plan: MemoryPlan, context: RunContext): Promise<Outcome> {
  const { lifetimes, pinning, progress } = context;
  const redis = await startRedis(lifetimes, pinning?.others);
  const pairs: Pair[] = [];
  let n = 0;
  for (const order of abba(plan.pairs, 'baseline' as const, 'ours' as const)) {
    const pair: Partial<Pair> = {};
    for (const side of order) {
      n += 1;
      const leg = await memoryLeg(side, { n, viewers: plan.viewers, redis }, context);
      pair[side] = leg;
      const { heap, rss } = perConnection(leg);
      progress.step(`${side}: ${rss.toFixed(0)} bytes a connection, ${heap.toFixed(0)} of them on the heap`);
    }
    pairs.push(pair as Pair);
  }
  const legs = pairs.flatMap((pair) => Object.values(pair));
  return {
    figures: figuresOf(pairs),
    violations: [],
    warnings:
      plan.viewers < TRUSTED_VIEWERS
        ? [
            `Resident memory of ${plan.viewers} viewers is little beside what a process grows by itself: see heapBytesPerConnectionRatio.`,
          ]
        : [],
    goals: [{ figure: 'bytesPerConnectionRatio', direction: 'at most', value: 0.5 }],
    pairs: {
      bytesPerConnectionRatio: pairs.map(
        ({ baseline, ours }) => perConnection(ours).rss / perConnection(baseline).rss,
      ),
    },
    tables: {
      legs: legs.map((leg) => {
        const each = perConnection(leg);
        return {
          side: leg.side,
          'RSS bytes': Math.round(each.rss),
          'RSS bytes, second half': Math.round(each.later),
          'RSS before collecting': Math.round(each.uncollected),
          'heap bytes': Math.round(each.heap),
          'heap pages': Math.round(each.heapPages),
          'external bytes': Math.round(each.external),
          'empty MB': significant(leg.empty.rssBytes / 2 ** 20),
          'full MB': significant(leg.full.rssBytes / 2 ** 20),
        };
      }),
    },
  };
}

export const memory: Scenario = {
  name: 'memory',
  summary: 'what an idle viewer costs in memory, ours against plain Socket.IO, a fresh process each time',
  defaults: {
    viewers: { full: 5000, quick: 1000 },
    pairs: { full: 5, quick: 1 },
  },
  maxSeconds: ({ viewers = 0, pairs = 0 }) => 60 + pairs * (40 + viewers / 50),
  socketsInOneProcess: ({ viewers = 0 }) => viewers,
  run: ({ viewers = 0, pairs = 0 }, context) => runMemory({ viewers, pairs }, context),
};
