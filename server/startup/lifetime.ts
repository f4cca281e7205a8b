/** Thrown at a checkpoint when a signal came while the server was starting. */
export class Stopped extends Error {
  constructor() {
    super('stopped while starting');
    this.name = 'Stopped';
  }
}

type Closer = { what: string; close: () => Promise<void> | void; abandon: () => Promise<void> | void };

/** What has been opened, to be closed in reverse, once. */
export class Lifetime {
  readonly #closers: Closer[] = [];
  readonly #stopAsked = new AbortController();
  #closing: Promise<void> | undefined;

  /** `abandon`: what is to be done instead where nothing can be waited for. */
  add(what: string, close: Closer['close'], abandon = close): void {
    this.#closers.push({ what, close, abandon });
  }

  /** Aborted when somebody asks to stop. */
  get stopAsked(): AbortSignal {
    return this.#stopAsked.signal;
  }

  /** To be called after each step of the start. */
  checkpoint(): void {
    if (this.stopAsked.aborted) throw new Stopped();
  }

  askToStop(): void {
    this.#stopAsked.abort();
  }

  /** Closes everything, however often it is called; `onError` is told what could not be closed. */
  close(onError: (what: string, error: unknown) => void): Promise<void> {
    this.#closing ??= this.#close(onError);
    return this.#closing;
  }

  async #close(onError: (what: string, error: unknown) => void): Promise<void> {
    // What is being closed can still be abandoned.
    for (let closer = this.#closers.at(-1); closer; closer = this.#closers.at(-1)) {
      try {
        await closer.close();
      } catch (error) {
        onError(closer.what, error);
      }
      this.#closers.pop();
    }
  }

  /** Begins to close everything at once, and waits for nothing. */
  abandon(): void {
    for (const { abandon } of this.#closers.toReversed()) {
      try {
        void Promise.resolve(abandon()).catch(() => undefined);
      } catch {
        // The process ends now anyway.
      }
    }
  }
}
