import { expect, it } from 'vitest';
import { cameAfter } from './came-after.ts';

const lines = (keys: string) => [...keys].map((key) => ({ key }));

it('[PG89] what came since is counted also when the line that was last is taken back or too old', () => {
  const after = (now: string, before: string) => cameAfter(lines(now), new Set(before));
  expect(after('abc', '')).toBe(3);
  expect(after('abcde', 'abc')).toBe(2);
  expect(after('ab', 'abc')).toBe(0);
  expect(after('abd', 'abc')).toBe(1);
  expect(after('bcdef', 'abcd')).toBe(2);
  expect(after('xyz', 'abc')).toBe(3);
});
