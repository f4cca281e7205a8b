import type { MatcherWord } from '../../../server/text/word-matcher.ts';
import { phraseSource } from '../../bots/phrases.ts';
import { type Random, seeded } from '../../kit/random.ts';

/** What is checked, and against which words. All of it comes from the seed. */

/** Code units that a message may have, and characters that it may show. */
export const MAX_CODE_UNITS = 1500;
export const MAX_CHARACTERS = 300;

/** Letters as often as English has them. */
const LETTERS = [...'eeeeeeettttttaaaaaooooiiiinnnnsssshhhrrrddlllcuumwfgypbvkjxqz'] as [string, ...string[]];
const CYRILLIC = [...'оооееааиинтсрвлкмдпуяыьгзбч'] as [string, ...string[]];
const ACTIONS = ['block', 'hold', 'mask'] as const;

function madeUp(random: Random): string {
  const letters = (from: [string, ...string[]], min: number, max: number): string =>
    Array.from({ length: random.between(min, max) }, () => random.pick(from)).join('');
  const kind = random.between(0, 9);
  if (kind < 3) {
    const han = () => String.fromCharCode(0x4e00 + random.between(0, 3999));
    return Array.from({ length: random.between(2, 4) }, han).join('');
  }
  if (kind < 4) return letters(CYRILLIC, 5, 12);
  if (kind < 5) return `${letters(LETTERS, 3, 8)} ${letters(LETTERS, 3, 8)}`;
  return letters(LETTERS, 5, 12) + (kind < 6 ? '*' : '');
}

/** Words that pathological texts nearly have, or have everywhere. */
function nastyWords(): string[] {
  const runs = Array.from({ length: 48 }, (_, i) => 'a'.repeat(i + 3));
  return [
    ...runs.flatMap((run) => [`${run.slice(1)}b`, `*${run}b*`, `${run}*`, `*${run}c`]),
    ...Array.from({ length: 24 }, (_, i) => `*${'ab'.repeat(i + 2)}c*`),
    ...Array.from({ length: 20 }, (_, i) => `${'的一'.repeat(i + 1)}龘`),
    ...['*xyx*', '*xyxyx*', '微信', '信微', '龘龘龘龘'],
  ];
}

/** So many different words, for the three actions in turn. */
export function wordList(count: number, seed: number): MatcherWord[] {
  const random = seeded(seed);
  const words = new Set(nastyWords());
  while (words.size < count) words.add(madeUp(random));
  return [...words].map((word, i) => ({ word, action: ACTIONS[i % 3] ?? 'mask', listId: `list-${i % 3}` }));
}

/** The input of `chat:say` as it travels. */
export type SayInput = { opId: string; text: string; mentions: string[]; replyToMessageId: string | null };

/** Typical messages; one in ten answers another, one in twenty names somebody. */
export function typicalMessages(count: number, seed: number): SayInput[] {
  const random = seeded(seed);
  const next = phraseSource(seed);
  const id = (length: number) =>
    Array.from({ length }, () => random.pick([...'abcdefghkmnpqrstuvwxyzABCDEF0123456789'] as [string])).join(
      '',
    );
  return Array.from({ length: count }, () => ({
    opId: id(21),
    text: next(),
    mentions: random.next() < 0.05 ? [`viewer_${random.between(1000, 9999)}`] : [],
    replyToMessageId: random.next() < 0.1 ? `m_${id(16)}` : null,
  }));
}

const fill = (part: string, length: number): string =>
  part.repeat(Math.ceil(length / part.length)).slice(0, length);

/** Plain talk of this many code units: what a pathological text of that length is compared with. */
export const plainText = (length: number): string =>
  fill(
    'what size for a person of average height, I usually take the large one but this looks wide to me. ',
    length,
  );

/** Texts made to be slow, each as long as chat takes it: 300 characters, 1,500 code units. */
export const pathologicalTexts: Readonly<Record<string, string>> = {
  'one letter, words of it with another end': fill('a', MAX_CHARACTERS),
  'two letters, dense partial matches': fill('ab', MAX_CHARACTERS),
  'a hit at every letter': fill('xy', MAX_CHARACTERS),
  'Han partial matches': fill('的一', MAX_CHARACTERS),
  'Han hits at every character': fill('微信', MAX_CHARACTERS),
  'letters apart': fill('a.', MAX_CHARACTERS),
  'letters apart by blanks': fill('a b ', MAX_CHARACTERS),
  'digits among letters': fill('a1', MAX_CHARACTERS),
  'all look-alikes': fill('ΗеⅼӀо', MAX_CHARACTERS),
  'all accents': fill('áầ', MAX_CHARACTERS),
  'everything at once': fill('aaa1-É.的 ', MAX_CHARACTERS),
  'ligatures that become 18 letters': fill('\ufdfa', MAX_CHARACTERS),
  '300 combining marks': `a${fill('\u0315\u0300\u0316', 300)}`.slice(0, 300),
  'marks on every letter': fill('a\u0315\u0300\u0316\u0317', MAX_CODE_UNITS),
  'emoji of one code point': fill('😂👍', 2 * MAX_CHARACTERS),
  'emoji families': fill('👨‍👩‍👧', 1496),
  'joiners and blanks': fill(' \u200d', 2 * MAX_CHARACTERS),
};
