import type { FloodResult } from '../bots/methods.ts';
import { percentile, significant, sum } from '../kit/stats.ts';
import { untrustedLeg } from './flood-checks.ts';

/**
 * Messages that neither arrived nor were said to be left out. Above its `chatPerSecond` a server shows a fair sample, and
 * says in each frame how many it left out; sampled sockets read that. Where nothing was left out, all sockets count.
 */
export function missingOf(result: FloodResult): number {
  const { sent, deliveries, expectedDeliveries, omitted, latenciesMs, repeated, sampledSockets } = result;
  if (omitted === 0) return expectedDeliveries - deliveries;
  return sampledSockets * sent - (latenciesMs.length - repeated) - omitted;
}

/** What is wrong with one leg against a deployment, whose settings are its own: shaping is no fault, silence is. */
export function targetProblems(
  leg: string,
  result: FloodResult,
  seconds: number,
): { violations: string[]; warnings: string[]; untrusted: string[] } {
  const { sent, acked, refusals, repeated, socketsInOtherOrder, sampledSockets } = result;
  const violations: string[] = [];
  const warnings: string[] = [];
  const refused = sum(Object.values(refusals));
  if (refused > 0)
    warnings.push(`${leg}: ${refused} of ${sent} messages refused: ${JSON.stringify(refusals)}`);
  if (acked + refused !== sent) violations.push(`${leg}: ${sent - acked - refused} messages got no answer`);
  const missing = missingOf(result);
  // A refused message, or one of unknown outcome, is not owed to anybody.
  if (missing !== 0 && refused === 0) {
    violations.push(`${leg}: ${missing} deliveries are missing, and nobody said that they were left out`);
  }
  if (repeated > 0) violations.push(`${leg}: ${repeated} messages came twice on a sampled socket`);
  if (socketsInOtherOrder > 0) {
    violations.push(`${leg}: ${socketsInOtherOrder} of ${sampledSockets} sampled sockets saw another order`);
  }
  const untrusted = untrustedLeg(leg, result, seconds);
  warnings.push(...untrusted);
  return { violations, warnings, untrusted };
}

/** What can be seen from outside. */
export function targetFigures(results: readonly FloodResult[]): Record<string, number> {
  const total = (pick: (result: FloodResult) => number) => sum(results.map(pick));
  const latenciesMs = results.flatMap((result) => result.latenciesMs);
  const answersMs = results.flatMap((result) => result.ackLatenciesMs);
  const onSamples = total(({ sent, sampledSockets }) => sent * sampledSockets);
  const figures = {
    latencyP50Ms: percentile(latenciesMs, 0.5),
    latencyP99Ms: percentile(latenciesMs, 0.99),
    ackLatencyP50Ms: percentile(answersMs, 0.5),
    ackLatencyP99Ms: percentile(answersMs, 0.99),
    deliveriesPerSecond: total(({ deliveries }) => deliveries) / (total(({ sendingMs }) => sendingMs) / 1000),
  };
  return {
    ...Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, significant(value)])),
    sent: total(({ sent }) => sent),
    deliveries: total(({ deliveries }) => deliveries),
    frames: total(({ frames }) => frames),
    missing: total(missingOf),
    omittedShare: significant(total(({ omitted }) => omitted) / onSamples),
    generatorBusyShare: significant(Math.max(...results.map(({ busyShare }) => busyShare))),
  };
}
