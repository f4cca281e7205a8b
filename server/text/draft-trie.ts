import type { Alphabet } from './alphabet.ts';

/** States by (state, symbol) while words are added: a hash table with open addressing. */
class Edges {
  readonly #mask: number;
  readonly #states: Int32Array;
  readonly #symbols: Int32Array;
  readonly #targets: Int32Array;

  constructor(edgesMax: number) {
    let capacity = 1024;
    while (capacity < edgesMax * 1.5) capacity *= 2;
    this.#mask = capacity - 1;
    this.#states = new Int32Array(capacity);
    this.#symbols = new Int32Array(capacity);
    this.#targets = new Int32Array(capacity);
  }

  /** The target of an edge; `fresh`, after noting it, where there was none. No edge leads to state 0. */
  getOrAdd(state: number, symbol: number, fresh: number): number {
    let slot = Math.imul(Math.imul(state, 0x9e3779b1) ^ Math.imul(symbol, 0x85ebca6b), 0xc2b2ae35);
    slot = (slot ^ (slot >>> 15)) & this.#mask;
    while (this.#targets[slot] !== 0) {
      if (this.#states[slot] === state && this.#symbols[slot] === symbol)
        return this.#targets[slot] as number;
      slot = (slot + 1) & this.#mask;
    }
    this.#states[slot] = state;
    this.#symbols[slot] = symbol;
    this.#targets[slot] = fresh;
    return fresh;
  }
}

/** Words as a trie in the order in which they came: children of a state are a list of siblings. */
export class DraftTrie {
  readonly #edges: Edges;
  readonly symbol: Int32Array;
  readonly firstChild: Int32Array;
  readonly sibling: Int32Array;
  /** The word that ends in a state, from 1; 0 for none. */
  readonly word: Int32Array;
  size = 1;

  constructor(statesMax: number) {
    this.#edges = new Edges(statesMax);
    this.symbol = new Int32Array(statesMax);
    this.firstChild = new Int32Array(statesMax);
    this.sibling = new Int32Array(statesMax);
    this.word = new Int32Array(statesMax);
  }

  add(key: string, alphabet: Alphabet, word: number): void {
    let state = 0;
    for (const char of key) {
      const symbol = alphabet.get(char.codePointAt(0) as number);
      const next = this.#edges.getOrAdd(state, symbol, this.size);
      if (next === this.size) {
        this.size += 1;
        this.symbol[next] = symbol;
        this.sibling[next] = this.firstChild[state] as number;
        this.firstChild[state] = next;
      }
      state = next;
    }
    this.word[state] = word;
  }

  /** Children of a state by their symbols. */
  children(state: number): number[] {
    const found: number[] = [];
    for (let at = this.firstChild[state] as number; at !== 0; at = this.sibling[at] as number) found.push(at);
    return found.sort((a, b) => (this.symbol[a] as number) - (this.symbol[b] as number));
  }
}
