/** Numbers of the invariants that a ledger and the live keys show (docs/ledger.md). */
export type Invariant = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 12 | 14;

/** Where an invariant does not hold, and how, in words. */
export type Violation = {
  invariant: Invariant;
  /** The fact at which it shows. */
  n?: number;
  saleId?: string;
  orderId?: string;
  drawId?: string;
  message: string;
};

export type Where = { n?: number; saleId?: string; orderId?: string; drawId?: string };

/** A fault is followed by others that it caused; the first ones tell. */
const KEPT = 100;

/** Collects violations in the order they are found, and counts those that are too many to keep. */
export class Findings {
  readonly violations: Violation[] = [];
  count = 0;

  report(invariant: Invariant, message: string, where: Where = {}): void {
    this.count += 1;
    if (this.violations.length < KEPT) this.violations.push({ invariant, ...where, message });
  }
}
