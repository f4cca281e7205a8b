import { entryOutsideBmp, HIGH_HALF, KIND_BITS, MARK, SPACE, TRAITS } from './char-table.ts';
import { EventLoopTurns } from './event-loop-turns.ts';
import { crossesWords } from './han-words.ts';
import { HINT_APART, HINT_LEET, HINT_STRETCHED, readAsWritten } from './read-as-written.ts';
import { type Manner, readLoosely } from './read-loosely.ts';
import { SymbolStream } from './symbol-stream.ts';
import { wordKey } from './word-key.ts';
import type { WordAction } from './word-list.ts';
import { WordTrie } from './word-trie.ts';

export { maskHits } from './mask-hits.ts';

export type MatcherWord = { word: string; action: WordAction; listId: string };
/** A word that a text has in [start, end), in code units of the text that was given. */
export type WordHit = { word: string; action: WordAction; listId: string; start: number; end: number };

const ACTIONS: readonly (WordAction | undefined)[] = [undefined, 'mask', 'hold', 'block'];
/** Stronger actions are greater numbers, 0 is none. */
const strengthOf = (action: WordAction): number => ACTIONS.indexOf(action);
const STRONGEST = strengthOf('block');

/** Long enough to cost little, short enough that nobody waits. */
const SLICE_MS = 3;

/** Words with an accent left out are words of at least this many letters: "año" is not "ano". */
const ACCENTLESS_MIN_LETTERS = 4;
/** Looking into a dictionary takes microseconds; a text with more such places is no ordinary one. */
const DICTIONARY_LOOKS_MAX = 8;
/** Hits of a loose reading that turn out to be none, before it is given up. */
const NEAR_MISSES_MAX = 500;

const AS_MEANT: Manner = { one: 0, repeats: 1, together: false };
const AS_MEANT_OTHERWISE: Manner = { one: 1, repeats: 2, together: false };
const PUT_TOGETHER: Manner = { one: 0, repeats: 1, together: true };

const stream = new SymbolStream();

type Entry = MatcherWord & { readonly strength: number; readonly symbols: number; readonly letters: number };
/** What a hit is given to; false ends the search. */
type Sink = (entry: Entry, start: number, end: number) => boolean;

/** Which of two words with one key counts, whatever their order in the lists. */
function outranks(a: MatcherWord, b: MatcherWord): boolean {
  if (a.action !== b.action) return strengthOf(a.action) > strengthOf(b.action);
  if (a.listId !== b.listId) return a.listId < b.listId;
  return a.word < b.word;
}

/** Finds the words of a room's lists in texts. Immutable; `find` and `test` are for one thread. */
export class WordMatcher {
  readonly #trie: WordTrie;
  readonly #entries: readonly Entry[];
  /** The strongest action that ends in a state or on its way of failures. */
  readonly #strength: Uint8Array;
  #text = '';
  #looks: { start: number; end: number; crosses: boolean }[] = [];
  #nearMisses = 0;

  private constructor(trie: WordTrie, entries: readonly Entry[], strength: Uint8Array) {
    this.#trie = trie;
    this.#entries = entries;
    this.#strength = strength;
  }

  /**
   * Builds a matcher in slices that give the event loop its turn. Words that `checkWord` refuses are left out. Of
   * words that match alike the one with the strongest action counts; their order never matters.
   */
  static async build(words: readonly MatcherWord[]): Promise<WordMatcher> {
    const turns = new EventLoopTurns(SLICE_MS);
    const byKey = new Map<string, MatcherWord>();
    for (const word of words) {
      const result = wordKey(word.word);
      if ('key' in result) {
        const known = byKey.get(result.key);
        if (!known || outranks(word, known)) byKey.set(result.key, word);
      }
      if (turns.due()) await turns.give();
    }
    const keys: string[] = [];
    const entries: Entry[] = [];
    for (const [key, { word, action, listId }] of byKey) {
      const symbols = [...key].length;
      const letters = [...key].filter((char) => char !== ' ').length;
      keys.push(key);
      entries.push({ word, action, listId, strength: strengthOf(action), symbols, letters });
      if (turns.due()) await turns.give();
    }
    const trie = await WordTrie.build(keys, turns);
    const strength = new Uint8Array(trie.word.length);
    for (let state = 1; state < strength.length; state += 1) {
      const ending = trie.ending[state] as number;
      if (ending === state) {
        const own = entries[(trie.word[state] as number) - 1] as Entry;
        strength[state] = Math.max(own.strength, strength[trie.shorterEnding(state)] as number);
      } else {
        strength[state] = strength[ending] as number;
      }
      if (turns.due()) await turns.give();
    }
    return new WordMatcher(trie, entries, strength);
  }

  static #empty: WordMatcher | undefined;

  /** A matcher without words. */
  static empty(): WordMatcher {
    WordMatcher.#empty ??= new WordMatcher(WordTrie.empty(), [], new Uint8Array(1));
    return WordMatcher.#empty;
  }

  /** Different words in it. */
  get size(): number {
    return this.#entries.length;
  }

  /** Bytes of its tables, words not counted. */
  get bytes(): number {
    return this.#trie.bytes + this.#strength.byteLength;
  }

  /**
   * Words in a cleaned text, by where they begin. A word inside another of the same or a stronger action is not
   * told.
   */
  find(text: string): WordHit[] {
    const found: { entry: Entry; start: number; end: number }[] = [];
    this.#search(text, (entry, start, end) => {
      found.push({ entry, start, end });
      return true;
    });
    found.sort(
      (a, b) =>
        a.start - b.start ||
        b.end - a.end ||
        b.entry.strength - a.entry.strength ||
        b.entry.symbols - a.entry.symbols ||
        (a.entry.word < b.entry.word ? -1 : 1),
    );
    // By strength: how far the hits so far reach. What begins later and ends no later is inside one of them.
    const reach = [-1, -1, -1, -1];
    const hits: WordHit[] = [];
    for (const { entry, start, end } of found) {
      if (reach.some((to, strength) => strength >= entry.strength && to >= end)) continue;
      reach[entry.strength] = end;
      const { word, action, listId } = entry;
      hits.push({ word, action, listId, start, end });
    }
    return hits;
  }

  /** The strongest action of the words in a cleaned text; undefined where there is none. Cheaper than `find`. */
  test(text: string): WordAction | undefined {
    let strongest = 0;
    this.#search(text, ({ strength }) => {
      strongest = Math.max(strongest, strength);
      return strongest < STRONGEST;
    });
    return ACTIONS[strongest];
  }

  #search(text: string, sink: Sink): void {
    if (this.#entries.length === 0) return;
    this.#text = text;
    if (this.#looks.length > 0) this.#looks = [];
    this.#nearMisses = NEAR_MISSES_MAX;
    const hints = readAsWritten(text, stream);
    if (!this.#match(false, sink) || hints === 0) return;
    if (hints !== HINT_APART && !this.#matchIn(AS_MEANT, sink)) return;
    if ((hints & (HINT_STRETCHED | HINT_LEET)) !== 0 && !this.#matchIn(AS_MEANT_OTHERWISE, sink)) return;
    if ((hints & HINT_APART) !== 0) this.#matchIn(PUT_TOGETHER, sink);
  }

  #matchIn(manner: Manner, sink: Sink): boolean {
    readLoosely(this.#text, manner, stream);
    return this.#match(true, sink);
  }

  /** Runs the automaton over the stream. False when the sink wants no more. */
  #match(loosely: boolean, sink: Sink): boolean {
    const trie = this.#trie;
    const { alphabet, ending } = trie;
    const { symbols, length } = stream;
    let state = 0;
    for (let at = 0; at < length; at += 1) {
      const symbol = alphabet.get(symbols[at] as number);
      state = symbol === 0 ? 0 : trie.next(state, symbol);
      // Endings become shorter, and say something only where they are stronger than what was found here.
      let here = 0;
      for (let end = ending[state] as number; (this.#strength[end] as number) > here; ) {
        const entry = this.#entries[(trie.word[end] as number) - 1] as Entry;
        if (entry.strength > here && this.#counts(entry, at, loosely)) {
          here = entry.strength;
          if (!sink(entry, this.#start(entry, at), this.#end(at))) return false;
        }
        end = trie.shorterEnding(end);
      }
      if (this.#nearMisses <= 0) return true;
    }
    return true;
  }

  #start({ symbols }: Entry, at: number): number {
    const first = at - symbols + 1;
    return stream.starts[stream.symbols[first] === SPACE ? first + 1 : first] as number;
  }

  #end(at: number): number {
    return stream.ends[stream.symbols[at] === SPACE ? at - 1 : at] as number;
  }

  /** Whether the word that ends at symbol `at` is really meant. */
  #counts(entry: Entry, at: number, loosely: boolean): boolean {
    const first = at - entry.symbols + 1;
    const { starts, symbols, digitsTo, accentsTo } = stream;
    if (loosely) {
      const before = Math.max(0, first - 1);
      const digits = (digitsTo[at] as number) - (digitsTo[before] as number);
      const accents = (accentsTo[at] as number) - (accentsTo[before] as number);
      if (digits * 2 > entry.letters || (accents > 0 && entry.letters < ACCENTLESS_MIN_LETTERS)) {
        this.#nearMisses -= 1;
        return false;
      }
    }
    // Half of a letter that is two symbols ("æ"), or a letter without its accent, is no hit.
    if (symbols[at] !== SPACE && at + 1 < stream.length && symbols[at + 1] !== SPACE) {
      if (starts[at + 1] === starts[at]) return false;
    }
    if (symbols[first] !== SPACE && first > 0 && symbols[first - 1] !== SPACE) {
      if (starts[first - 1] === starts[first]) return false;
    }
    const end = this.#end(at);
    if (isMarkAt(this.#text, end)) return false;
    const start = this.#start(entry, at);
    if (end - start !== entry.letters || !isHan(symbols[first] as number)) return true;
    return !this.#crosses(start, end);
  }

  #crosses(start: number, end: number): boolean {
    const known = this.#looks.find((look) => look.start === start && look.end === end);
    if (known) return known.crosses;
    if (this.#looks.length >= DICTIONARY_LOOKS_MAX) return false;
    const crosses = crossesWords(this.#text, start, end);
    this.#looks.push({ start, end, crosses });
    return crosses;
  }
}

/** Whether the character at `at` belongs to the letter before it. */
function isMarkAt(text: string, at: number): boolean {
  const traits = TRAITS[text.charCodeAt(at)] ?? 0;
  if ((traits & KIND_BITS) !== HIGH_HALF) return (traits & KIND_BITS) === MARK;
  return (entryOutsideBmp(text.codePointAt(at) as number).traits & KIND_BITS) === MARK;
}

const isHan = (symbol: number): boolean => symbol >= 0x3400 && symbol <= 0x9fff;

/**
 * The share of sample texts, 0 to 1, that have a word of the matcher: near 1, a list would stop most of what is
 * said. 0 of no samples.
 *
 * @param samples cleaned texts.
 */
export function breadth(matcher: WordMatcher, samples: readonly string[]): number {
  if (samples.length === 0) return 0;
  return samples.filter((text) => matcher.test(text) !== undefined).length / samples.length;
}
