import type { GrabResult } from '../bots/methods.ts';
import { BUSY_LIMIT, withhold } from '../kit/rate.ts';
import type { Outcome } from '../kit/report.ts';
import { median, percentile, significant, sum } from '../kit/stats.ts';
import { readListedSale } from '../target/listed-sale.ts';
import type { OpenTarget } from '../target/open-target.ts';
import { totalOf } from '../target/redis-counters.ts';
import { closeSale } from './sale-stage.ts';
import type { RunContext } from './scenario.ts';
import { type DocumentedCodes, listedStampedeViolations } from './stampede-checks.ts';
import { CROWD, openRound, settledStock } from './stampede-round.ts';
import { gatherAtTarget, refuseAtLimits, targetBots, targetHost, targetProduct } from './target-stage.ts';

/** The part of flash-sale-stampede that needs nothing of the server but its address: what buyers see and get. */

const PRODUCT = 'shirt';
/** Where all come from one address: a token and a grab each, at once. */
const COMMANDS_OF_A_USER = 2;

export type TargetStampede = {
  users: number;
  units: number;
  grabsPerUser: number;
  seed: number;
  pausesMs: readonly [number, number];
  rounds: number;
  documentedCodes: DocumentedCodes;
};

export async function stampedeTarget(
  plan: TargetStampede,
  context: RunContext,
  target: OpenTarget,
): Promise<Outcome> {
  const { users, rounds, seed } = plan;
  const wanted = { connections: users, commandsPerSecond: users * COMMANDS_OF_A_USER };
  const bots = targetBots(context);
  const joinedInMs = await gatherAtTarget(bots, context, target, { crowd: CROWD, viewers: users, wanted });
  const host = await targetHost(target, context);
  await targetProduct(target, PRODUCT);

  const results: GrabResult[] = [];
  const violations: string[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const opening = { ...plan, round, productId: PRODUCT, seed: seed + round * 100 };
    const { saleId, grabbing } = await openRound(host, [bots], opening);
    const result = await grabbing;
    refuseAtLimits({ ...result.retries, ...result.answers }, wanted);
    const lastStock = await settledStock([bots]);
    const listed = await readListedSale(target, saleId);
    violations.push(
      ...listedStampedeViolations({ ...plan, result, lastStock, listed }).map(
        (each) => `round ${round}: ${each}`,
      ),
    );
    await closeSale(host, saleId);
    results.push(result);
    const { answered, durationMs } = result;
    context.progress.step(
      `Round ${round}: ${answered.toLocaleString('en')} grabs in ${(durationMs / 1000).toFixed(2)} s`,
    );
  }
  const lost = await bots.call('lost', { crowd: CROWD });
  if (totalOf(lost) > 0) violations.push(`connections were lost: ${JSON.stringify(lost)}`);
  return { ...report(results, (users / joinedInMs) * 1000), violations };
}

function report(results: readonly GrabResult[], joinsPerSecond: number): Omit<Outcome, 'violations'> {
  const latenciesMs = results.flatMap((result) => result.latenciesMs);
  const busyShare = Math.max(...results.map((result) => result.busyShare));
  const figures = {
    grabs: sum(results.map(({ answered }) => answered)),
    held: sum(results.map(({ holds }) => holds.length)),
    retries: sum(results.map(({ retries }) => totalOf(retries))),
    grabsPerSecond: median(results.map(({ answered, durationMs }) => (answered / durationMs) * 1000)),
    ackLatencyP50Ms: percentile(latenciesMs, 0.5),
    ackLatencyP99Ms: percentile(latenciesMs, 0.99),
    joinsPerSecond,
    generatorBusyShare: busyShare,
  };
  const rounded = Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, significant(value)]),
  );
  const why = busyShare < BUSY_LIMIT ? [] : ['the generator was the bottleneck'];
  return {
    ...withhold(rounded, ['grabsPerSecond', 'ackLatencyP50Ms', 'ackLatencyP99Ms'], why),
    warnings: why,
    goals: [],
    tables: {
      rounds: results.map((result, n) => ({
        round: n + 1,
        grabs: result.answered,
        held: result.holds.length,
        s: significant(result.durationMs / 1000, 3),
        'p50 ms': significant(percentile(result.latenciesMs, 0.5), 3),
        'p99 ms': significant(percentile(result.latenciesMs, 0.99), 3),
        'bots busy': significant(result.busyShare, 2),
      })),
    },
  };
}
