import { describe, expect, it } from 'vitest';
import { findLinks, linkAllowed } from './links.ts';

describe('finding links', () => {
  it.each([
    ['see https://Example.com/a?b=1 now', 'https://Example.com/a?b=1', 'example.com'],
    ['go example.com now', 'example.com', 'example.com'],
    ['www.evil.me', 'www.evil.me', 'www.evil.me'],
    ['hxxp://evil.xyz', 'hxxp://evil.xyz', 'evil.xyz'],
    ['//evil.com/x', '//evil.com/x', 'evil.com'],
    ['http://user:pw@evil.com/', 'http://user:pw@evil.com/', 'evil.com'],
    ['evil.com:8080/x', 'evil.com:8080/x', 'evil.com'],
    ['1.2.3.4/x', '1.2.3.4/x', '1.2.3.4'],
    ['t.me/abc', 't.me/abc', 't.me'],
    ['看example.com吧', 'example.com', 'example.com'],
    ['加我 example。com', 'example。com', 'example.com'],
    ['buy at example . com today', 'example . com', 'example.com'],
    ['example .com', 'example .com', 'example.com'],
    ['Example dot com!', 'Example dot com', 'example.com'],
    ['example[.]com', 'example[.]com', 'example.com'],
    ['example(dot)com', 'example(dot)com', 'example.com'],
    ['加 example点com 有优惠', 'example点com', 'example.com'],
    ['例子.中国', '例子.中国', 'xn--fsqu00a.xn--fiqs8s'],
    ['пример.рф', 'пример.рф', 'xn--e1afmkfd.xn--p1ai'],
    ['me@shop.example.com please', 'me@shop.example.com', 'shop.example.com'],
    ['shop.top 全场', 'shop.top', 'shop.top'],
  ])('[TX19] %s', (text, link, host) => {
    const start = text.indexOf(link);
    expect(findLinks(text)).toEqual([{ text: link, start, end: start + link.length, host }]);
  });

  it.each([
    ...[
      '',
      'price 3.50 each',
      'the shop. Net price',
      'version 2.0.1',
      'good.Is it blue',
      'I love it.so cute',
    ],
    ...[
      'sold.in 5 minutes',
      'ok...so',
      'e.g. this',
      'a@b',
      'polka dot community',
      '几点com',
      '点我头像',
      '10:30',
    ],
    ...['M.L.XL', 'size S/M', '3.5米', '好。ok', '@anna thanks'],
  ])('[TX19] nothing in "%s"', (text) => {
    expect(findLinks(text)).toEqual([]);
  });

  it('[TX19] tells several, in their order, spelled either way', () => {
    const text = 'a.com 看 b。net, c dot org 和 d@e.com';
    expect(findLinks(text).map((link) => [text.slice(link.start, link.end), link.host])).toEqual([
      ['a.com', 'a.com'],
      ['b。net', 'b.net'],
      ['c dot org', 'c.org'],
      ['d@e.com', 'e.com'],
    ]);
  });

  it('[TX17] takes little time for odd texts', () => {
    const parts = [
      'a.',
      '.',
      'a@',
      'http://',
      'a ',
      '[',
      '(',
      'example.com ',
      'a。',
      'dot ',
      '1.',
      'mailto:',
      ' .',
      'a:1',
    ];
    for (const part of parts) {
      const text = part.repeat(1500).slice(0, 1500);
      findLinks(text);
      const before = process.cpuUsage();
      for (let i = 0; i < 10; i += 1) findLinks(text);
      const { user, system } = process.cpuUsage(before);
      expect([part, (user + system) / 10_000 < 5]).toEqual([part, true]);
    }
  });
});

describe('allowed hosts', () => {
  const allowed = ['example.com', 'Shop.Test.', '例子.中国', '1.2.3.4', ''];

  it.each([
    'example.com',
    'EXAMPLE.com',
    'www.example.com',
    'a.b.example.com',
    'shop.test',
    'xn--fsqu00a.xn--fiqs8s',
    '1.2.3.4',
  ])('[TX20] %s is', (host) => expect(linkAllowed(host, allowed)).toBe(true));

  it.each([
    'notexample.com',
    'example.com.evil.net',
    'com',
    'exаmple.com',
    '5.1.2.3.4',
    '',
    'example',
    'exa mple.com',
  ])('[TX20] %s is not', (host) => expect(linkAllowed(host, allowed)).toBe(false));

  it('[TX20] an empty list allows nothing', () => {
    expect(linkAllowed('example.com', [])).toBe(false);
    expect(linkAllowed('example.com', ['', ' '])).toBe(false);
  });
});
