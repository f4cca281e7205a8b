/** Rooms are told how many have entered a draw this often at most. */
const EVERY_MS = 200;

type Tell = (roomId: string, drawId: string, everyMs: number) => Promise<boolean>;

/**
 * Sees to it that the last figure reaches the room also when nobody enters after it. Should the node die before, the
 * next entry or the closing tells.
 */
export class EntryTeller {
  readonly #tell: Tell;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #isClosed = false;

  /** `tell` answers true where it was too soon. */
  constructor(tell: Tell) {
    this.#tell = tell;
  }

  later(roomId: string, drawId: string): void {
    const key = `${roomId} ${drawId}`;
    if (this.#isClosed || this.#timers.has(key)) return;
    const timer = setTimeout(() => {
      this.#timers.delete(key);
      this.#tell(roomId, drawId, EVERY_MS).then(
        (isTooSoon) => {
          if (isTooSoon) this.later(roomId, drawId);
        },
        // Redis is away; whoever enters next tells.
        () => undefined,
      );
    }, EVERY_MS);
    timer.unref();
    this.#timers.set(key, timer);
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
