import type { EventLoopTurns } from './event-loop-turns.ts';

/**
 * Numbers from 1, in the order of Unicode, for the symbols of the words of a matcher; 0 for any other. A table of pages over the BMP,
 * so that a small list takes little memory.
 */
export class Alphabet {
  /** For each 256 code points the number of their page; page 0 is empty. */
  readonly #pageOf = new Uint8Array(256);
  #pages = new Int32Array(256);
  readonly #outsideBmp = new Map<number, number>();
  size = 0;

  static async of(keys: readonly string[], turns: EventLoopTurns): Promise<Alphabet> {
    const symbols = new Set<number>();
    for (const key of keys) {
      for (const char of key) symbols.add(char.codePointAt(0) as number);
      if (turns.due()) await turns.give();
    }
    const alphabet = new Alphabet();
    for (const symbol of [...symbols].sort((a, b) => a - b)) alphabet.#add(symbol);
    return alphabet;
  }

  /** The number of a symbol, or 0. */
  get(symbol: number): number {
    if (symbol > 0xffff) return this.#outsideBmp.get(symbol) ?? 0;
    return this.#pages[((this.#pageOf[symbol >>> 8] as number) << 8) | (symbol & 0xff)] as number;
  }

  #add(symbol: number): void {
    this.size += 1;
    if (symbol > 0xffff) {
      this.#outsideBmp.set(symbol, this.size);
      return;
    }
    if (this.#pageOf[symbol >>> 8] === 0) {
      const pages = new Int32Array(this.#pages.length + 256);
      pages.set(this.#pages);
      this.#pageOf[symbol >>> 8] = this.#pages.length >>> 8;
      this.#pages = pages;
    }
    this.#pages[((this.#pageOf[symbol >>> 8] as number) << 8) | (symbol & 0xff)] = this.size;
  }

  /** Bytes of the tables. */
  get bytes(): number {
    return this.#pageOf.byteLength + this.#pages.byteLength + this.#outsideBmp.size * 40;
  }
}
