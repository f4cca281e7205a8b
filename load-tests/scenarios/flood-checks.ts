import type { FloodResult } from '../bots/methods.ts';

export const BUSY_LIMIT = 0.9;
const RATE_TOLERANCE = 0.02;

/**
 * What is wrong with one leg. Every message must reach every socket once and in the same order, and every command must be
 * answered with ok; a generator at its limit or a rate that was not kept makes the figure untrustworthy.
 */
export function floodProblems(
  leg: string,
  result: FloodResult,
  seconds: number,
): { violations: string[]; warnings: string[] } {
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
  if (result.busyShare >= BUSY_LIMIT) {
    warnings.push(
      `${leg}: the generator was the bottleneck (its core ${Math.round(result.busyShare * 100)} % busy): do not trust the figures.`,
    );
  }
  if (result.sendingMs > seconds * 1000 * (1 + RATE_TOLERANCE)) {
    warnings.push(
      `${leg}: the rate was not kept: ${Math.round(result.sendingMs)} ms instead of ${seconds * 1000}.`,
    );
  }
  return { violations, warnings };
}
