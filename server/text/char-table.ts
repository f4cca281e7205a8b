import { ownPrototype, shapeByLook, shapeOf } from './look-alikes.ts';

/**
 * What each character is to the matcher: a table over the 65,536 code units, made once, so that reading a
 * message is one look-up a character.
 */

/** Separates words: spaces, punctuation, signs. */
export const SEPARATOR = 0;
/** A letter of a script that puts spaces between words. */
export const LETTER = 1;
/** A decimal digit of any script; its form is the ASCII digit. */
export const DIGIT = 2;
/** A character of a script without spaces between words, or an emoji: matches anywhere. */
export const ANYWHERE = 3;
/** Part of the letter before it: an accent, a vowel sign. */
export const MARK = 4;
/** Not there for the matcher: joiners, variation selectors, marks piled on a letter. */
export const SKIPPED = 5;
/** First half of a surrogate pair. */
export const HIGH_HALF = 6;
/** More than one symbol: `FORMS` has the index of its `Expansion`. */
export const SEVERAL = 7;

export const KIND_BITS = 7;
/** A sign that stands between letters on purpose ("f-u-c-k"), not at the end of a clause. */
export const TIGHT = 8;
/** A digit or sign that stands for a letter in "h3llo", or the "I" in "heIIo". */
export const LEET = 16;
/** Without its accent, or by the look of the capital, it reads otherwise. */
export const READS_OTHERWISE = 32;

export type Symbols = { readonly kinds: readonly number[]; readonly forms: readonly number[] };
export type Expansion = { readonly asWritten: Symbols; readonly loosely: Symbols };

/** Forms are code points; the form of any separator is the space. */
export const SPACE = 0x20;

/** For code units of the BMP: a kind and flags. */
export const TRAITS = new Uint8Array(65_536);
/** For kinds of one symbol the form; for `SEVERAL` the index in `expansions`. */
export const FORMS = new Uint16Array(65_536);
export const expansions: Expansion[] = [];

/** Digits and signs read as letters, where letters are around them. "1" has two readings. */
export const LEET_LETTERS: Readonly<Record<string, readonly [string, string]>> = {
  '0': ['o', 'o'],
  '1': ['i', 'l'],
  '3': ['e', 'e'],
  '4': ['a', 'a'],
  '5': ['s', 's'],
  '7': ['t', 't'],
  '@': ['a', 'a'],
  $: ['s', 's'],
  '!': ['i', 'l'],
  '|': ['i', 'l'],
};

const NO_SPACES =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\p{Script=Tai_Le}\p{Script=New_Tai_Lue}\p{Script=Tai_Tham}\p{Script=Javanese}ー]/u;
const LETTERS = /[\p{L}\p{Nl}\p{No}]/u;
const PICTURE = /[\p{So}\p{Extended_Pictographic}\p{Regional_Indicator}]/u;
const TIGHT_SIGN = /[\p{Pd}\p{Pc}\p{Sm}\p{Sk}*/\\#·•‧・]/u;
const INHERITED = /\p{Script=Inherited}/u;
/** Joiners, variation selectors, skin tones, and the line that stretches Arabic words. */
const INVISIBLE = /[\p{Cf}\p{Variation_Selector}\p{Emoji_Modifier}\u0640]/u;

const codeOf = (char: string): number => char.codePointAt(0) ?? 0;
const isMark = (char: string): boolean => /\p{M}/u.test(char);
const isWordChar = (char: string): boolean => LETTERS.test(char) || isMark(char) || /\p{Nd}/u.test(char);

/** Decimal digits come in blocks of ten that begin with zero, none of the BMP next to another. */
function digitForm(char: string): number {
  let start = codeOf(char);
  while (/\p{Nd}/u.test(String.fromCodePoint(start - 1))) start -= 1;
  return 0x30 + ((codeOf(char) - start) % 10);
}

export type Entry = { readonly traits: number; readonly form: number; readonly expansion?: Expansion };
const one = (kind: number, form = SPACE, flags = 0): Entry => ({ traits: kind | flags, form });

/** Scripts without spaces and Hangul stay whole: their look-alikes are whole characters, too. */
function wholeForm(char: string): number {
  const prototype = ownPrototype(char);
  return codeOf(prototype && [...prototype].length === 1 && NO_SPACES.test(prototype) ? prototype : char);
}

function symbolsOf(text: string, withAccents: boolean): Symbols {
  const chars = [...text].filter((char) => withAccents || !INHERITED.test(char));
  const kindOf = (char: string): number => {
    if (isMark(char)) return MARK;
    return NO_SPACES.test(char) ? ANYWHERE : LETTER;
  };
  return { kinds: chars.map(kindOf), forms: chars.map(codeOf) };
}

function letterEntry(char: string): Entry {
  const readable = (shape: string): boolean => shape !== '' && [...shape].every(isWordChar);
  const shape = readable(shapeOf(char)) ? shapeOf(char) : char.toLowerCase();
  const looks = readable(shapeByLook(char)) ? shapeByLook(char) : shape;
  const asWritten = symbolsOf(shape, true);
  const loosely = symbolsOf(char < '\x80' ? shape : looks, false);
  if (loosely.forms.length === 0 || loosely.kinds[0] === MARK) return one(SKIPPED);
  const same = asWritten.forms.join() === loosely.forms.join();
  const [form = 0] = asWritten.forms;
  if (same && asWritten.forms.length === 1 && form < 65_536) return one(asWritten.kinds[0] ?? LETTER, form);
  return { traits: SEVERAL | (same ? 0 : READS_OTHERWISE), form: 0, expansion: { asWritten, loosely } };
}

function describe(char: string): Entry {
  const leet = Object.hasOwn(LEET_LETTERS, char) ? LEET : 0;
  if (/\p{Nd}/u.test(char)) return one(DIGIT, digitForm(char), leet);
  if (INVISIBLE.test(char)) return one(SKIPPED);
  // Composed letters keep their accent; a mark of any script that stayed by itself is piled on top.
  if (isMark(char)) return INHERITED.test(char) ? one(SKIPPED) : one(MARK, codeOf(char));
  if (NO_SPACES.test(char)) return one(ANYWHERE, wholeForm(char));
  if (/\p{Script=Hangul}/u.test(char)) return one(LETTER, codeOf(char));
  if (LETTERS.test(char)) return letterEntry(char);
  if (char > '\x7f') {
    if ([...shapeOf(char)].every((each) => LETTERS.test(each))) return letterEntry(char);
    if (PICTURE.test(char)) return one(ANYWHERE, codeOf(char), TIGHT);
  }
  return one(SEPARATOR, SPACE, (TIGHT_SIGN.test(char) ? TIGHT : 0) | leet);
}

const LOWEST_SURROGATE = 0xd800;
const LOWEST_LOW_HALF = 0xdc00;
const LOWEST_PRIVATE = 0xe000;

/** Ideographs and syllables by the ten thousand need no look at their properties. */
const isPlainHan = (code: number): boolean => code >= 0x4e00 && code <= 0x9fff;
const isSyllable = (code: number): boolean => code >= 0xac00 && code <= 0xd7a3;

for (let code = 0; code < 65_536; code += 1) {
  if (code >= LOWEST_SURROGATE && code < 0xf900) {
    TRAITS[code] = code < LOWEST_LOW_HALF ? HIGH_HALF : code < LOWEST_PRIVATE ? SKIPPED : SEPARATOR;
    FORMS[code] = SPACE;
    continue;
  }
  const char = String.fromCharCode(code);
  let entry: Entry;
  if (isPlainHan(code)) entry = one(ANYWHERE, wholeForm(char));
  else if (isSyllable(code)) entry = one(LETTER, code);
  else entry = describe(char);
  TRAITS[code] = entry.traits | (char === 'I' ? LEET : 0);
  FORMS[code] = entry.expansion ? expansions.push(entry.expansion) - 1 : entry.form;
}

const outsideBmp = new Map<number, Entry>();
const OUTSIDE_KEPT = 4096;

/** What a character outside the BMP is: an emoji, a rare ideograph, a letter of an old script. */
export function entryOutsideBmp(code: number): Entry {
  const known = outsideBmp.get(code);
  if (known) return known;
  const entry = describe(String.fromCodePoint(code));
  if (outsideBmp.size >= OUTSIDE_KEPT) outsideBmp.clear();
  outsideBmp.set(code, entry);
  return entry;
}
