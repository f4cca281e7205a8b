import type { Where } from './findings.ts';

/** Later than this after its deadline, the end of a hold is late. */
const LATE_MS = 2000;

/** Nobody could end holds: no node ran, or Redis was away. By Redis' clock. */
export type Outage = { fromMs: number; toMs: number };

/** Holds that ended, or should have ended, later than they should have. */
export class Lateness {
  readonly #outages: readonly Outage[];
  count = 0;
  maxMs = 0;
  first: (Where & { message: string }) | undefined;

  constructor(outages: readonly Outage[]) {
    this.#outages = outages;
  }

  note(deadlineMs: number, atMs: number, what: string, where: Where): void {
    if (atMs - deadlineMs <= LATE_MS) return;
    let fromMs = deadlineMs;
    for (const outage of this.#outages) {
      if (outage.fromMs <= atMs && outage.toMs >= deadlineMs) fromMs = Math.max(fromMs, outage.toMs);
    }
    const lateMs = atMs - fromMs;
    if (lateMs <= LATE_MS) return;
    this.count += 1;
    this.maxMs = Math.max(this.maxMs, lateMs);
    this.first ??= { ...where, message: `the hold ${what} ${lateMs} ms after its deadline` };
  }
}
