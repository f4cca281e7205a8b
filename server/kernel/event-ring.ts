import type { LoggedEvent } from './frame.ts';

export type RingOptions = { events: number; characters: number };

const DEFAULTS: RingOptions = { events: 1000, characters: 512 * 1024 };

/** The last events of a room that this node saw, without a gap, for members who come back soon. */
export class EventRing {
  readonly #options: RingOptions;
  /** Seq of the event that is first; the others follow it one by one. */
  #entries: LoggedEvent[] = [];
  #from = 0;
  #characters = 0;

  constructor(options: RingOptions = DEFAULTS) {
    this.#options = options;
  }

  /** `entry` follows the last one. */
  push(entry: LoggedEvent): void {
    this.#entries.push(entry);
    this.#characters += entry.raw.length;
    while (this.#size > this.#options.events || this.#characters > this.#options.characters) {
      this.#characters -= (this.#entries[this.#from] as LoggedEvent).raw.length;
      this.#from += 1;
    }
    if (this.#from < this.#options.events) return;
    this.#entries = this.#entries.slice(this.#from);
    this.#from = 0;
  }

  clear(): void {
    this.#entries = [];
    this.#from = 0;
    this.#characters = 0;
  }

  /**
   * All events after `seq`; undefined where it cannot be told. With `atMs`, only if the event at `seq` is the one of
   * that time: the log may have gone back and been written anew.
   */
  after(seq: number, atMs?: number): readonly LoggedEvent[] | undefined {
    const first = this.#entries[this.#from];
    if (first === undefined) return undefined;
    const index = seq - first.event.seq + 1;
    const known = this.#entries[this.#from + index - 1];
    if (index < 0 || index > this.#size) return undefined;
    if (atMs !== undefined && (index === 0 || known?.event.atMs !== atMs)) return undefined;
    return this.#entries.slice(this.#from + index);
  }

  get #size(): number {
    return this.#entries.length - this.#from;
  }
}
