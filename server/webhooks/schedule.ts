import type { RandomSource } from '../kernel/random.ts';

/** When a failed delivery is tried again. Pure. */

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Waits after the first, second, … failed attempt, as Standard Webhooks recommends them. */
export const RETRY_DELAYS_MS: readonly number[] = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
];
/** From the first attempt; then the message is a dead letter. */
export const GIVE_UP_AFTER_MS = 72 * HOUR_MS;
export const PROBE_FIRST_MS = 5 * SECOND_MS;
export const PROBE_MAX_MS = 5 * MINUTE_MS;
/** A receiver may ask for a longer pause than the schedule has, but not for ever. */
export const RETRY_AFTER_MAX_MS = HOUR_MS;
/** Messages that must fail in a row, none arriving in between, until the endpoint counts as down. */
export const FAILURES_UNTIL_DOWN = 5;
const JITTER = 0.1;

/** ± 10 %, so that what failed together does not come back together. */
function jittered(ms: number, random: RandomSource): number {
  return Math.round(ms * (1 - JITTER + 2 * JITTER * random.next()));
}

/**
 * Wait in ms after `attempts` failed ones, or undefined when it was the last. The last attempt of all is
 * made when the time is up, whatever the schedule says.
 */
export function retryDelayMs(
  attempts: number,
  firstAtMs: number,
  nowMs: number,
  random: RandomSource,
): number | undefined {
  const leftMs = firstAtMs + GIVE_UP_AFTER_MS - nowMs;
  if (leftMs <= 0) return undefined;
  const step = RETRY_DELAYS_MS[Math.min(attempts, RETRY_DELAYS_MS.length) - 1] as number;
  return Math.min(jittered(step, random), leftMs);
}

/** Wait in ms before an endpoint that is down is asked again, after so many probes in vain. */
export function probeDelayMs(probes: number, random: RandomSource): number {
  return jittered(Math.min(PROBE_FIRST_MS * 2 ** Math.min(probes, 10), PROBE_MAX_MS), random);
}

/**
 * `Retry-After` in ms, seconds or an HTTP date (RFC 9110, 10.2.3), between 1 s and `RETRY_AFTER_MAX_MS`;
 * undefined where it says nothing that can be read.
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const isDate = /^[A-Z][a-z]{2}, \d\d /.test(text);
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : isDate ? Date.parse(text) - nowMs : Number.NaN;
  if (Number.isNaN(ms)) return undefined;
  return Math.min(Math.max(ms, SECOND_MS), RETRY_AFTER_MAX_MS);
}
