import { pairedRatio, ratioFigures } from '../../kit/interval.ts';
import { type Withheld, withhold } from '../../kit/rate.ts';
import type { Goal, Outcome } from '../../kit/report.ts';
import { distribution } from '../../kit/series.ts';
import { median, percentile, significant, sum } from '../../kit/stats.ts';
import type { Leg } from './legs.ts';
import type { SideName } from './sides.ts';

/** What the baseline needs more than ours, by messages a second; for 2,000 viewers. */
const RATIO_GOALS: Readonly<Record<number, number>> = { 20: 2.2, 50: 4.5, 200: 15 };
const FLOOR_GOAL = 1.6;

/** One leg of every side, in the order in which they came. */
export type Round = readonly Leg[];

/** Ratios by the name of their figure, and which sides they are of. */
type Compared = { figure: string; above: SideName; below: SideName; value: (leg: Leg) => number };

const comparisons = (sides: readonly SideName[]): Compared[] =>
  sides.flatMap((side): Compared[] => {
    switch (side) {
      case 'ours':
        return [];
      case 'baseline':
        return [
          {
            figure: 'cpuPerDeliveryRatio',
            above: 'baseline',
            below: 'ours',
            value: ({ cpuMicros }) => cpuMicros,
          },
        ];
      case 'floor':
        return [
          { figure: 'cFloorRatio', above: 'ours', below: 'floor', value: ({ cpuMicros }) => cpuMicros },
        ];
      default:
        // Peers have everything in their own processes, so our Redis counts as well.
        return [
          {
            figure: `peers.${side}`,
            above: side,
            below: 'ours',
            value: (leg) => leg.cpuMicros + (leg.side === 'ours' ? leg.redisMicros : 0),
          },
        ];
    }
  });

export const goalsOf = (rate: number, sides: readonly SideName[]): Goal[] =>
  comparisons(sides).flatMap(({ figure }): Goal[] => {
    if (figure === 'cFloorRatio') return [{ figure, direction: 'at most', value: FLOOR_GOAL }];
    const value = figure === 'cpuPerDeliveryRatio' ? RATIO_GOALS[rate] : 1;
    return value === undefined ? [] : [{ figure, direction: 'at least', value }];
  });

function sideFigures(side: SideName, legs: readonly Leg[]): Record<string, number> {
  const deliveries = sum(legs.map(({ result }) => result.deliveries));
  const latenciesMs = legs.flatMap(({ result }) => result.latenciesMs);
  const figures = {
    [`${side}CpuMicrosPerDelivery`]: median(legs.map(({ cpuMicros }) => cpuMicros)),
    [`${side}Deliveries`]: deliveries,
    [`${side}DeliveriesPerFrame`]: deliveries / sum(legs.map(({ result }) => result.frames)),
  };
  if (side === 'ours') {
    figures.oursRedisCpuMicrosPerDelivery = median(legs.map(({ redisMicros }) => redisMicros));
  }
  if (latenciesMs.length > 0) {
    figures[`${side}LatencyP50Ms`] = percentile(latenciesMs, 0.5);
    figures[`${side}LatencyP99Ms`] = percentile(latenciesMs, 0.99);
  }
  return figures;
}

/**
 * Figures, and the ratios behind them.
 *
 * @param untrusted why legs of a side cannot be used, by side: what is made of them is withheld.
 */
export function floodOutcome(
  rounds: readonly Round[],
  untrusted: Readonly<Partial<Record<SideName, readonly string[]>>>,
): Required<Pick<Outcome, 'figures' | 'withheld' | 'pairs' | 'distributions'>> {
  const legs = rounds.flat();
  const sides = [...new Set(legs.map(({ side }) => side))];
  const of = (side: SideName) => legs.filter((leg) => leg.side === side);
  const pairs: Record<string, readonly number[]> = {};
  let figures: Record<string, number> = {};
  const spoilt: { names: string[]; why: readonly string[] }[] = [];
  for (const { figure, above, below, value } of comparisons(sides)) {
    const ratio = pairedRatio(rounds, above, below, value);
    pairs[figure] = ratio.ratios;
    const made = ratioFigures(figure, ratio);
    Object.assign(figures, made);
    spoilt.push({
      names: Object.keys(made),
      why: [...(untrusted[above] ?? []), ...(untrusted[below] ?? [])],
    });
  }
  for (const side of sides) {
    const made = sideFigures(side, of(side));
    Object.assign(figures, made);
    // How many came is true whatever the load was.
    const names = Object.keys(made).filter((name) => name !== `${side}Deliveries`);
    spoilt.push({ names, why: untrusted[side] ?? [] });
  }
  figures.generatorBusyShare = Math.max(...legs.map(({ result }) => result.busyShare));
  const withheld: Withheld[] = [];
  for (const { names, why } of spoilt) {
    const left = withhold(figures, names, why);
    figures = left.figures;
    withheld.push(...left.withheld);
  }
  return {
    figures: Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, significant(value)])),
    withheld,
    pairs,
    distributions: sides
      .filter((side) => side !== 'floor' && (untrusted[side] ?? []).length === 0)
      .map((side) =>
        distribution(
          side,
          'ms',
          of(side).flatMap(({ result }) => result.latenciesMs),
          'latency',
        ),
      ),
  };
}
