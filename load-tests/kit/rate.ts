/**
 * Whether the load was what the figures say it was. A generator that cannot keep up measures itself, so what it measured
 * is withheld instead of reported.
 */

/** Of one core; above it the generator is the bottleneck. */
export const BUSY_LIMIT = 0.9;
/** Share of the plan that may be missing, or of its time that it may take longer. */
const RATE_TOLERANCE = 0.02;
/** A timer of a machine with other work comes this late without harm. */
const GRACE_MS = 100;
/** What was due that long ago leaves with what is due now: a burst, which is another load. */
const LATE_LIMIT_MS = 500;

export type Sending = {
  /** Messages, joins, grabs: whatever the rate counts. */
  planned: number;
  sent: number;
  /** How long sending should take, and took. */
  plannedMs?: number;
  sendingMs?: number;
  /** The longest that anything was sent later than planned. */
  latestSendMs?: number;
  /** CPU time of the generator's one thread per wall time. */
  busyShare?: number;
  /** Of a rate that varies on purpose. */
  lateLimitMs?: number;
};

/** Why figures of this load are not to be trusted, in words; null where they are. */
export function rateProblem(sending: Sending): string | null {
  const { planned, sent, plannedMs, sendingMs, latestSendMs = 0, busyShare = 0 } = sending;
  if (!(busyShare < BUSY_LIMIT)) {
    return `the generator was the bottleneck (its core ${percent(busyShare)} busy)`;
  }
  if (!(sent >= planned * (1 - RATE_TOLERANCE))) {
    return `the rate was not kept: ${sent} of ${planned} were sent`;
  }
  if (plannedMs !== undefined && sendingMs !== undefined) {
    const limitMs = plannedMs * (1 + RATE_TOLERANCE) + GRACE_MS;
    if (!(sendingMs <= limitMs)) {
      return `the rate was not kept: ${Math.round(sendingMs)} ms instead of ${Math.round(plannedMs)}`;
    }
  }
  if (!(latestSendMs <= (sending.lateLimitMs ?? LATE_LIMIT_MS))) {
    return `the rate was not kept: something was sent ${Math.round(latestSendMs)} ms late, in a burst`;
  }
  return null;
}

export type Withheld = { figure: string; why: string };

/**
 * Takes figures out of the report.
 *
 * @param names those that the load spoilt; the others stay.
 * @param why first reason first; none leaves everything as it is.
 */
export function withhold(
  figures: Readonly<Record<string, number>>,
  names: readonly string[],
  why: readonly string[],
): { figures: Record<string, number>; withheld: Withheld[] } {
  const [first, ...more] = why;
  if (first === undefined) return { figures: { ...figures }, withheld: [] };
  const text = more.length === 0 ? first : `${first}, and ${more.length} more of the kind`;
  const out = new Set(names.filter((name) => Object.hasOwn(figures, name)));
  return {
    figures: Object.fromEntries(Object.entries(figures).filter(([name]) => !out.has(name))),
    withheld: [...out].map((figure) => ({ figure, why: text })),
  };
}

/** What one reason took away, together. */
export function byReason(withheld: readonly Withheld[]): { why: string; figures: string[] }[] {
  const reasons = new Map<string, string[]>();
  for (const { figure, why } of withheld) reasons.set(why, [...(reasons.get(why) ?? []), figure]);
  return [...reasons].map(([why, figures]) => ({ why, figures }));
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
