import { setImmediate as nextTurn } from 'node:timers/promises';
import { cleanText } from '../../../shared/kernel/text.ts';
import { parseWords, WORDS_MAX, type WordProblem } from '../../text/word-list.ts';

/** So many lines take about a millisecond. */
const LINES_A_SLICE = 250;
const PROBLEMS_MAX = 100;

export type WordsRead = { words: string[]; problems: WordProblem[]; tooMany: boolean };

/**
 * Reads a whole list, one word a line, in slices between which the event loop gets its turn. Words come cleaned,
 * each once; `problems` are the first hundred lines that cannot be used, then one entry that counts the others.
 */
export async function readWords(text: string): Promise<WordsRead> {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|[\n\r]/);
  const words = new Set<string>();
  const problems: WordProblem[] = [];
  let untold = 0;
  for (let from = 0; from < lines.length; from += LINES_A_SLICE) {
    const read = parseWords(lines.slice(from, from + LINES_A_SLICE).join('\n'));
    for (const word of read.words) words.add(cleanText(word));
    for (const problem of read.problems) {
      // parseWords ends a long list of problems with a line that counts the others.
      const rest = /^and (\d+) more/.exec(problem.message);
      if (rest) untold += Number(rest[1]);
      else if (problems.length < PROBLEMS_MAX) problems.push({ ...problem, line: problem.line + from });
      else untold += 1;
    }
    if (words.size > WORDS_MAX) return { words: [], problems, tooMany: true };
    await nextTurn();
  }
  if (untold > 0)
    problems.push({ line: lines.length, word: '', message: `and ${untold} more lines that cannot be used` });
  return { words: [...words], problems, tooMany: false };
}
