import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanAnyText, cleanName, cleanText, truncate } from './text.ts';
import { graphemeCount } from './units.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);

/** Text in which everything odd is frequent, halves of surrogate pairs among it. */
const odd = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...['a', 'é', '´', 'ﬁ', 'Ａ', 'ㄱ', 'ᄀ', 'ᅡ', 'ㅤ', 'ﾠ', '\u2800', '\u00a0', '\u3000', '\n', '\t', ' '],
        ...['\u0300', '\u0301', '\u0315', '\u034f', '\u0489', '\u20dd', '\u17b4', '\ufe0f', '\u3099'],
        ...[
          '\u200b',
          '\u200c',
          '\u200d',
          '\u200e',
          '\u202e',
          '\u2066',
          '\u2069',
          '\ufeff',
          '\u00ad',
          '\u061c',
        ],
        ...[
          '👍🏽',
          '👨‍👩‍👧',
          '❤️',
          '🇫🇷',
          '\u{e0041}',
          '\ud83d',
          '\ude00',
          '\u0000',
          '\u0085',
          '\u2028',
          '\ufdfa',
        ],
      ),
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 2 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));

describe('cleaning', () => {
  it.each([
    ['widths and ligatures become one form', 'Ｆｕｌｌ ｗｉｄｔｈ ﬁne ①', 'Full width fine 1'],
    ['letters and their marks become one', 'e\u0301', 'é'],
    ['bidi controls go', 'pay \u202e000,1\u202c \u2066now\u2069\u200e\u200f\u061c', 'pay 000,1 now'],
    ['controls go, and lines become spaces', 'a\u0000b\u0007c\nd\r\n\te', 'abc d e'],
    ['zero-width spaces, soft hyphens and tags go', 'fr\u200bee\u00ad mo\ufeffney\u{e0041}', 'free money'],
    ['more than three marks on a letter go', `z${'\u0335'.repeat(20)}a`, `z${'\u0335'.repeat(3)}a`],
    ['three marks stay', 'z\u0335\u0336\u0337', 'z\u0335\u0336\u0337'],
    ['spaces of all kinds become one', '\u3000 a\u00a0\u2003b  ', 'a b'],
    ['right-to-left words stay', 'مرحبا שלום', 'مرحبا שלום'],
    ['joiners inside emoji and words stay', '👨‍👩‍👧 नमस्‍ते می‌خواهم', '👨‍👩‍👧 नमस्‍ते می‌خواهم'],
    ['joiners at the edge of a word go', '\u200da\u200c b\u200d \u200d', 'a b'],
    ['the heart stays red', 'I ❤️ it ❤️', 'I ❤️ it ❤️'],
    ['skin tones and flags stay', '👍🏽 🇫🇷', '👍🏽 🇫🇷'],
    ['halves of surrogate pairs go', 'a\ud83d b\ude00', 'a b'],
    ['letters that show nothing go', 'a\u3164b\u115f\u1160\uffa0\u2800\u034fc', 'abc'],
  ])('[KN14] %s', (_what, given, expected) => {
    expect(cleanText(given)).toBe(expected);
  });

  it('[KN14] nothing is left of what cannot be seen', () => {
    const unseen = [
      '',
      ' \n\t',
      '\u200b\u200c\u200d',
      '\u202e\u2069',
      '\u3164',
      '\u2800\u2800',
      '\ufe0f',
      '\u200d\ufe0f',
    ];
    for (const text of [...unseen, '\u00ad', '\u{e0020}\u{e007f}', '\u0000', '\ud800', '\u2028', '\u034f']) {
      expect([JSON.stringify(text), cleanText(text)]).toEqual([JSON.stringify(text), '']);
    }
  });

  it('[KN14] holds for any text, and cleaning twice changes nothing', () => {
    fc.assert(
      fc.property(odd, (text) => {
        const clean = cleanText(text);
        expect(clean).toBe(clean.trim());
        expect(clean).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
        expect(clean).not.toMatch(/\p{M}{4}/u);
        expect(clean).not.toMatch(/\s{2}/u);
        expect(clean.isWellFormed()).toBe(true);
        expect(cleanText(clean)).toBe(clean);
      }),
      { seed, numRuns: 3000 },
    );
  });

  it('[KN14] easy texts take a short way, to the same result', () => {
    const differ: string[] = [];
    for (let code = 0; code <= 0xffff; code += 1) {
      const char = String.fromCharCode(code);
      for (const text of [char, `x${char}`, `${char}人`, `a ${char}  b`, `A${char}${char}`]) {
        if (cleanText(text) !== cleanAnyText(text))
          differ.push(`${code.toString(16)} in ${JSON.stringify(text)}`);
      }
    }
    for (let code = 0x1f000; code <= 0x1fbff; code += 1) {
      const text = `x${String.fromCodePoint(code)}人`;
      if (cleanText(text) !== cleanAnyText(text)) differ.push(code.toString(16));
    }
    expect(differ).toEqual([]);
  });

  it('[KN14] the short way and the long one agree on any text', () => {
    const easy = fc
      .array(
        fc.oneof(
          fc.constantFrom(...'aZé09 ，！。的ガが한Яπس😀👍❤—“”½ﬁ\u0301\u3099\ufe0f\u200d'),
          fc.integer({ min: 0x20, max: 0x3ff }).map((unit) => String.fromCharCode(unit)),
          fc.integer({ min: 0x3000, max: 0x31ff }).map((unit) => String.fromCharCode(unit)),
          fc.integer({ min: 0xff00, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
        ),
        { maxLength: 12 },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(easy, odd), (text) => {
        expect(cleanText(text)).toBe(cleanAnyText(text));
      }),
      { seed, numRuns: 20_000 },
    );
  });

  it('[KN14] takes time in proportion to the text, however odd', () => {
    const nasty = [
      '\u200d'.repeat(15_000),
      '\u0301'.repeat(15_000),
      ' \u200d'.repeat(7500),
      'a\u0315\u0300'.repeat(5000),
    ];
    const before = process.cpuUsage();
    for (const text of nasty) cleanText(text);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(500);
  });
});

describe('cutting', () => {
  it('[KN15] counts characters as people do, and shows that something is missing', () => {
    expect(truncate('👨‍👩‍👧👍🏽🇫🇷é', 4)).toBe('👨‍👩‍👧👍🏽🇫🇷é');
    expect(truncate('👨‍👩‍👧👍🏽🇫🇷éa', 4)).toBe('👨‍👩‍👧👍🏽🇫🇷…');
    expect(truncate('abc', 3)).toBe('abc');
    expect(truncate('abcd', 3)).toBe('ab…');
    expect(truncate('ab', 1)).toBe('…');
    expect(truncate('', 5)).toBe('');
  });

  it('[KN15] never cuts through a character, and never leaves more than asked for', () => {
    fc.assert(
      fc.property(odd, fc.integer({ min: 1, max: 12 }), (text, max) => {
        const clean = cleanText(text);
        const short = truncate(clean, max);
        expect(graphemeCount(short)).toBeLessThanOrEqual(max);
        expect(short.isWellFormed()).toBe(true);
        if (graphemeCount(clean) <= max) expect(short).toBe(clean);
        else expect(clean.startsWith(short.slice(0, -1))).toBe(true);
      }),
      { seed, numRuns: 1000 },
    );
  });

  it('[KN15] a name is cleaned, then cut', () => {
    expect(cleanName('\u202e  Ａｎａ \u200b ', 24)).toBe('Ana');
    expect(cleanName('é'.repeat(100), 24)).toBe(`${'é'.repeat(23)}…`);
    expect(cleanName('\u200b\u3164', 24)).toBe('');
    expect(graphemeCount(cleanName('👨‍👩‍👧'.repeat(60), 24))).toBeLessThanOrEqual(24);
  });
});
