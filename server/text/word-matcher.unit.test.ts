import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText } from '../../shared/kernel/text.ts';
import { graphemeCount } from '../../shared/kernel/units.ts';
import { seededRandom } from '../kernel/random.ts';
import { plainSearch } from './testing/plain-search.ts';
import { breadth, type MatcherWord, maskHits, WordMatcher } from './word-matcher.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);
const listed = (word: string, action: MatcherWord['action'] = 'block'): MatcherWord => ({
  word,
  action,
  listId: 'l',
});
const build = (...words: string[]) => WordMatcher.build(words.map((word) => listed(word)));
/** What the text has of the words, each once, as it stands there. */
async function found(text: string, ...words: string[]): Promise<string[]> {
  const clean = cleanText(text);
  const matcher = await build(...words);
  const hits = matcher.find(clean);
  expect(matcher.test(clean)).toBe(hits.length > 0 ? 'block' : undefined);
  return hits.map(({ start, end }) => clean.slice(start, end));
}

/** By rule: a text, a listed word, and what of the text it matches. */
const MATCHES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  '[TX3] whole words, and on at a star': [
    ['you ass!', 'ass', 'ass'],
    ['ASS', 'ass', 'ASS'],
    ['godless', 'god*', 'god'],
    ['overkill', '*kill', 'kill'],
    ['unfuckable', '*fuck*', 'fuck'],
    ['fuck123', 'fuck', 'fuck'],
  ],
  '[TX4] anywhere in scripts without spaces': [
    ['加我微信领取', '微信', '微信'],
    ['加微信息', '微信', '微信'],
    ['ผมไปโรงเรียน', 'โรง', 'โรง'],
    ['hey🖕🏿you', '🖕', '🖕'],
    ['おまえバカだ', 'バカ', 'バカ'],
  ],
  '[TX5] whatever is between words': [
    ['加 V 领', '加v', '加 V'],
    ['加V:abc', '加v', '加V'],
    ['FREE  money!', 'free money', 'FREE money'],
    ['free-money', 'Free Money', 'free-money'],
    ['covid-19', 'covid19', 'covid-19'],
  ],
  '[TX6] look-alikes': [
    ['ｆuсk', 'fuck', 'fuсk'],
    ['НЕТ', 'нет', 'НЕТ'],
    ['НЕLLО', 'hello', 'НЕLLО'],
    ['kiIl', 'kill', 'kiIl'],
    ['f\u0336u\u0336c\u0336k\u0336 off', 'fuck', 'f\u0336u\u0336c\u0336k'],
    ['fu\u200dck', 'fuck', 'fu\u200dck'],
  ],
  '[TX7] digits and signs among letters': [
    ['sh1t', 'shit', 'sh1t'],
    ['f4il', 'fail', 'f4il'],
    ['a$$', 'ass', 'a$$'],
    ['b00bs', 'boobs', 'b00bs'],
    ['ki11', 'kill', 'ki11'],
    ['sh!t', 'shit', 'sh!t'],
  ],
  '[TX8] stretched': [
    ['fuuuuck', 'fuck', 'fuuuuck'],
    ['asssss', 'ass', 'asssss'],
    ['傻傻傻逼', '傻逼', '傻傻傻逼'],
  ],
  '[TX9] pulled apart': [
    ['f.u.c.k you', 'fuck', 'f.u.c.k'],
    ['f u c k', 'fuck', 'f u c k'],
    ['f-uck', 'fuck', 'f-uck'],
    ['f_u_c_k_e_r', 'fuck*', 'f_u_c_k'],
    ['加微❤信', '微信', '微❤信'],
    ['加我 微 信 好吗', '微信', '微 信'],
  ],
  '[TX10] accents': [
    ['fück', 'fuck', 'fück'],
    ['whöre', 'whore', 'whöre'],
    ['STUPIŢ, sniņņy', 'stupit', 'STUPIŢ'],
    ['LỒN', 'lồn', 'LỒN'],
  ],
};

/** By rule: a text, and listed words that are not in it. */
const OTHERS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  '[TX3] whole words, and on at a star': [
    ['class assess Scunthorpe therapist grass', 'ass', 'cunt', 'rapist'],
    ['shitake asshole', 'shit', 'ass'],
    ['f*ck you', 'fuck'],
  ],
  '[TX4] anywhere in scripts without spaces': [
    ['稍微信任', '微信'],
    ['出台独立的规定', '台独'],
    ['异性交往', '性交'],
    ['ก็ดี', 'กก'],
    ['發財', '发财'],
  ],
  '[TX5] whatever is between words': [['加vivo手机', '加v']],
  '[TX6] look-alikes': [
    ['burn the pom-pom with corn', 'bum', 'porn', 'com'],
    ['101 1001 100', 'lol', 'lool', 'loo'],
    ['level lvl', '1v1'],
  ],
  '[TX7] digits and signs among letters': [
    ['Samsung A55, T17, 4S5', 'ass', 'tit'],
    ['A$5 and US$5', 'ass', 'uss'],
    ['great! it is', 'iit', 'greati'],
  ],
  '[TX8] stretched': [
    ['fuuck', 'fuck'],
    ['asss', 'as ss'],
  ],
  '[TX9] pulled apart': [
    ['G R A P E, c-l-a-s-s', 'rape', 'ass'],
    ["he'll, the pen.is blue", 'hell', 'penis'],
    ['价格很微。信我', '微信'],
  ],
  '[TX10] accents': [
    ['año, ánó', 'ano'],
    ['lớn lon', 'lồn'],
  ],
};

describe('a match', () => {
  it.each(Object.entries(MATCHES))('%s', async (_rule, rows) => {
    for (const [text = '', word = '', hit = ''] of rows) {
      expect([text, word, await found(text, word)]).toEqual([text, word, [hit]]);
    }
  });

  it.each(Object.entries(OTHERS))('%s: not', async (_rule, rows) => {
    for (const [text = '', ...words] of rows) expect([text, await found(text, ...words)]).toEqual([text, []]);
  });

  it('[TX4] texts full of places to look up are still judged', async () => {
    const hits = await found('稍微信任'.repeat(20), '微信');
    expect(hits.length).toBe(12);
  });
});

it('[TX10] every Latin letter with an accent is read without it, too', async () => {
  const missed: string[] = [];
  for (let code = 0xc0; code < 0x2000; code += 1) {
    const letter = String.fromCodePoint(code);
    const [base = '', ...accents] = letter.normalize('NFD').toLowerCase();
    if (accents.length === 0 || !/[a-z]/.test(base)) continue;
    const hits = await found(`qu${letter}ck`, `qu${base}ck`);
    if (hits.length !== 1) missed.push(letter);
  }
  expect(missed).toEqual([]);
});

/** Few letters, so that hits are many, in every guise that a reading knows. */
const POOL =
  'ab aab a1b ba* *ab *aba* iba bil lib ñab nab anab abba aaa* 微信 我信 信 加a ab|ba kil kill 51a 115 กั กา b微 *ba il❤ ❤ mib rnib ÑAB'
    .split(' ')
    .map((word) => word.replace('|', ' '));
const words = fc.array(
  fc.record({
    word: fc.constantFrom(...POOL),
    action: fc.constantFrom('block' as const, 'hold' as const, 'mask' as const),
    listId: fc.constantFrom('one', 'two'),
  }),
  { minLength: 3, maxLength: 15 },
);
const GUISES = [...'aaabbbiillnmk    ', ...'AаáÀНñÑIĺ1|!@$0543.-_*·❤👍æßк微信我微信加กั稍任'].concat([
  'กั',
  'а̶',
  'rn',
  '\u200d',
]);
const texts = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...GUISES) },
      { weight: 5, arbitrary: fc.constantFrom(...POOL) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
    ),
    { maxLength: 14 },
  )
  .map((parts) => cleanText(parts.join('')));

describe('any words in any text', () => {
  it('[TX11] are found as by a plain search', async () => {
    let hits = 0;
    await fc.assert(
      fc.asyncProperty(words, fc.array(texts, { minLength: 1, maxLength: 5 }), async (list, several) => {
        const matcher = await WordMatcher.build(list);
        for (const text of several) {
          const expected = plainSearch(list, text);
          expect(matcher.find(text)).toEqual(expected);
          const actions = new Set(expected.map(({ action }) => action));
          expect(matcher.test(text)).toBe(
            (['block', 'hold', 'mask'] as const).find((action) => actions.has(action)),
          );
          hits += expected.length;
        }
      }),
      { seed, numRuns: 600 },
    );
    expect(hits).toBeGreaterThan(200);
  });

  it.each([
    ['áaab', '*ab'],
    ['a❤ b', 'ab'],
    ['กา𑨳', 'กา'],
    ['aaa*@a', 'aaa*'],
  ])('[TX11] were once found otherwise: "%s" with "%s"', async (text, word) => {
    expect((await build(word)).find(text)).toEqual(plainSearch([listed(word)], text));
  });

  it('[TX11] are found at the end of a text of any length', async () => {
    const matcher = await build('fuck', '微信');
    const long = '好 xx '.repeat(5000);
    for (const [end, length] of [
      ['fuck', 4],
      ['fuuuck', 6],
      ['f.u.c.k', 7],
      ['微❤信', 3],
    ] as const) {
      const hits = matcher.find(long + end).map(({ start, end: to }) => [start, to]);
      expect([end, hits]).toEqual([end, [[long.length, long.length + length]]]);
    }
  });

  it('[TX12] are found whatever their order', async () => {
    await fc.assert(
      fc.asyncProperty(words, texts, fc.integer(), async (list, text, order) => {
        const random = seededRandom(order);
        const shuffled = list.map((word) => ({ word, at: random.next() })).sort((a, b) => a.at - b.at);
        const [one, other] = await Promise.all([
          WordMatcher.build(list),
          WordMatcher.build(shuffled.map(({ word }) => word)),
        ]);
        expect(other.find(text)).toEqual(one.find(text));
        expect(other.size).toBe(one.size);
      }),
      { seed, numRuns: 300 },
    );
  });

  it('[TX12] of words that match alike the strongest counts', async () => {
    const matcher = await WordMatcher.build([
      { word: 'Fuck', action: 'mask', listId: 'a' },
      { word: 'fuсk', action: 'block', listId: 'b' },
      { word: 'fuck', action: 'hold', listId: 'a' },
    ]);
    expect(matcher.size).toBe(1);
    expect(matcher.find('fuck')).toEqual([{ word: 'fuсk', action: 'block', listId: 'b', start: 0, end: 4 }]);
  });

  it('[TX13] masking keeps the number of characters and shows no part of a hit', async () => {
    await fc.assert(
      fc.asyncProperty(words, texts, async (list, text) => {
        const hits = (await WordMatcher.build(list)).find(text);
        const masked = maskHits(text, hits);
        expect(graphemeCount(masked)).toBe(graphemeCount(text));
        if (hits.length === 0) expect(masked).toBe(text);
        else expect(masked).toContain('*');
      }),
      { seed, numRuns: 400 },
    );
    const family = '👨‍👩‍👧 fuck é';
    expect(maskHits(family, [{ start: 9, end: 13 }])).toBe('👨‍👩‍👧 **** é');
    expect(
      maskHits(family, [
        { start: 0, end: 1 },
        { start: 12, end: 15 },
      ]),
    ).toBe('* fuc***');
    expect(maskHits('fuck', [])).toBe('fuck');
  });

  it('[TX11] none of no words', () => {
    expect(WordMatcher.empty().find('fuck')).toEqual([]);
    expect(WordMatcher.empty().test('fuck')).toBeUndefined();
  });
});

describe('breadth', () => {
  it('[TX15] is the share of texts that a list stops', async () => {
    const matcher = await build('the', '好');
    expect(breadth(matcher, ['the shop', 'a shop', '好吧', 'blue'])).toBe(0.25);
    expect(breadth(await build('*shop*'), ['the shop', 'shops'])).toBe(1);
    expect(breadth(matcher, [])).toBe(0);
  });
});
