import { cleanText } from '../../shared/kernel/text.ts';
import { graphemeCount } from '../../shared/kernel/units.ts';
import { ANYWHERE, DIGIT, entryOutsideBmp, KIND_BITS, MARK, SPACE, TIGHT, TRAITS } from './char-table.ts';
import { isFrequentHan } from './han-words.ts';
import { readAsWritten } from './read-as-written.ts';
import { SymbolStream } from './symbol-stream.ts';

export const WORD_MAX_GRAPHEMES = 50;
/** A grapheme may be many code points, and one code point many symbols; this bounds both. */
export const WORD_MAX_CODE_UNITS = 200;

/** A word of a list as the matcher has it: its symbols as one string, or why it is none. */
export type WordKey = { readonly key: string } | { readonly problem: string };

/** Words are read while no text is. */
const stream = new SymbolStream();

const traitsOf = (form: number): number =>
  form < 65_536 ? (TRAITS[form] as number) : entryOutsideBmp(form).traits;

function refusalOfOne(char: string, kind: number, isPicture: boolean): string | undefined {
  if (isPicture) return undefined;
  if (kind === DIGIT) return 'one digit matches too much: expected at least two';
  if (kind !== ANYWHERE || !/\p{Script=Han}/u.test(char)) {
    return 'one letter matches too much: expected at least two';
  }
  return isFrequentHan(char) ? 'this character is in most texts: expected a longer word' : undefined;
}

/** What the word matches by. Words that look alike, and match alike, have the same key. */
export function wordKey(word: string): WordKey {
  // Before anything that takes longer for longer texts.
  if (word.length > WORD_MAX_CODE_UNITS) return tooLong;
  const cleaned = cleanText(word);
  if (cleaned.length > WORD_MAX_GRAPHEMES && graphemeCount(cleaned) > WORD_MAX_GRAPHEMES) return tooLong;
  let from = 0;
  let to = cleaned.length;
  while (cleaned[from] === '*') from += 1;
  while (to > from && cleaned[to - 1] === '*') to -= 1;
  const openStart = from > 0;
  const openEnd = to < cleaned.length;
  const body = cleaned.slice(from, to);
  readAsWritten(body, stream);
  const forms = [...stream.symbols.subarray(1, Math.max(1, stream.length - 1))];
  if (forms.length === 0) {
    const everything = cleaned !== '' && body.trim() === '' && (openStart || openEnd);
    return {
      problem: everything
        ? 'matches everything: expected letters next to "*"'
        : 'nothing to match: expected at least one letter, digit or emoji',
    };
  }
  if (forms.length > WORD_MAX_CODE_UNITS) return tooLong;
  const first = traitsOf(forms[0] as number);
  const last = traitsOf(forms.findLast((form) => (traitsOf(form) & KIND_BITS) !== MARK) ?? SPACE);
  // One letter may be several symbols, all of which begin where it does.
  const begins = stream.starts.subarray(1, forms.length + 1);
  const letters = new Set(begins.filter((_, at) => forms[at] !== SPACE)).size;
  const kind = first & KIND_BITS;
  if (letters === 1) {
    const problem = refusalOfOne(body.trim(), kind, kind === ANYWHERE && (first & TIGHT) !== 0);
    if (problem) return { problem };
  }
  if (letters === 2 && openStart && openEnd && kind !== ANYWHERE) {
    return { problem: 'two letters between "*" match too much: expected at least three' };
  }
  const symbols = String.fromCodePoint(...forms);
  const before = openStart || kind === ANYWHERE ? '' : ' ';
  const after = openEnd || (last & KIND_BITS) === ANYWHERE ? '' : ' ';
  return { key: `${before}${symbols}${after}` };
}

const tooLong: WordKey = { problem: `too long: expected at most ${WORD_MAX_GRAPHEMES} characters` };
