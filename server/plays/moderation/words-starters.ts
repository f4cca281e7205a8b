import { cleanText } from '../../../shared/kernel/text.ts';
import type { WordList } from '../../../shared/plays/moderation/desk-records.ts';
import { STARTER_LISTS } from '../../text/starters.ts';
import type { MatcherWord } from '../../text/word-matcher.ts';

/** The starter lists as word lists of a room that never changed them. */

/** In the language that the words are of: whoever edits them reads it. */
const TITLES: Readonly<Record<string, string>> = {
  'en-block': 'Slurs and scams: refused',
  'en-hold': 'Lures to other places: held for review',
  'en-mask': 'Swearing: shown as stars',
  'zh-block': '辱骂与诈骗：拒绝发送',
  'zh-hold': '站外引流：待审核',
  'zh-mask': '脏话：显示为星号',
};

/** A list's JSON without its last field and brace, as Redis keeps it. Field order is the wire's. */
export function headOf({ listId, title, language, action, enabled }: Omit<WordList, 'words'>): string {
  return JSON.stringify({ listId, title, language, action, enabled }).slice(0, -1);
}

const starters = STARTER_LISTS.map(({ listId, language, action, words }) => {
  const head = headOf({ listId, title: TITLES[listId] ?? listId, language, action, enabled: true });
  const cleaned = [...new Set(words.map(cleanText))];
  // As Redis sorts members: by their bytes.
  return {
    listId,
    head,
    action,
    words: cleaned.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
  };
});

/** As lua/list-book.lua takes them. */
export const STARTER_HEADS = starters.map(({ listId, head, words }) => ({
  listId,
  head,
  words: words.length,
}));

const wordsById = new Map(starters.map(({ listId, words }) => [listId, words]));

/** In alphabetical order; undefined for an id that is of no starter list. */
export const starterWords = (listId: string): readonly string[] | undefined => wordsById.get(listId);

/** Of all starter lists. */
export const STARTER_WORDS: readonly MatcherWord[] = starters.flatMap(({ listId, action, words }) =>
  words.map((word) => ({ word, action, listId })),
);
