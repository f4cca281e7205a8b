import { expect, it } from 'vitest';
import { findLinks } from '../../../server/text/links.ts';
import { STARTER_LISTS } from '../../../server/text/starters.ts';
import { WordMatcher } from '../../../server/text/word-matcher.ts';
import { cleanText } from '../../../shared/kernel/text.ts';
import { RAID_MARKER } from './marker.ts';
import { raidTexts } from './raid-texts.ts';

it('every text of a raid is one that a new room stops', async () => {
  const words = STARTER_LISTS.flatMap(({ listId, action, words }) =>
    words.map((word) => ({ word, action, listId })),
  );
  const matcher = await WordMatcher.build(words);
  const next = raidTexts(1, RAID_MARKER);
  const passed = Array.from({ length: 3000 }, next).filter(({ kind, text }) => {
    const clean = cleanText(text);
    return kind === 'slur' ? matcher.test(clean) !== 'block' : findLinks(clean).length === 0;
  });
  expect(passed).toEqual([]);
});
