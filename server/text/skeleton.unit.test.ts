import fc from 'fast-check';
import { expect, it } from 'vitest';
import { confusables, foldCase, ownPrototype } from './look-alikes.ts';
import { skeleton } from './skeleton.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);

it.each([
  ['full width', 'ＨＥＬＬＯ', 'hello'],
  ['Cyrillic letters', 'hеllо', 'hello'],
  ['digits that look like letters', 'he110', 'hello'],
  ['bold mathematical letters', '𝐡𝐞𝐥𝐥𝐨', 'hello'],
  ['zero-width characters', 'he\u200bl\u00adlo', 'hello'],
  ['sharp s', 'STRASSE', 'straße'],
  ['final sigma', 'ΣΑΣ', 'σας'],
  ['rn and m', 'modern', 'rnodem'],
  ['Han and kana', '二', 'ニ'],
])('[TX1] %s: %s looks like %s', (_what, one, other) => {
  expect(skeleton(one)).toBe(skeleton(other));
});

it('[TX1] each character looks like its prototype, but for capitals, whose case is folded first', () => {
  const differ: string[] = [];
  for (const char of confusables()) {
    // What decomposes goes by its parts (UTS 39 section 4), and blanks are a matter of cleaning.
    if (foldCase(char) !== char || char.normalize('NFKD') !== char || /\s/.test(char)) continue;
    const prototype = ownPrototype(char) ?? char;
    if (skeleton(`x${char}x`) !== skeleton(`x${prototype}x`)) differ.push(char);
  }
  expect(differ).toEqual([]);
});

it('[TX1] a skeleton is its own skeleton', () => {
  const changed: string[] = [];
  const chars = Array.from({ length: 0x2fff }, (_, i) => String.fromCharCode(i + 1)).concat([
    ...confusables(),
  ]);
  for (const text of chars.map((char) => `x${char}x`)) {
    if (skeleton(skeleton(text)) !== skeleton(text)) changed.push(text);
  }
  expect(changed).toEqual([]);
  const odd = fc.string({
    unit: fc.oneof(
      fc.constantFrom('\u0301', '\u06e8', 'm', '%', 'ℵ', ' '),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
    maxLength: 30,
  });
  fc.assert(
    fc.property(odd, (text) => {
      expect(skeleton(skeleton(text))).toBe(skeleton(text));
    }),
    { seed, numRuns: 2000 },
  );
});

it('[TX2] what looks different stays different', () => {
  expect(skeleton('é')).not.toBe(skeleton('e'));
  expect(skeleton('发')).not.toBe(skeleton('發'));
  expect(skeleton('h3llo')).not.toBe(skeleton('hello'));
});
