import { describe, expect, it } from 'vitest';
import { cleanText } from '../../shared/kernel/text.ts';
import { graphemeCount } from '../../shared/kernel/units.ts';
import { seededRandom } from '../kernel/random.ts';
import { EventLoopTurns } from './event-loop-turns.ts';
import { STARTER_LISTS } from './starters.ts';
import { checkWord, parseWords, WORD_MAX_GRAPHEMES, WORDS_MAX } from './word-list.ts';
import { breadth, type MatcherWord, WordMatcher } from './word-matcher.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);

/** Words as lists have them: letters and Han, a tenth of them open at the end. */
function manyWords(count: number): string[] {
  const random = seededRandom(seed);
  const below = (n: number) => Math.floor(random.next() * n);
  const words = new Set<string>();
  while (words.size < count) {
    const isHan = words.size % 3 === 0;
    const length = isHan ? 2 + below(3) : 4 + below(9);
    const char = () =>
      String.fromCharCode(isHan ? 0x4e00 + below(4000) : 0x61 + Math.min(below(26), below(26)));
    words.add(Array.from({ length }, char).join('') + (!isHan && words.size % 10 === 0 ? '*' : ''));
  }
  return [...words];
}
const MANY = manyWords(WORDS_MAX);
const inList = (words: readonly string[], action: MatcherWord['action'] = 'block'): MatcherWord[] =>
  words.map((word) => ({ word, action, listId: 'l' }));

describe('a list', () => {
  it('[TX14] has one word a line', () => {
    const { words, problems } = parseWords(
      '\ufeff# comment\n\n  fuck \r\nfree money\r\r\n\u3000\n#x\nFUCK\nfuсk\n加V\n加 v\nfuck*',
    );
    expect(words).toEqual(['fuck', 'free money', '加V', 'fuck*']);
    expect(problems).toEqual([]);
    expect(parseWords('')).toEqual({ words: [], problems: [] });
  });

  it('[TX14] tells the lines that cannot be used', () => {
    const { words, problems } = parseWords(`ok\n*\n\n的\n${'x'.repeat(51)}\n...\nfine`);
    expect(words).toEqual(['ok', 'fine']);
    expect(problems.map(({ line, word }) => [line, word])).toEqual([
      [2, '*'],
      [4, '的'],
      [5, 'x'.repeat(51)],
      [6, '...'],
    ]);
    for (const { message } of problems) expect(message).toMatch(/: expected /);
  });

  it('[TX14] of 1 MB is read, whatever is in it', () => {
    const texts = {
      words: MANY.join('\n').padEnd(1_000_000, '\n'),
      empty: '\n'.repeat(1_000_000),
      letters: 'a\n'.repeat(500_000),
      'one line': 'x'.repeat(1_000_000),
      stars: '*\n'.repeat(500_000),
      marks: `a${'\u0301'.repeat(999_999)}`,
    };
    const results = Object.entries(texts).map(([name, text]) => {
      const before = process.cpuUsage();
      const { words, problems } = parseWords(text);
      const { user, system } = process.cpuUsage(before);
      expect([name, (user + system) / 1000 < 5000]).toEqual([name, true]);
      return [name, words.length, problems.length, problems.at(-1)?.message];
    });
    expect(results).toEqual([
      ['words', WORDS_MAX, 0, undefined],
      ['empty', 0, 0, undefined],
      ['letters', 0, 101, 'and 499900 more lines that cannot be used'],
      ['one line', 0, 1, 'too long: expected at most 50 characters'],
      ['stars', 0, 101, 'and 499900 more lines that cannot be used'],
      ['marks', 0, 1, 'too long: expected at most 50 characters'],
    ]);
  });

  it('[TX14] has 50,000 words at most', () => {
    const { words, problems } = parseWords([...MANY, 'one more', 'and another'].join('\n'));
    expect(words.length).toBe(WORDS_MAX);
    expect(problems).toEqual([
      { line: WORDS_MAX + 1, word: 'one more', message: 'too many: expected at most 50000 words' },
    ]);
  });

  it.each([
    ...[
      '*',
      '**',
      '* *',
      '.*',
      'a',
      'a*',
      '*é*',
      'æ',
      'Я',
      '7',
      '1*',
      '①',
      '的',
      '了*',
      'か',
      'ก',
      '가',
      '*an*',
      '*12*',
    ],
    ...['', ' ', '\u200b', '...', '$$$', '#!?', '\u0301', 'x'.repeat(WORD_MAX_GRAPHEMES + 1), 'c++', '一'],
  ])('[TX15] "%s" is refused', (word) => {
    expect(checkWord(word)).toMatch(/: expected /);
  });

  it.each([
    ...['ok', 'ab*', '12', '*abc*', '屌', '屌*', '微信', 'バカ', '🖕', '1v1', 'C3PO', 'f*ck', '加v', '한국'],
    ...['x'.repeat(WORD_MAX_GRAPHEMES), 'é'.repeat(WORD_MAX_GRAPHEMES), 'กา'],
  ])('[TX15] "%s" is a word', (word) => {
    expect(checkWord(word)).toBeUndefined();
  });
});

it('[TX15] a matcher leaves out what no list may have', async () => {
  const matcher = await WordMatcher.build(inList(['*', '的', '', 'ok', 'x'.repeat(500)]));
  expect(matcher.size).toBe(1);
  expect(matcher.test('ok')).toBe('block');
  expect(matcher.test('的')).toBeUndefined();
});

/** CPU time of this thread alone. */
function threadMsOf(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

describe('50,000 words', () => {
  it('[TX16] are built in slices', async () => {
    const words = inList(MANY);
    let turns = 0;
    let counting = true;
    const count = (): void => {
      turns += 1;
      if (counting) setImmediate(count);
    };
    setImmediate(count);
    const matcher = await WordMatcher.build(words);
    counting = false;
    expect(matcher.size).toBe(WORDS_MAX);
    expect(turns).toBeGreaterThan(20);
    expect(matcher.bytes).toBeLessThan(40_000_000);
    for (const { word } of words.slice(0, 500)) {
      expect(matcher.test(cleanText(word.replace('*', '')))).toBe('block');
    }
  });

  it('[TX16] a slice ends when its time is over', async () => {
    const turns = new EventLoopTurns(0);
    const due = Array.from({ length: 96 }, () => turns.due());
    expect(due.filter(Boolean).length).toBe(3);
    await turns.give();
    expect(new EventLoopTurns(60_000).due()).toBe(false);
  });

  it('[TX17] leave no text that takes long', async () => {
    const nested = Array.from({ length: 49 }, (_, i) => 'a'.repeat(i + 2));
    const nasty = [
      ...nested.flatMap((word) => [word, `${word}b`, `*${word}*`, `${word}*`]),
      ...nested.map((word) => word.replaceAll('a', 'á')),
      ...['ab', 'aba', 'abab', '微信', '信微', 'н'.repeat(20)],
    ];
    const matcher = await WordMatcher.build([
      ...inList(nasty, 'mask'),
      ...inList(MANY.slice(0, 20_000), 'mask'),
    ]);
    const parts = [
      'a',
      'a.',
      'a ',
      'a1',
      'á',
      'aaab',
      'ab',
      'НЕТ',
      '👍',
      '👨‍👩‍👧',
      '微信',
      '微 信 ',
      'a\u0315\u0316\u0317',
      'aI',
      'a-a-',
    ];
    const slow: [string, number][] = [];
    for (const part of parts) {
      const text = cleanText(part.repeat(1500).slice(0, 1500));
      // The least of many: collections and a busy machine only ever add, what takes long always does.
      const ms = Math.min(...Array.from({ length: 20 }, () => threadMsOf(() => matcher.find(text))));
      if (ms > 5) slow.push([part, ms]);
    }
    expect(slow).toEqual([]);
  });
});

/** What people say in a shop, on phones and clothes, with what has misled other filters. */
const ORDINARY = [
  'is the blue one in size M still there?',
  'what size for 170 cm, 62 kg?',
  'just ordered two ❤️ one for my sister',
  'Samsung A55 case? and iPhone 15 Pro, T17',
  'A$5 or US$5 for shipping?',
  'the class is in Scunthorpe, Essex, with Dick Turpin’s bassist',
  'grass, glass, brass, passion fruit, assorted, cocktail dress, shiitake',
  'he’ll be there, we’ll see, she’ll love it',
  'pom-pom hats, burn-proof mitts, analysis of canals',
  'S A L E  G R A P E S 50% off',
  '666666',
  '上链接上链接',
  '有没有别的颜色啊，想要那个浅蓝的，上次没抢到',
  '主播好美，这件多少钱？包邮吗？',
  '我稍微信任这个牌子',
  '哈哈哈哈哈，太好看了',
  '什么时候发货？能不能明天到',
  '我家孩子一米五，穿多大码',
];

describe('the starter lists', () => {
  it('[TX18] are usable as they are', () => {
    expect(STARTER_LISTS.map(({ listId }) => listId)).toEqual([
      ...['en-block', 'en-hold', 'en-mask', 'zh-block', 'zh-hold', 'zh-mask'],
    ]);
    for (const { listId, language, action, words } of STARTER_LISTS) {
      expect(listId).toBe(`${language}-${action}`);
      expect(words.length).toBeGreaterThanOrEqual(30);
      expect(words.length).toBeLessThanOrEqual(120);
      expect(words.map((word) => [word, checkWord(word)]).filter(([, problem]) => problem)).toEqual([]);
      expect(words.every((word) => graphemeCount(word) <= WORD_MAX_GRAPHEMES)).toBe(true);
    }
  });

  it('[TX18] leave ordinary talk alone and stop what they are for', async () => {
    const matcher = await WordMatcher.build(
      STARTER_LISTS.flatMap(({ listId, action, words }) => words.map((word) => ({ word, action, listId }))),
    );
    const of = (text: string) => matcher.find(cleanText(text)).map(({ word }) => word);
    expect(ORDINARY.map((text) => [text, of(text)]).filter(([, hits]) => hits?.length)).toEqual([]);
    expect(breadth(matcher, ORDINARY.map(cleanText))).toBe(0);
    const test = (text: string) => matcher.test(cleanText(text));
    expect(['n1gger', '刷单日结', 'FREE MONEY!!', 'get rich quick'].map(test)).toEqual(
      Array(4).fill('block'),
    );
    expect(['加V:abc', '加 微 信', 'add me on whatsapp', '私❤聊❤我'].map(test)).toEqual(
      Array(4).fill('hold'),
    );
    expect(['what the fuuuck', 'b1tch', '卧槽，好看'].map(test)).toEqual(Array(3).fill('mask'));
  });
});
