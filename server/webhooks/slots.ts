/** So many at once for each name, in this process; whoever comes later waits in line. */
export class Slots {
  readonly #max: number;
  readonly #taken = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(max: number) {
    this.#max = max;
  }

  /** undefined: there was a place. */
  take(name: string): Promise<void> | undefined {
    const taken = this.#taken.get(name) ?? 0;
    if (taken < this.#max) {
      this.#taken.set(name, taken + 1);
      return undefined;
    }
    return new Promise<void>((resolve) => {
      const line = this.#waiting.get(name) ?? [];
      line.push(resolve);
      this.#waiting.set(name, line);
    });
  }

  give(name: string): void {
    const next = this.#waiting.get(name)?.shift();
    if (next) {
      next();
      return;
    }
    this.#waiting.delete(name);
    const taken = (this.#taken.get(name) ?? 1) - 1;
    if (taken === 0) this.#taken.delete(name);
    else this.#taken.set(name, taken);
  }
}
