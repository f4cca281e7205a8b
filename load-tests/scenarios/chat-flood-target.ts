import type { FloodResult } from '../bots/methods.ts';
import type { Outcome } from '../kit/report.ts';
import { percentile, significant, sum } from '../kit/stats.ts';
import type { OpenTarget } from '../target/open-target.ts';
import { withholdFlood } from './flood-checks.ts';
import { latencyCharts } from './flood-latency.ts';
import { targetFigures, targetProblems } from './flood-target-checks.ts';
import type { Parameters, RunContext } from './scenario.ts';
import { gatherAtTarget, refuseAtLimits, targetBots } from './target-stage.ts';

/** The part of chat-flood that needs nothing of the server but its address: what viewers see. */

const CROWD = 'target';
const WARM_UP_SECONDS = 2;
const STALLED_MS = 2000;

const legsOf = ({ pairs, quick }: Parameters): number => pairs ?? (quick ? 3 : 5);

export async function floodTarget(
  parameters: Parameters,
  context: RunContext,
  target: OpenTarget,
): Promise<Outcome> {
  const { viewers = 0, rate = 0, seconds = 0, seed = 0 } = parameters;
  const { progress } = context;
  const wanted = { connections: viewers, commandsPerSecond: Math.max(rate, viewers / 2) };
  const bots = targetBots(context);
  const joinedInMs = await gatherAtTarget(bots, context, target, { crowd: CROWD, viewers, wanted });

  const leg = async (n: number, legSeconds: number): Promise<FloodResult> => {
    const result = await bots.call('flood', {
      ...{ crowd: CROWD, tag: `~T${n}~`, seconds: legSeconds, messagesPerSecond: rate },
      ...{ seed: seed + n, stalledMs: STALLED_MS },
    });
    refuseAtLimits(result.refusals, wanted);
    return result;
  };
  await leg(0, WARM_UP_SECONDS);
  progress.step('Warmed up');
  const results: FloodResult[] = [];
  for (let n = 1; n <= legsOf(parameters); n += 1) {
    const result = await leg(n, seconds);
    results.push(result);
    progress.step(`Leg ${n}: p99 ${percentile(result.latenciesMs, 0.99).toFixed(0)} ms`);
  }

  const problems = results.map((result, n) => targetProblems(`leg ${n + 1}`, result, seconds));
  const violations = problems.flatMap((each) => each.violations);
  const lost = await bots.call('lost', { crowd: CROWD });
  if (sum(Object.values(lost)) > 0) violations.push(`sockets were lost: ${JSON.stringify(lost)}`);
  const untrusted = problems.flatMap((each) => each.untrusted);
  const charted = untrusted.length > 0 ? [] : results.map((result) => ({ side: 'target', result }));
  const { figures, withheld } = withholdFlood(targetFigures(results), untrusted);
  return {
    // Joining was over before the first leg.
    figures: { ...figures, joinsPerSecond: significant((viewers / joinedInMs) * 1000) },
    withheld,
    violations,
    warnings: problems.flatMap((each) => each.warnings),
    // Ours against others is measured where both run side by side.
    goals: [],
    ...latencyCharts(charted, seconds),
    tables: {
      legs: results.map((result) => ({
        deliveries: result.deliveries,
        omitted: result.omitted,
        frames: result.frames,
        'p50 ms': significant(percentile(result.latenciesMs, 0.5), 3),
        'p99 ms': significant(percentile(result.latenciesMs, 0.99), 3),
        'answered p99 ms': significant(percentile(result.ackLatenciesMs, 0.99), 3),
        'bots busy': significant(result.busyShare, 2),
      })),
    },
  };
}
