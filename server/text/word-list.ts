import { WORD_MAX_GRAPHEMES, wordKey } from './word-key.ts';

/** Lists of words as people write and keep them. What the words match is told in RULES.md. */

/** `block` refuses a message, `hold` keeps it for review, `mask` shows stars instead. */
export type WordAction = 'block' | 'hold' | 'mask';
/** A line (from 1) that cannot be used, and why. */
export type WordProblem = { line: number; word: string; message: string };

/** Words in all lists of a room. */
export const WORDS_MAX = 50_000;
export { WORD_MAX_GRAPHEMES };

/** Of a list in which most is wrong, the first problems say it. */
const PROBLEMS_MAX = 100;
const SHOWN_CODE_UNITS = 60;

/** Why this cannot be a word of a list, e.g. "one letter matches too much: …"; undefined when it can. */
export function checkWord(word: string): string | undefined {
  const result = wordKey(word);
  return 'problem' in result ? result.problem : undefined;
}

const shorten = (word: string): string =>
  word.length > SHOWN_CODE_UNITS ? `${word.slice(0, SHOWN_CODE_UNITS).toWellFormed()}…` : word;

/**
 * Reads a list: one word or phrase a line. Blank lines and lines that begin with "#" are left out; words that
 * match alike count once, the first is kept. Takes about 100 ms for 50,000 words.
 *
 * @returns the words in their order, and what is wrong: at most 100 problems, then one that counts the others.
 */
export function parseWords(text: string): { words: string[]; problems: WordProblem[] } {
  const words: string[] = [];
  const problems: WordProblem[] = [];
  const keys = new Set<string>();
  let untold = 0;
  let line = 0;
  const refuse = (word: string, message: string): void => {
    if (problems.length < PROBLEMS_MAX) problems.push({ line, word: shorten(word), message });
    else untold += 1;
  };
  for (const raw of text.replace(/^\ufeff/, '').split(/\r\n|[\n\r]/)) {
    line += 1;
    const word = raw.trim();
    if (word === '' || word.startsWith('#')) continue;
    const result = wordKey(word);
    if ('problem' in result) {
      refuse(word, result.problem);
      continue;
    }
    if (keys.has(result.key)) continue;
    if (words.length >= WORDS_MAX) {
      problems.push({ line, word: shorten(word), message: `too many: expected at most ${WORDS_MAX} words` });
      break;
    }
    keys.add(result.key);
    words.push(word);
  }
  if (untold > 0) problems.push({ line, word: '', message: `and ${untold} more lines that cannot be used` });
  return { words, problems };
}
