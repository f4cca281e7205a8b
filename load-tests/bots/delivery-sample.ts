const OMITTED = /"omittedChat":(\d+)/g;

/** Reads every message that one socket gets: `<tag><n> <sent at, ms> …`. */
export class DeliverySample {
  readonly latenciesMs: number[] = [];
  /** When each of them arrived, by the machine's monotonic clock. */
  readonly arrivedAtMs: number[] = [];
  repeated = 0;
  /** The numbers of the messages, as they came. */
  readonly order: number[] = [];
  /** What the server itself says it left out. */
  omitted = 0;
  readonly #needle: Buffer;
  readonly #seen = new Set<number>();

  constructor(needle: Buffer) {
    this.#needle = needle;
  }

  read(buffer: Buffer, start: number, end: number, nowMs: number): void {
    let at = buffer.indexOf(this.#needle, start);
    while (at >= 0 && at < end) {
      const from = at + this.#needle.length;
      const [n, sentAtMs] = buffer
        .toString('latin1', from, Math.min(end, from + 40))
        .split(' ')
        .map(Number);
      if (n !== undefined && sentAtMs !== undefined) this.#arrived(n, nowMs, sentAtMs);
      at = buffer.indexOf(this.#needle, from);
    }
    for (const [, omitted] of buffer.toString('latin1', start, end).matchAll(OMITTED))
      this.omitted += Number(omitted);
  }

  #arrived(n: number, nowMs: number, sentAtMs: number): void {
    if (this.#seen.has(n)) this.repeated += 1;
    this.#seen.add(n);
    this.order.push(n);
    this.latenciesMs.push(nowMs - sentAtMs);
    this.arrivedAtMs.push(nowMs);
  }
}

/**
 * Sockets that saw the messages in another order than the first one. What order that is, is the server's affair:
 * messages of different users may overtake each other on the way to it.
 */
export function socketsInOtherOrder(samples: readonly DeliverySample[]): number {
  const [first = '', ...others] = samples.map((sample) => sample.order.map((n) => `${n},`).join(''));
  // A socket that got fewer is another matter, and counted elsewhere.
  return others.filter((order) => !first.startsWith(order) && !order.startsWith(first)).length;
}
