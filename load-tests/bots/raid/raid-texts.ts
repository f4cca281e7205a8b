import { STARTER_LISTS } from '../../../server/text/starters.ts';
import { type Random, seeded } from '../../kit/random.ts';

/** What raiders write: words that a new room refuses, spelled to slip through, and links. All of it from the seed. */

export type RaidText = { kind: 'slur' | 'link'; text: string };

const LATIN = /^[a-z ]+$/;
const WORDS = STARTER_LISTS.filter(({ action }) => action === 'block').flatMap(({ words }) =>
  words.map((word) => word.replaceAll('*', '')),
);
const ONE_WORD = /^[a-z]{4,}$/;
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  ...{ a: 'а', c: 'с', e: 'е', i: 'і', o: 'о', p: 'р', s: 'ѕ', x: 'х', y: 'у' },
};
const DIGITS: Readonly<Record<string, string>> = { a: '4', e: '3', i: '1', o: '0', s: '5' };
const ACCENTS: Readonly<Record<string, string>> = { a: 'á', e: 'ê', i: 'ï', o: 'ö', u: 'ü' };

const mapped = (word: string, to: Readonly<Record<string, string>>): string =>
  word.replaceAll(/[a-z]/g, (letter) => to[letter] ?? letter);
const firstMapped = (word: string, to: Readonly<Record<string, string>>): string =>
  word.replace(new RegExp(`(?<=.)[${Object.keys(to).join('')}]`), (letter) => to[letter] ?? letter);
const wide = (word: string): string =>
  word.replaceAll(/[a-z]/g, (letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0));

/** Each is one that RULES.md of server/text says is seen through, where the word is one that it may be used on. */
export const DISGUISES: Readonly<Record<string, (word: string) => string | undefined>> = {
  plain: (word) => word,
  capitals: (word) => word.toUpperCase(),
  wide: (word) => (LATIN.test(word) ? wide(word) : undefined),
  'look-alikes': (word) => (LATIN.test(word) ? mapped(word, LOOK_ALIKES) : undefined),
  'a digit': (word) => (ONE_WORD.test(word) ? firstMapped(word, DIGITS) : undefined),
  'an accent': (word) => (ONE_WORD.test(word) ? firstMapped(word, ACCENTS) : undefined),
  'letters apart': (word) => (ONE_WORD.test(word) ? [...word].join('.') : undefined),
  // A word with a double letter is seen through only where that is stretched.
  stretched: (word) =>
    ONE_WORD.test(word) && !/(.)\1/.test(word) ? word.replace(/[aeiou]/, '$&$&$&$&') : undefined,
};

const SETTINGS = [
  (word: string) => `you are all ${word} here`,
  (word: string) => `${word} !!!`,
  (word: string) => `the host is ${word}, tell everyone`,
] as const;
const LINKS = [
  (n: number) => `cheaper at https://bags-${n}.example.com/sale`,
  (n: number) => `same bags: www.bags-${n}.shop`,
  (n: number) => `go to bags${n}.shop/free now`,
] as const;
const LINKS_SHARE = 0.2;

function slur(random: Random): string {
  const disguises = Object.values(DISGUISES) as [(typeof DISGUISES)[string]];
  const word = random.pick(WORDS as [string, ...string[]]);
  const spelled = random.pick(disguises)(word) ?? word;
  return random.pick(SETTINGS)(spelled);
}

/** A seeded source. Every text ends with the marker, by which whoever should not have got it knows it. */
export function raidTexts(seed: number, marker: string): () => RaidText {
  const random = seeded(seed);
  return () => {
    const isLink = random.next() < LINKS_SHARE;
    const text = isLink ? random.pick(LINKS)(random.between(1, 9999)) : slur(random);
    return { kind: isLink ? 'link' : 'slur', text: `${text} ${marker}` };
  };
}
