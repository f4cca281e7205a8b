import type { FloodResult } from '../bots/methods.ts';
import type { Outcome } from '../kit/report.ts';
import { type Distribution, distribution, percentilesOverTime } from '../kit/series.ts';

const POINTS = 40;
const MIN_STEP_MS = 250;

type Leg = { side: string; result: Pick<FloodResult, 'latenciesMs' | 'arrivalsMs'> };

/** Latency from saying to seeing, for the charts: how it is spread, and how it went over the legs' time, each side its own. */
export function latencyCharts(
  legs: readonly Leg[],
  seconds: number,
): Required<Pick<Outcome, 'series' | 'distributions'>> {
  const sides = [...new Set(legs.map(({ side }) => side))];
  const stepMs = Math.max(MIN_STEP_MS, (seconds * 1000) / POINTS);
  const ofSide = (side: string) => legs.filter((leg) => leg.side === side).map(({ result }) => result);
  return {
    distributions: sides.map(
      (side): Distribution =>
        distribution(
          side,
          'ms',
          ofSide(side).flatMap(({ latenciesMs }) => latenciesMs),
          'Latency',
        ),
    ),
    series: sides.flatMap((side) =>
      percentilesOverTime(
        ofSide(side).flatMap(({ latenciesMs, arrivalsMs }) =>
          latenciesMs.map((value, n) => [arrivalsMs[n] ?? 0, value] as const),
        ),
        { unit: 'ms', group: 'Latency in a leg', stepMs, prefix: `${side} ` },
      ),
    ),
  };
}
