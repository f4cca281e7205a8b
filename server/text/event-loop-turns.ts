import { setImmediate as nextTurn } from 'node:timers/promises';

/** Reading the clock costs more than most steps. */
const STEPS_BETWEEN_LOOKS = 32;

/** Cuts long work into slices, between which the event loop gets its turn. */
export class EventLoopTurns {
  readonly #sliceMs: number;
  #sliceBegan = performance.now();
  #steps = 0;

  constructor(sliceMs: number) {
    this.#sliceMs = sliceMs;
  }

  /** Whether this slice has been long enough: then `await give()`. To be asked after every small step. */
  due(): boolean {
    this.#steps += 1;
    if (this.#steps < STEPS_BETWEEN_LOOKS) return false;
    this.#steps = 0;
    return performance.now() - this.#sliceBegan >= this.#sliceMs;
  }

  async give(): Promise<void> {
    await nextTurn();
    this.#sliceBegan = performance.now();
  }
}
