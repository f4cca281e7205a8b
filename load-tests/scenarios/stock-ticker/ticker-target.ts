import type { DecrementsResult, SeenStock } from '../../bots/sale/methods.ts';
import { rateProblem, withhold } from '../../kit/rate.ts';
import type { Outcome } from '../../kit/report.ts';
import { median, percentile, significant } from '../../kit/stats.ts';
import { readListedStock } from '../../target/listed-sale.ts';
import type { OpenTarget } from '../../target/open-target.ts';
import { totalOf } from '../../target/redis-counters.ts';
import type { Stock } from '../../target/stored-sale.ts';
import { closeSale, scheduleSale, settledStock } from '../sale-stage.ts';
import type { RunContext } from '../scenario.ts';
import { gatherAtTarget, refuseAtLimits, targetBots, targetHost, targetProduct } from '../target-stage.ts';
import { grantProblems, pageProblems, stockProblems } from './ticker-checks.ts';
import { ANSWER_TIMEOUT_MS, framesPerSecond, SETTLE_TIMEOUT_MS, wishOf } from './ticker-plan.ts';

/** The part of stock-ticker that needs nothing of the server but its address: how often viewers are told. */

const CROWD = 'viewers';
const PRODUCT = 'shirt';

export type TargetTicker = { viewers: number; rate: number; seconds: number; legs: number };

type Leg = { result: DecrementsResult; seen: SeenStock; listed: Stock };

/** From the last grant, as its buyer saw it, until the last sampled viewer knew; 0 where the news came first. */
const toldAfterMs = ({ result, seen }: Leg): number =>
  Math.max(0, ...seen.known.map(({ seenAtMs }) => seenAtMs - result.grantedAtMs));

export async function tickerTarget(
  plan: TargetTicker,
  context: RunContext,
  target: OpenTarget,
): Promise<Outcome> {
  const { viewers, rate, seconds } = plan;
  const wanted = { connections: viewers, commandsPerSecond: Math.max(rate, viewers / 2) };
  const bots = targetBots(context);
  await gatherAtTarget(bots, context, target, { crowd: CROWD, viewers, wanted });
  const host = await targetHost(target, context);
  await targetProduct(target, PRODUCT);

  const legs: Leg[] = [];
  while (legs.length < plan.legs) {
    const { saleId } = await scheduleSale(host, wishOf(plan, PRODUCT));
    const result = await bots.call('decrements', {
      ...{ crowd: CROWD, side: 'ours', saleId, perSecond: rate, seconds },
      answerTimeoutMs: ANSWER_TIMEOUT_MS,
    });
    refuseAtLimits({ ...result.retries, ...result.answers }, wanted);
    const listed = await readListedStock(target, saleId);
    const { available } = listed;
    const seen = await settledStock(bots, CROWD, { available, timeoutMs: SETTLE_TIMEOUT_MS });
    await closeSale(host, saleId);
    const leg = { result, seen, listed };
    legs.push(leg);
    context.progress.step(
      `Leg ${legs.length}: ${framesPerSecond(result).toFixed(1)} frames a viewer a second, the last stock known ${toldAfterMs(leg)} ms after the last grant`,
    );
  }
  const lost = await bots.call('lost', { crowd: CROWD });
  return {
    ...report(legs, seconds * 1000),
    violations: [
      ...legs.flatMap(({ result, seen, listed }, n) =>
        [
          ...grantProblems(result),
          ...stockProblems('the API', result, listed),
          ...pageProblems(seen, listed),
        ].map((each) => `leg ${n + 1}: ${each}`),
      ),
      ...(totalOf(lost) > 0 ? [`connections were lost: ${JSON.stringify(lost)}`] : []),
    ],
  };
}

function report(legs: readonly Leg[], plannedMs: number): Omit<Outcome, 'violations'> {
  const latenciesMs = legs.flatMap(({ result }) => result.latenciesMs);
  const figures = {
    framesPerViewerPerSecond: median(legs.map(({ result }) => framesPerSecond(result))),
    toldAfterLastGrantMs: median(legs.map(toldAfterMs)),
    decrementsPerSecond: median(legs.map(({ result }) => (result.answered / result.sendingMs) * 1000)),
    ackLatencyP50Ms: percentile(latenciesMs, 0.5),
    ackLatencyP99Ms: percentile(latenciesMs, 0.99),
    generatorBusyShare: Math.max(...legs.map(({ result }) => result.busyShare)),
  };
  const rounded = Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, significant(value)]),
  );
  const problems = legs.flatMap(({ result }) => rateProblem({ ...result, plannedMs }) ?? []);
  const retries = legs.map(({ result }) => result.retries).filter((each) => totalOf(each) > 0);
  return {
    ...withhold(
      rounded,
      Object.keys(rounded).filter((name) => name !== 'generatorBusyShare'),
      problems,
    ),
    warnings: retries.map((each) => `Grabs had to be tried again: ${JSON.stringify(each)}.`),
    goals: [],
    tables: {
      legs: legs.map((leg, n) => ({
        leg: n + 1,
        decrements: leg.result.answered,
        'frames a viewer a second': significant(framesPerSecond(leg.result), 3),
        'last stock known after ms': toldAfterMs(leg),
        'p99 ms': significant(percentile(leg.result.latenciesMs, 0.99), 3),
        'bots busy': significant(leg.result.busyShare, 2),
      })),
    },
  };
}
