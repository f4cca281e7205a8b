import type { FloodResult } from '../bots/methods.ts';
import { BUSY_LIMIT, rateProblem, type Withheld, withhold } from '../kit/rate.ts';

export { BUSY_LIMIT };

/** Why the figures of a leg cannot be used; none where they can. */
export function untrustedLeg(leg: string, result: FloodResult, seconds: number): string[] {
  const { sent, sendingMs, latestSendMs, busyShare } = result;
  const plannedMs = seconds * 1000;
  const why = rateProblem({ planned: sent, sent, plannedMs, sendingMs, latestSendMs, busyShare });
  return why === null ? [] : [`${leg}: ${why}`];
}

/** What the load spoils; what merely counts stays true. */
const MEASURED = /Ratio|Micros|[lL]atency|PerFrame|PerSecond|^peers\./;

/** Withholds what legs measured of which any was not the load it should have been. */
export function withholdFlood(
  figures: Readonly<Record<string, number>>,
  untrusted: readonly string[],
): { figures: Record<string, number>; withheld: Withheld[] } {
  return withhold(
    figures,
    Object.keys(figures).filter((figure) => MEASURED.test(figure)),
    untrusted,
  );
}

/**
 * What is wrong with one leg. Every message must reach every socket once and in the same order, and every command must be
 * answered with ok; a generator at its limit or a rate that was not kept makes the figure untrustworthy.
 */
export function floodProblems(
  leg: string,
  result: FloodResult,
  seconds: number,
): { violations: string[]; warnings: string[]; untrusted: string[] } {
  const violations: string[] = [];
  const warnings: string[] = [];
  const { sent, acked, deliveries, expectedDeliveries, socketsOff } = result;
  // A slow Redis: the message is delivered or not, and the sender is told to ask again.
  const unknown = result.refusals.OUTCOME_UNKNOWN ?? 0;
  if (unknown > 0) warnings.push(`${leg}: ${unknown} answers were OUTCOME_UNKNOWN: Redis took too long.`);
  if (acked + unknown !== sent) {
    violations.push(
      `${leg}: ${acked} of ${sent} messages acked, refused: ${JSON.stringify(result.refusals)}`,
    );
  }
  if (deliveries !== expectedDeliveries || socketsOff > 0) {
    violations.push(
      `${leg}: ${deliveries} deliveries instead of ${expectedDeliveries}; ${socketsOff} sockets got another number than ${sent} (from ${result.leastPerSocket} to ${result.mostPerSocket})`,
    );
  }
  if (result.repeated > 0)
    violations.push(`${leg}: ${result.repeated} messages came twice on a sampled socket`);
  if (result.socketsInOtherOrder > 0)
    violations.push(`${leg}: ${result.socketsInOtherOrder} sampled sockets saw another order`);
  if (result.omitted > 0) violations.push(`${leg}: the server left out ${result.omitted} messages (shaping)`);
  const untrusted = untrustedLeg(leg, result, seconds);
  warnings.push(...untrusted);
  return { violations, warnings, untrusted };
}
