import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import {
  currencySchema,
  graphemeCount,
  idSchema,
  MAX_MINOR,
  minorSchema,
  opIdSchema,
  quantitySchema,
  roomIdSchema,
  timeMsSchema,
  unitsSchema,
  userIdSchema,
} from './units.ts';

const fits = (schema: z.ZodType, value: unknown) => schema.safeParse(value).success;

describe('ids', () => {
  it.each([
    [
      'room',
      roomIdSchema,
      ['a', 'linen-house', '7', 'a'.repeat(63)],
      ['', 'A', '-a', 'a_b', 'a}b', 'a:b', 'ü', 'a\n', 'a'.repeat(64)],
    ],
    [
      'thing',
      idSchema,
      ['p_8Jk2', '-', 'A'.repeat(64)],
      ['', 'a b', 'a:b', 'a/b', 'a,b', 'é', 'a\n', 'A'.repeat(65)],
    ],
    [
      'user',
      userIdSchema,
      ['u-1001', 'a@b.example', 'x:y'],
      ['', ':a', 'a b', 'a,b', 'a"b', 'é', 'a\n', 'a'.repeat(65)],
    ],
    [
      'op',
      opIdSchema,
      ['op-00001', 'A'.repeat(64)],
      ['', 'short-1', 'with space', 'op-0000:', 'op-00001\n', 'A'.repeat(65)],
    ],
  ])('of a %s', (_what, schema, good, bad) => {
    for (const value of good) expect([value, fits(schema, value)]).toEqual([value, true]);
    for (const value of [...bad, 7, null, {}, []])
      expect([value, fits(schema, value)]).toEqual([value, false]);
  });
});

describe('numbers', () => {
  it.each([
    ['money', minorSchema, [0, 1, MAX_MINOR], [MAX_MINOR + 1]],
    ['units', unitsSchema, [0, 1_000_000], [1_000_001]],
    ['a quantity', quantitySchema, [1, 1000], [0, 1001]],
    ['a time', timeMsSchema, [0, 1_900_000_000_000], [10_000_000_000_000]],
  ])('of %s are whole and bounded', (_what, schema, good, bad) => {
    for (const value of good) expect([value, fits(schema, value)]).toEqual([value, true]);
    const never = [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e300, '1', null, [1], true, 1n];
    for (const value of [...bad, ...never])
      expect([String(value), fits(schema, value)]).toEqual([String(value), false]);
  });

  it("survive Redis' Lua, which keeps 14 digits", () => {
    expect(String(MAX_MINOR).length).toBeLessThanOrEqual(14);
    expect(String(timeMsSchema.maxValue).length).toBeLessThanOrEqual(14);
  });
});

it('a currency is three capital letters', () => {
  expect(['CNY', 'EUR'].map((value) => fits(currencySchema, value))).toEqual([true, true]);
  expect(['cny', 'EURO', '', '€'].map((value) => fits(currencySchema, value))).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

it('characters are counted as people do', () => {
  expect(['', 'abc', '👍🏽', '👨‍👩‍👧', '🇫🇷🇩🇪', 'e\u0301', '한국', '\r\n'].map(graphemeCount)).toEqual([
    0, 3, 1, 1, 2, 1, 2, 1,
  ]);
});
