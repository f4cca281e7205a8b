import { readFileSync } from 'node:fs';
import { parseWords, type WordAction } from './word-list.ts';

/** The lists that a new room begins with. Data files beside this; a host edits a copy. */

export type StarterLanguage = 'en' | 'zh';
export type StarterList = {
  readonly listId: string;
  readonly language: StarterLanguage;
  readonly action: WordAction;
  readonly words: readonly string[];
};

const SECTION = /^\[(block|hold|mask)\]$/;

/**
 * Reads a starter file: sections "[block]", "[hold]", "[mask]", each a list as `parseWords` takes it.
 *
 * @throws {Error} with file and line for a word that no list may have.
 */
function readStarters(language: StarterLanguage): StarterList[] {
  const file = `starters/${language}.txt`;
  const lines = readFileSync(new URL(file, import.meta.url), 'utf8').split('\n');
  const sections: { action: WordAction; lines: string[] }[] = [];
  for (const [at, line] of lines.entries()) {
    const action = SECTION.exec(line.trim())?.[1] as WordAction | undefined;
    // Lines of other sections stay as blank ones, so that a problem names the line of the file.
    if (action) sections.push({ action, lines: Array.from({ length: at + 1 }, () => '') });
    else sections.at(-1)?.lines.push(line);
  }
  return sections.map((section) => {
    const { words, problems } = parseWords(section.lines.join('\n'));
    const [problem] = problems;
    if (problem) throw new Error(`${file}:${problem.line}: "${problem.word}" ${problem.message}`);
    return { listId: `${language}-${section.action}`, language, action: section.action, words };
  });
}

/** For each language a list that blocks (slurs, scams), holds (lures to other places) and masks (swearing). */
export const STARTER_LISTS: readonly StarterList[] = [...readStarters('en'), ...readStarters('zh')];
