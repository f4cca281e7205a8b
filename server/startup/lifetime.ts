/** Thrown at a checkpoint when a signal came while the server was starting. */
export class Stopped extends Error {
  constructor() {
    super('stopped while starting');
    this.name = 'Stopped';
  }
}

type Closer = { what: string; close: () => Promise<void> | void };

/** What has been opened, to be closed in reverse, once. */
export class Lifetime {
  readonly #closers: Closer[] = [];
  #closing: Promise<void> | undefined;
  #stopAsked = false;

  add(what: string, close: Closer['close']): void {
    this.#closers.push({ what, close });
  }

  /** To be called after each step of the start. */
  checkpoint(): void {
    if (this.#stopAsked) throw new Stopped();
  }

  askToStop(): void {
    this.#stopAsked = true;
  }

  /** Closes everything, however often it is called; `onError` is told what could not be closed. */
  close(onError: (what: string, error: unknown) => void): Promise<void> {
    this.#closing ??= this.#close(onError);
    return this.#closing;
  }

  async #close(onError: (what: string, error: unknown) => void): Promise<void> {
    for (let closer = this.#closers.pop(); closer; closer = this.#closers.pop()) {
      try {
        await closer.close();
      } catch (error) {
        onError(closer.what, error);
      }
    }
  }

  /** Begins to close everything at once, and waits for nothing. */
  abandon(): void {
    for (const { close } of this.#closers.reverse()) {
      try {
        void Promise.resolve(close()).catch(() => undefined);
      } catch {
        // The process ends now anyway.
      }
    }
  }
}
