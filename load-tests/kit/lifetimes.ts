const LATE_TIMEOUT_MS = 3000;

/** What a run opened, closed in reverse order however the run ends. */
export class Lifetimes {
  readonly #closers: { what: string; close: () => Promise<void> | void }[] = [];
  #closing: Promise<string[]> | undefined;

  /** Registers something to close; later ones are closed first. */
  add(what: string, close: () => Promise<void> | void): void {
    this.#closers.push({ what, close });
    // Opened by a run that was interrupted meanwhile.
    if (this.#closing) void this.#closeAll(LATE_TIMEOUT_MS);
  }

  /**
   * Closes everything, once; each closer has `timeoutMs`, and a failing one does not keep the next from its turn.
   *
   * @returns what could not be closed, in words.
   */
  close(timeoutMs = 8000): Promise<string[]> {
    this.#closing ??= this.#closeAll(timeoutMs);
    return this.#closing;
  }

  async #closeAll(timeoutMs: number): Promise<string[]> {
    const failures: string[] = [];
    for (let entry = this.#closers.pop(); entry; entry = this.#closers.pop()) {
      const { what, close } = entry;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`not closed after ${timeoutMs} ms`)), timeoutMs);
      });
      try {
        await Promise.race([close(), late]);
      } catch (error) {
        failures.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      } finally {
        clearTimeout(timer);
      }
    }
    return failures;
  }
}
