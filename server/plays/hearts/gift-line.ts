import type { Clock } from '../../kernel/clock.ts';

export type Gift = { userId: string; count: number };
/** What one call of the script says: an outcome a gift, and when the room can be told what it was not told. */
export type Given<O> = { outcomes: O[]; untoldForMs: number | null };

export type GiftLineDeps<O> = {
  /** No gifts: only tells the room. */
  give: (gifts: readonly Gift[]) => Promise<Given<O>>;
  clock: Pick<Clock, 'monotonicMs'>;
  everyMs: number;
  maxSize: number;
  onTellFailed: (error: unknown) => void;
};

type Waiting<O> = { gift: Gift; resolve: (outcome: O) => void; reject: (error: unknown) => void };

/**
 * The hearts of one room on this node: the first goes at once, what follows within a second goes together. Whoever
 * gave is answered when Redis has counted, so that nothing is said to count that does not.
 */
export class GiftLine<O> {
  readonly #deps: GiftLineDeps<O>;
  #waiting: Waiting<O>[] = [];
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #ranAtMs = Number.NEGATIVE_INFINITY;
  /** When the room can be told, by this node's clock; null: it knows all that this node does. */
  #tellAtMs: number | null = null;

  constructor(deps: GiftLineDeps<O>) {
    this.#deps = deps;
  }

  /** A new one would do as well: nothing waits, nothing is to be told, and the last round is long over. */
  get isSpent(): boolean {
    const { clock, everyMs } = this.#deps;
    const isBusy = this.#running !== undefined || this.#hasWork;
    return !isBusy && clock.monotonicMs() >= this.#ranAtMs + everyMs;
  }

  get #hasWork(): boolean {
    return this.#waiting.length > 0 || this.#tellAtMs !== null;
  }

  /** The room was not told yet of what this node has counted. */
  get isUntold(): boolean {
    return this.#tellAtMs !== null;
  }

  give(gift: Gift): Promise<O> {
    const outcome = new Promise<O>((resolve, reject) => this.#waiting.push({ gift, resolve, reject }));
    this.#arm();
    return outcome;
  }

  /** Sends what waits now. Never rejects. */
  async flush(): Promise<void> {
    await this.#running;
    await this.#run();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(): void {
    if (this.#running !== undefined || !this.#hasWork) return;
    const { clock, everyMs } = this.#deps;
    const nextMs = this.#ranAtMs + everyMs;
    // Who only has to tell need not hurry; who gives does not wait longer than a round.
    const atMs = this.#waiting.length > 0 ? nextMs : Math.max(nextMs, this.#tellAtMs ?? nextMs);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#run(), Math.max(0, atMs - clock.monotonicMs()));
  }

  #run(): Promise<void> {
    this.stop();
    this.#running ??= this.#round().finally(() => {
      this.#running = undefined;
      this.#arm();
    });
    return this.#running;
  }

  async #round(): Promise<void> {
    if (!this.#hasWork) return;
    const { clock, maxSize } = this.#deps;
    this.#ranAtMs = clock.monotonicMs();
    const calls = Math.max(1, Math.ceil(this.#waiting.length / maxSize));
    for (let i = 0; i < calls; i += 1) await this.#call(this.#waiting.splice(0, maxSize));
  }

  async #call(batch: readonly Waiting<O>[]): Promise<void> {
    const { give, clock, everyMs, onTellFailed } = this.#deps;
    try {
      const { outcomes, untoldForMs } = await give(batch.map(({ gift }) => gift));
      this.#tellAtMs = untoldForMs === null ? null : clock.monotonicMs() + untoldForMs;
      for (const [i, { resolve }] of batch.entries()) resolve(outcomes[i] as O);
    } catch (error) {
      for (const { reject } of batch) reject(error);
      // It may have counted all the same: then nobody was told. Asked again a round later.
      this.#tellAtMs ??= clock.monotonicMs() + everyMs;
      if (batch.length === 0) onTellFailed(error);
    }
  }
}
