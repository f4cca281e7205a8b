import type { Symbols } from './char-table.ts';

/**
 * A text as the matcher sees it: symbols, with a space wherever a word begins or ends (also between letters and
 * digits, and around scripts without spaces), and the code units that each symbol stands for. One object is
 * filled again for every text, so that reading allocates nothing.
 */
export class SymbolStream {
  symbols = new Int32Array(4096);
  /** Code units of the text; a space stands for nothing, but says where it is. */
  starts = new Int32Array(4096);
  ends = new Int32Array(4096);
  /** Up to each symbol and with it: digits that stand for letters, letters whose accent was left out. */
  digitsTo = new Int32Array(4096);
  accentsTo = new Int32Array(4096);
  length = 0;

  push(symbol: number, start: number, end: number): void {
    if (this.length >= this.symbols.length) this.#grow();
    const at = this.length;
    this.symbols[at] = symbol;
    this.starts[at] = start;
    this.ends[at] = end;
    this.length = at + 1;
  }

  pushAll({ forms }: Symbols, start: number, end: number): void {
    for (const form of forms) this.push(form, start, end);
  }

  /** Counts on from symbol `first`: the symbols of one character, which is a digit, has an accent, or neither. */
  count(first: number, digit: number, accent: number): void {
    const digits = first === 0 ? 0 : (this.digitsTo[first - 1] as number);
    const accents = first === 0 ? 0 : (this.accentsTo[first - 1] as number);
    for (let at = first; at < this.length; at += 1) {
      this.digitsTo[at] = digits + digit;
      this.accentsTo[at] = accents + accent;
    }
  }

  #grow(): void {
    const larger = (from: Int32Array): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(from.length * 2);
      to.set(from);
      return to;
    };
    this.symbols = larger(this.symbols);
    this.starts = larger(this.starts);
    this.ends = larger(this.ends);
    this.digitsTo = larger(this.digitsTo);
    this.accentsTo = larger(this.accentsTo);
  }
}
