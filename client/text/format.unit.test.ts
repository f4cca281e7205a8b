import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countdown, createFormat, currencyExponent, parseMoney, plainMoney } from './format.ts';
import { pickLanguage } from './pick-language.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);

test('money has the digits of its currency, and none that say nothing', () => {
  const { money } = createFormat('en');
  expect(money(5900, 'CNY')).toBe('¥59');
  expect(money(5990, 'CNY')).toBe('¥59.90');
  expect(money(5900, 'JPY')).toBe('¥5,900');
  expect(money(5905, 'KWD')).toContain('5.905');
  expect(createFormat('zh-CN').money(123456, 'CNY')).toBe('¥1,234.56');
});

test('[PG130] amounts are in the smallest unit by ISO 4217, whatever the browser thinks of cash', () => {
  const exponents = {
    IDR: 2,
    HUF: 2,
    COP: 2,
    PKR: 2,
    TWD: 2,
    VND: 0,
    KRW: 0,
    CLP: 0,
    ISK: 0,
    IQD: 3,
    CLF: 4,
  };
  for (const [currency, exponent] of Object.entries(exponents))
    expect([currency, currencyExponent(currency)]).toEqual([currency, exponent]);
  const { money } = createFormat('en');
  expect(money(1_500_000, 'IDR')).toBe('Rp\u00a015,000');
  expect(money(1_500_050, 'IDR')).toBe('Rp\u00a015,000.50');
  expect(money(1_500, 'VND')).toBe('₫1,500');
  expect(parseMoney('15000', 'IDR')).toBe(1_500_000);
});

test('numbers, shares and small counts', () => {
  const { compact, discount } = createFormat('en');
  expect([compact(3214), compact(12_400)]).toEqual(['3,214', '12.4K']);
  expect(createFormat('zh-CN').compact(12_400)).toBe('1.2万');
  expect(discount(5900, 12_900)).toBe('-54%');
});

test('a typed amount is read exactly, or not at all', () => {
  expect(parseMoney('59.9', 'CNY')).toBe(5990);
  expect(parseMoney(' 1,299 ', 'CNY')).toBe(129_900);
  expect(parseMoney('0.07', 'USD')).toBe(7);
  expect(parseMoney('590', 'JPY')).toBe(590);
  expect(parseMoney('1,234,567.80', 'USD')).toBe(123_456_780);
  for (const bad of ['', 'x', '-1', '1.234', '1e3', '.5', ',5', '5,', '12,34,567', '1,2,3', '12345678901'])
    expect([bad, parseMoney(bad, 'CNY')]).toEqual([bad, null]);
});

test('a comma begins the fraction where it can mean nothing else', () => {
  expect(parseMoney('24,90', 'EUR')).toBe(2490);
  expect(parseMoney('24,9', 'EUR')).toBe(2490);
  expect(parseMoney('1.299,00', 'EUR')).toBe(129_900);
  expect(parseMoney('1299,5', 'EUR')).toBe(129_950);
  // Three digits behind it are thousands, as in "1,299.00"; of a dinar they may be either, and are asked for again.
  expect([parseMoney('1,299', 'EUR'), parseMoney('1,299.00', 'EUR')]).toEqual([129_900, 129_900]);
  expect([parseMoney('1,299', 'KWD'), parseMoney('1299', 'KWD')]).toEqual([null, 1_299_000]);
  expect([parseMoney('1,299', 'JPY'), parseMoney('24,90', 'JPY')]).toEqual([1299, null]);
});

test('an amount shown in a field is read back as the same', () => {
  const currencies = fc.constantFrom('CNY', 'USD', 'JPY', 'KWD');
  fc.assert(
    fc.property(fc.nat(1_000_000_000), currencies, (minor, currency) => {
      expect(parseMoney(plainMoney(minor, currency), currency)).toBe(minor);
    }),
    { seed },
  );
  expect(currencyExponent('KWD')).toBe(3);
});

test('a countdown rounds up, so that 00:00 means over', () => {
  expect([0, 1_000, 1_200, 59_200, 60_000, 3_723_000, -5].map(countdown)).toEqual([
    '00:00',
    '00:01',
    '00:02',
    '01:00',
    '01:00',
    '1:02:03',
    '00:00',
  ]);
});

test('a countdown that has just begun does not flash the next second', () => {
  expect(countdown(30_040)).toBe('00:30');
});

test('the asked language wins, then the first known of the browser', () => {
  expect(pickLanguage('zh-CN', ['en'])).toBe('zh-CN');
  expect(pickLanguage(null, ['de', 'zh-TW', 'en'])).toBe('zh-TW');
  expect(
    ['zh', 'zh-Hans-HK', 'zh-Hant', 'zh-HK', 'zh-MO', 'zh-SG'].map((tag) => pickLanguage(tag, [])),
  ).toEqual([...['zh-CN', 'zh-CN', 'zh-TW', 'zh-TW', 'zh-TW', 'zh-CN']]);
  expect(pickLanguage('xx', ['fr'])).toBe('en');
});

test('a duration is told in the largest unit of which there are two', () => {
  const { duration } = createFormat('en');
  const MINUTE_MS = 60_000;
  expect([0, 900, 90_000, 600_000, 47.5 * 60 * MINUTE_MS, 7 * 24 * 60 * MINUTE_MS].map(duration)).toEqual([
    ...['0 seconds', '1 second', '90 seconds', '10 minutes', '48 hours', '7 days'],
  ]);
});

test('a moment of another day is told with the day', () => {
  const { moment } = createFormat('en');
  const noonMs = new Date(2030, 2, 15, 12).getTime();
  expect(moment(noonMs + 60_000, noonMs)).toBe('12:01');
  expect(moment(noonMs + 86_400_000, noonMs)).toMatch(/Mar 16.*12:00/);
});
