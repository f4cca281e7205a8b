import { Bots } from '../bots/bots.ts';
import type { FloodResult } from '../bots/methods.ts';
import type { Outcome } from '../kit/report.ts';
import { percentile, significant, sum } from '../kit/stats.ts';
import { limitAdvice, type Wanted } from '../target/limit-advice.ts';
import type { OpenTarget } from '../target/open-target.ts';
import { TargetProblem } from '../target/target-http.ts';
import { withholdFlood } from './flood-checks.ts';
import { latencyCharts } from './flood-latency.ts';
import { targetFigures, targetProblems } from './flood-target-checks.ts';
import type { Parameters, RunContext } from './scenario.ts';

/** The part of chat-flood that needs nothing of the server but its address: what viewers see. */

const CROWD = 'target';
const CONNECTING_AT_ONCE = 50;
const WARM_UP_SECONDS = 2;
const STALLED_MS = 2000;

const legsOf = ({ pairs, quick }: Parameters): number => pairs ?? (quick ? 3 : 5);

/** A limit that was met is no figure of the server: it says what to raise, and no more. */
function refuseAtLimits(refusals: Readonly<Record<string, number>>, wanted: Wanted): void {
  const advice = limitAdvice(refusals, wanted);
  if (advice.length > 0) throw new TargetProblem(advice.join('\n'));
}

export async function floodTarget(
  parameters: Parameters,
  { progress, lifetimes }: RunContext,
  target: OpenTarget,
): Promise<Outcome> {
  const { viewers = 0, rate = 0, seconds = 0, seed = 0 } = parameters;
  const wanted = { connections: viewers, commandsPerSecond: Math.max(rate, viewers / 2) };
  const bots = new Bots({ what: 'bots' });
  lifetimes.add('bots', () => bots.child.stop());
  bots.onLive = (text) => progress.live(text);
  const { connected, durationMs, failures } = await bots.call('connect', {
    ...{ crowd: CROWD, urls: [...target.urls], tokenSecret: target.tokenSecret, roomId: target.roomId },
    ...{ userPrefix: `${target.roomId}-`, firstUser: 0, users: viewers, concurrency: CONNECTING_AT_ONCE },
  });
  refuseAtLimits(failures, wanted);
  if (connected < viewers) {
    throw new TargetProblem(`Only ${connected} of ${viewers} viewers joined: ${JSON.stringify(failures)}`);
  }
  progress.step(`${viewers} viewers joined in ${(durationMs / 1000).toFixed(1)} s`);

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
    figures: { ...figures, joinsPerSecond: significant((viewers / durationMs) * 1000) },
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
