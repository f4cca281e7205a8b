import { expect, test } from 'vitest';
import { createWhen, fromLocalField, toLocalField } from './when.ts';

const at = (text: string) => Date.parse(text);
const NOW = at('2026-11-23T22:00:00Z');

test('a show of today or tomorrow is called so, by the calendar of the zone', () => {
  const there = createWhen('en', 'Asia/Shanghai');
  // 06:00 on the 24th there.
  expect(there.show(at('2026-11-24T12:00:00Z'), NOW)).toBe('today 20:00');
  expect(there.show(at('2026-11-24T16:30:00Z'), NOW)).toBe('tomorrow 00:30');
  expect(createWhen('en', 'UTC').show(at('2026-11-24T12:00:00Z'), NOW)).toBe('tomorrow 12:00');
});

test('a later one has its day, and its year where it is another', () => {
  const when = createWhen('en', 'UTC');
  expect(when.show(at('2026-11-27T12:00:00Z'), NOW)).toMatch(/^Fri, Nov 27, 12:00$/);
  expect(when.show(at('2027-01-02T12:00:00Z'), NOW)).toContain('2027');
  expect(createWhen('zh-TW', 'UTC').show(at('2026-11-27T12:00:00Z'), NOW)).toContain('11月27日');
});

test('the night in which clocks go back has two days beside it', () => {
  const when = createWhen('en', 'Europe/Berlin');
  // 00:30 in summer time and 23:30 in winter time, 24 hours later, are one day.
  const before = at('2026-10-24T22:30:00Z');
  expect(when.show(at('2026-10-25T22:30:00Z'), before)).toBe('today 23:30');
});

test('time left: days, hours of the last two, then a clock', () => {
  const { left } = createWhen('en', 'UTC');
  expect(left(3 * 86_400_000)).toBe('3 days');
  expect(left(2 * 86_400_000)).toBe('2 days');
  expect(left(2 * 86_400_000 - 1)).toBe('48 hours');
  expect(left(86_400_000)).toBe('24 hours');
  expect(left(86_400_000 - 1_000)).toBe('23:59:59');
  expect(left(59_000)).toBe('00:59');
});

test('a show that is called tomorrow never starts in days, in any language', () => {
  const hours = { en: '38 hours', 'zh-CN': '38小时', 'zh-TW': '38 小時' } as const;
  for (const [language, words] of Object.entries(hours)) {
    const when = createWhen(language as keyof typeof hours, 'UTC');
    const now = at('2026-11-24T04:00:00Z');
    const show = at('2026-11-25T18:00:00Z');
    expect(when.show(show, now)).toMatch(/^(tomorrow|明天) 18:00$/);
    expect(when.left(show - now)).toBe(words);
  }
});

test('a field holds a moment to the minute, and gives it back', () => {
  const moment = new Date(2026, 10, 27, 20, 5).getTime();
  expect(toLocalField(moment)).toBe('2026-11-27T20:05');
  expect(fromLocalField(toLocalField(moment))).toBe(moment);
  expect([toLocalField(null), fromLocalField(' ')]).toEqual(['', null]);
  expect(fromLocalField('soon')).toBeNaN();
});
