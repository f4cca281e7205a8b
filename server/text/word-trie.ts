import { Alphabet } from './alphabet.ts';
import { SPACE } from './char-table.ts';
import { DraftTrie } from './draft-trie.ts';
import type { EventLoopTurns } from './event-loop-turns.ts';

/** A row may have this many places for each child. */
const ROW_SPARSENESS = 16;

/**
 * The automaton of Aho and Corasick (CACM 18, 1975), in typed arrays: states in breadth-first order, so that the
 * children of a state are neighbours, and what most texts touch lies together. About 30 bytes a state.
 */
export class WordTrie {
  readonly alphabet: Alphabet;
  /** Children of state s are [children[s], children[s + 1]), by symbol. */
  readonly #children: Int32Array;
  readonly #symbol: Int32Array;
  readonly #fail: Int32Array;
  /**
   * Where a state has children for many of the symbols between its first and its last: the place in `#rows` of
   * the child for its first symbol. 0 for none: then the children are searched by halves.
   */
  readonly #rowAt: Int32Array;
  #rows = new Int32Array(1024);
  #rowsLength = 1;
  /** Full rows for the root and for the state after a space, where each word of a text begins. */
  readonly #rootRow: Int32Array;
  readonly #wordRow: Int32Array;
  #wordState = 0;
  /** The word that ends in a state, from 1; 0 for none. */
  readonly word: Int32Array;
  /** The nearest state, on the way of failures and with itself, in which a word ends; 0 for none. */
  readonly ending: Int32Array;

  private constructor(states: number, alphabet: Alphabet) {
    this.alphabet = alphabet;
    this.#children = new Int32Array(states + 1);
    this.#symbol = new Int32Array(states);
    this.#fail = new Int32Array(states);
    this.#rowAt = new Int32Array(states);
    this.word = new Int32Array(states);
    this.ending = new Int32Array(states);
    this.#rootRow = new Int32Array(alphabet.size + 1);
    this.#wordRow = new Int32Array(alphabet.size + 1);
  }

  /** Without words. */
  static empty(): WordTrie {
    return new WordTrie(1, new Alphabet());
  }

  static async build(keys: readonly string[], turns: EventLoopTurns): Promise<WordTrie> {
    let statesMax = 1;
    for (const key of keys) statesMax += key.length;
    const alphabet = await Alphabet.of(keys, turns);
    // The tables are large: getting one is a slice of its own.
    await turns.give();
    const draft = new DraftTrie(statesMax);
    await turns.give();
    for (const [at, key] of keys.entries()) {
      draft.add(key, alphabet, at + 1);
      if (turns.due()) await turns.give();
    }
    await turns.give();
    const trie = new WordTrie(draft.size, alphabet);
    await turns.give();
    await trie.#number(draft, turns);
    await trie.#link(turns);
    return trie;
  }

  /** The state after `symbol` (a number of the alphabet). */
  next(state: number, symbol: number): number {
    let at = state;
    while (at !== 0) {
      if (at === this.#wordState) return this.#wordRow[symbol] as number;
      const child = this.#child(at, symbol);
      if (child !== 0) return child;
      at = this.#fail[at] as number;
    }
    return this.#rootRow[symbol] as number;
  }

  /** The next state on the way of failures in which a word ends. */
  shorterEnding(state: number): number {
    return this.ending[this.#fail[state] as number] as number;
  }

  get bytes(): number {
    const arrays = [this.#children, this.#symbol, this.#fail, this.word, this.ending];
    arrays.push(this.#rowAt, this.#rows, this.#rootRow, this.#wordRow);
    return arrays.reduce((total, { byteLength }) => total + byteLength, this.alphabet.bytes);
  }

  /** Gives the states of the draft their numbers, breadth first. */
  async #number(draft: DraftTrie, turns: EventLoopTurns): Promise<void> {
    const drafted = new Int32Array(draft.size);
    let size = 1;
    for (let state = 0; state < draft.size; state += 1) {
      this.#children[state] = size;
      for (const child of draft.children(drafted[state] as number)) {
        drafted[size] = child;
        this.#symbol[size] = draft.symbol[child] as number;
        this.word[size] = draft.word[child] as number;
        size += 1;
      }
      this.#children[state + 1] = size;
      this.#addRow(state);
      if (turns.due()) await turns.give();
    }
  }

  #addRow(state: number): void {
    const from = this.#children[state] as number;
    const to = this.#children[state + 1] as number;
    if (to - from < 2) return;
    const first = this.#symbol[from] as number;
    const width = (this.#symbol[to - 1] as number) - first + 1;
    if (width > (to - from) * ROW_SPARSENESS) return;
    if (this.#rowsLength + width > this.#rows.length) {
      const larger = new Int32Array(Math.max(this.#rows.length * 2, this.#rowsLength + width));
      larger.set(this.#rows);
      this.#rows = larger;
    }
    for (let child = from; child < to; child += 1) {
      this.#rows[this.#rowsLength + (this.#symbol[child] as number) - first] = child;
    }
    this.#rowAt[state] = this.#rowsLength;
    this.#rowsLength += width;
  }

  /** Where each state goes on when no child fits; shallower states come first. */
  async #link(turns: EventLoopTurns): Promise<void> {
    const last = this.#children.length - 1;
    const row = (to: Int32Array, state: number): void => {
      for (
        let child = this.#children[state] as number;
        child < (this.#children[state + 1] as number);
        child += 1
      ) {
        to[this.#symbol[child] as number] = child;
      }
    };
    row(this.#rootRow, 0);
    const wordState = this.#child(0, this.alphabet.get(SPACE));
    this.#wordRow.set(this.#rootRow);
    row(this.#wordRow, wordState);
    this.#wordState = wordState;
    for (let state = 0; state < last; state += 1) {
      for (
        let child = this.#children[state] as number;
        child < (this.#children[state + 1] as number);
        child += 1
      ) {
        this.#fail[child] =
          state === 0 ? 0 : this.next(this.#fail[state] as number, this.#symbol[child] as number);
        this.ending[child] =
          this.word[child] === 0 ? (this.ending[this.#fail[child] as number] as number) : child;
        if (turns.due()) await turns.give();
      }
    }
  }

  #child(state: number, symbol: number): number {
    let low = this.#children[state] as number;
    let high = this.#children[state + 1] as number;
    const row = this.#rowAt[state] as number;
    if (row !== 0) {
      const first = this.#symbol[low] as number;
      const last = this.#symbol[high - 1] as number;
      return symbol >= first && symbol <= last ? (this.#rows[row + symbol - first] as number) : 0;
    }
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.#symbol[middle] as number) <= symbol) low = middle;
      else high = middle;
    }
    return low < high && this.#symbol[low] === symbol ? low : 0;
  }
}
