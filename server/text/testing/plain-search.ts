import { cleanText } from '../../../shared/kernel/text.ts';
import { crossesWords } from '../han-words.ts';
import { readAsWritten } from '../read-as-written.ts';
import { readLoosely } from '../read-loosely.ts';
import { SymbolStream } from '../symbol-stream.ts';
import { wordKey } from '../word-key.ts';
import type { MatcherWord, WordHit } from '../word-matcher.ts';

/**
 * What the matcher should find, in the plainest way: every word at every place of every reading, with no
 * automaton, no hints on which readings are worth it, and rules TX4, TX7, TX10 and TX11 written anew.
 */

const STRENGTH = { mask: 1, hold: 2, block: 3 } as const;
type Found = WordHit & { symbols: number };

function readings(text: string): { stream: SymbolStream; loosely: boolean }[] {
  const loose = (one: 0 | 1, repeats: 1 | 2, together: boolean) => {
    const stream = new SymbolStream();
    readLoosely(text, { one, repeats, together }, stream);
    return { stream, loosely: true };
  };
  const written = new SymbolStream();
  readAsWritten(text, written);
  const others = [loose(0, 1, false), loose(1, 2, false), loose(0, 1, true)];
  return [{ stream: written, loosely: false }, ...others];
}

/** Of words with one key the strongest, then the first by list and word. */
function distinct(words: readonly MatcherWord[]): Map<string, MatcherWord> {
  const ranked = words.toSorted(
    (a, b) =>
      STRENGTH[b.action] - STRENGTH[a.action] ||
      (a.listId < b.listId ? -1 : a.listId > b.listId ? 1 : a.word < b.word ? -1 : 1),
  );
  const byKey = new Map<string, MatcherWord>();
  for (const word of ranked) {
    const result = wordKey(word.word);
    if ('key' in result && !byKey.has(result.key)) byKey.set(result.key, word);
  }
  return byKey;
}

function hitsIn(
  text: string,
  stream: SymbolStream,
  loosely: boolean,
  key: string,
  word: MatcherWord,
): Found[] {
  const wanted = [...key].map((char) => char.codePointAt(0));
  const letters = wanted.filter((symbol) => symbol !== 0x20).length;
  const hits: Found[] = [];
  const { symbols, starts, ends } = stream;
  for (let from = 0; from + wanted.length <= stream.length; from += 1) {
    if (wanted.some((symbol, i) => symbols[from + i] !== symbol)) continue;
    const places = wanted.flatMap((symbol, i) => (symbol === 0x20 ? [] : [from + i]));
    const [first = 0] = places;
    const last = places.at(-1) ?? 0;
    const start = starts[first] ?? 0;
    const end = ends[last] ?? 0;
    if (loosely) {
      const sum = (to: Int32Array) => places.reduce((n, at) => n + (to[at] ?? 0) - (to[at - 1] ?? 0), 0);
      if (sum(stream.digitsTo) > letters / 2) continue;
      if (sum(stream.accentsTo) > 0 && letters < 4) continue;
    }
    const half = (at: number, next: number) => symbols[next] !== 0x20 && starts[at] === starts[next];
    if (half(first, first - 1) || (last + 1 < stream.length && half(last, last + 1))) continue;
    if (/^\p{M}/u.test(text.slice(end)) && !/^\p{Script=Inherited}/u.test(text.slice(end))) continue;
    if (end - start === letters && crossesWords(text, start, end)) continue;
    hits.push({ ...word, start, end, symbols: wanted.length });
  }
  return hits;
}

/** Hits as `WordMatcher.find` should tell them. */
export function plainSearch(words: readonly MatcherWord[], text: string): WordHit[] {
  const found: Found[] = [];
  for (const { stream, loosely } of readings(cleanText(text))) {
    for (const [key, word] of distinct(words)) {
      found.push(...hitsIn(cleanText(text), stream, loosely, key, word));
    }
  }
  const rank = (a: Found, b: Found) =>
    STRENGTH[b.action] - STRENGTH[a.action] || b.symbols - a.symbols || (a.word < b.word ? -1 : 1);
  const covers = (a: Found, b: Found) => a.start <= b.start && a.end >= b.end;
  const same = (a: Found, b: Found) => a.start === b.start && a.end === b.end;
  const told = found.filter(
    (hit) =>
      !found.some(
        (other) =>
          covers(other, hit) &&
          STRENGTH[other.action] >= STRENGTH[hit.action] &&
          (same(other, hit) ? rank(other, hit) < 0 && other.word !== hit.word : true),
      ),
  );
  const seen = new Set<string>();
  return told
    .toSorted((a, b) => a.start - b.start || b.end - a.end || rank(a, b))
    .map(({ word, action, listId, start, end }) => ({ word, action, listId, start, end }))
    .filter((hit) => {
      const id = JSON.stringify(hit);
      if (seen.has(id)) return false;
      seen.add(id);
      return true;
    });
}
