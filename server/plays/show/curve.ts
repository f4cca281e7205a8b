import type { ShowBucket } from '../../../shared/plays/show/contract.ts';

export const MINUTE_MS = 60_000;
export const minuteOf = (atMs: number): number => Math.floor(atMs / MINUTE_MS);

/** What happened in some time. `viewers`: the most at once, -1 where nobody counted. */
export type Row = {
  viewers: number;
  messages: number;
  grabs: number;
  held: number;
  paid: number;
  revenueMinor: number;
};

export const NOTHING: Readonly<Row> = {
  viewers: -1,
  messages: 0,
  grabs: 0,
  held: 0,
  paid: 0,
  revenueMinor: 0,
};

export function addTo(row: Row, more: Partial<Row>): void {
  row.viewers = Math.max(row.viewers, more.viewers ?? -1);
  row.messages += more.messages ?? 0;
  row.grabs += more.grabs ?? 0;
  row.held += more.held ?? 0;
  row.paid += more.paid ?? 0;
  row.revenueMinor += more.revenueMinor ?? 0;
}

export function bucketOf(atMs: number, { viewers, ...sums }: Readonly<Row>): ShowBucket {
  return { atMs, viewers: viewers < 0 ? null : viewers, ...sums };
}

/**
 * Rows by time from a first minute on, never more than `rowsMax`: when time runs past them, each two become one and
 * rows are twice as wide from then on. So a show of a month takes no more memory than one of an evening.
 */
export class Curve {
  readonly #firstMinute: number;
  readonly #rowsMax: number;
  #lastMinute: number;
  #minutes = 1;
  #rows: Row[] = [{ ...NOTHING }];

  constructor(firstMinute: number, rowsMax: number) {
    this.#firstMinute = firstMinute;
    this.#lastMinute = firstMinute;
    this.#rowsMax = rowsMax;
  }

  /** Two that have the same first minute in one, from there to the last minute of both. */
  static sumOf(one: Curve, other: Curve): Curve {
    const [sum, more] = [one.#copy(), other.#copy()];
    sum.extend(more.#lastMinute);
    // Now their rows are of the same width.
    more.extend(sum.#lastMinute);
    for (const [i, row] of more.#rows.entries()) addTo(sum.#rows[i] as Row, row);
    return sum;
  }

  /** What was before the first minute, by a clock that was put back, is added to the first row. */
  add(minute: number, more: Partial<Row>): void {
    addTo(this.#reach(minute), more);
  }

  /** Rows up to this minute, also where nothing happened. */
  extend(minute: number): void {
    this.#reach(minute);
  }

  get bucketMs(): number {
    return this.#minutes * MINUTE_MS;
  }

  buckets(): ShowBucket[] {
    const firstMs = this.#firstMinute * MINUTE_MS;
    return this.#rows.map((row, i) => bucketOf(firstMs + i * this.bucketMs, row));
  }

  /** All rows in one. */
  sum(): Row {
    const sum = { ...NOTHING };
    for (const row of this.#rows) addTo(sum, row);
    return sum;
  }

  #copy(): Curve {
    const copy = new Curve(this.#firstMinute, this.#rowsMax);
    copy.#lastMinute = this.#lastMinute;
    copy.#minutes = this.#minutes;
    copy.#rows = this.#rows.map((row) => ({ ...row }));
    return copy;
  }

  #reach(minute: number): Row {
    this.#lastMinute = Math.max(this.#lastMinute, minute);
    const place = (): number => Math.max(0, Math.floor((minute - this.#firstMinute) / this.#minutes));
    while (place() >= this.#rowsMax) this.#halve();
    const at = place();
    while (this.#rows.length <= at) this.#rows.push({ ...NOTHING });
    return this.#rows[at] as Row;
  }

  #halve(): void {
    this.#minutes *= 2;
    const halved: Row[] = [];
    for (const [i, row] of this.#rows.entries()) {
      const into = halved[i >> 1];
      if (into) addTo(into, row);
      else halved.push({ ...row });
    }
    this.#rows = halved;
  }
}
