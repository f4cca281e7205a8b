const SLOT_MS = 50;

type Work = () => void;

/** Many deadlines on one timer, as coarse as people's reactions. Time is an argument. */
export class Wheel {
  readonly #nowMs: () => number;
  readonly #slots = new Map<number, Work[]>();
  #done: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#done = Math.floor(nowMs() / SLOT_MS);
  }

  after(delayMs: number, work: Work): void {
    const slot = Math.max(this.#done + 1, Math.ceil((this.#nowMs() + delayMs) / SLOT_MS));
    const there = this.#slots.get(slot);
    if (there) there.push(work);
    else this.#slots.set(slot, [work]);
  }

  /** Does what is due by now. */
  turn(): void {
    const until = Math.floor(this.#nowMs() / SLOT_MS);
    while (this.#done < until) {
      this.#done += 1;
      const works = this.#slots.get(this.#done);
      this.#slots.delete(this.#done);
      for (const work of works ?? []) work();
    }
  }

  start(): void {
    this.#timer ??= setInterval(() => this.turn(), SLOT_MS);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#slots.clear();
  }
}
