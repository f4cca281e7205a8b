import { expect, it } from 'vitest';
import { AskedFor } from './asked-for.ts';

it('[SW7] what nobody asks for is forgotten after a minute, what somebody does is kept', () => {
  let nowMs = 0;
  let made = 0;
  const kept = new AskedFor<number>({ monotonicMs: () => nowMs });
  const ask = (key: string): number =>
    kept.get(key, () => {
      made += 1;
      return made;
    });
  expect([ask('a'), ask('b'), ask('a')]).toEqual([1, 2, 1]);
  nowMs = 50_000;
  expect(ask('a')).toBe(1);
  nowMs = 70_000;
  kept.sweep();
  expect(kept.size).toBe(1);
  expect([ask('a'), ask('b')]).toEqual([1, 3]);
  for (let i = 0; i < 1000; i += 1) ask(`k${i}`);
  expect(kept.size).toBeLessThanOrEqual(200);
});
