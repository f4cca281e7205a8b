/** A discrete-event simulation: a clock that jumps from one event to the next. Times are ms. */
export class EventQueue {
  /** A binary heap by time, then by the order of scheduling, so that a run can be repeated. */
  readonly #atMs: number[] = [];
  readonly #order: number[] = [];
  readonly #acts: (() => void)[] = [];
  #scheduled = 0;
  #done = 0;
  nowMs = 0;

  get size(): number {
    return this.#acts.length;
  }

  /** Events that have happened. */
  get done(): number {
    return this.#done;
  }

  /** @param atMs not before now. */
  at(atMs: number, act: () => void): void {
    let i = this.#acts.length;
    const order = this.#scheduled;
    this.#scheduled += 1;
    const time = Math.max(atMs, this.nowMs);
    for (; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (this.#before(parent, time, order)) break;
      this.#move(parent, i);
      i = parent;
    }
    this.#put(i, time, order, act);
  }

  after(delayMs: number, act: () => void): void {
    this.at(this.nowMs + delayMs, act);
  }

  /** Until nothing is left, or the time is reached. */
  run(untilMs = Number.POSITIVE_INFINITY): void {
    while (this.#acts.length > 0 && (this.#atMs[0] as number) <= untilMs) {
      this.nowMs = this.#atMs[0] as number;
      const act = this.#acts[0] as () => void;
      this.#dropFirst();
      this.#done += 1;
      act();
    }
    if (Number.isFinite(untilMs)) this.nowMs = Math.max(this.nowMs, untilMs);
  }

  #before(i: number, atMs: number, order: number): boolean {
    const mine = this.#atMs[i] as number;
    return mine < atMs || (mine === atMs && (this.#order[i] as number) < order);
  }

  #put(i: number, atMs: number, order: number, act: () => void): void {
    this.#atMs[i] = atMs;
    this.#order[i] = order;
    this.#acts[i] = act;
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#atMs[from] as number, this.#order[from] as number, this.#acts[from] as () => void);
  }

  #dropFirst(): void {
    const [atMs, order, act] = [this.#atMs.pop(), this.#order.pop(), this.#acts.pop()] as [
      number,
      number,
      () => void,
    ];
    const { length } = this.#acts;
    if (length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= length) break;
      const right = child + 1;
      if (right < length && this.#before(right, this.#atMs[child] as number, this.#order[child] as number))
        child = right;
      if (!this.#before(child, atMs, order)) break;
      this.#move(child, i);
      i = child;
    }
    this.#put(i, atMs, order, act);
  }
}

/** Something that does one thing after the other, first come, first served: an event loop, or Redis. */
export class Station {
  readonly #queue: EventQueue;
  #freeAtMs = 0;
  #busyMs = 0;
  jobs = 0;

  constructor(queue: EventQueue) {
    this.#queue = queue;
  }

  /** CPU time of all jobs taken so far, also of those that are still waiting. */
  get busyMs(): number {
    return this.#busyMs;
  }

  /** Work that is waiting or under way. */
  get backlogMs(): number {
    return Math.max(0, this.#freeAtMs - this.#queue.nowMs);
  }

  /**
   * @param micros CPU time of the job.
   * @param done called when it is finished; `startedAtMs` is when its turn came.
   */
  take(micros: number, done?: (startedAtMs: number) => void): void {
    const startedAtMs = Math.max(this.#queue.nowMs, this.#freeAtMs);
    this.#freeAtMs = startedAtMs + micros / 1000;
    this.#busyMs += micros / 1000;
    this.jobs += 1;
    if (done) this.#queue.at(this.#freeAtMs, () => done(startedAtMs));
  }
}
