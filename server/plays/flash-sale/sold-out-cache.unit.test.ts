import { expect, it } from 'vitest';
import { SoldOutCache } from './sold-out-cache.ts';

type Found = { epoch: number; buyers: ReadonlySet<string> };

/** A cache that has learnt of a sale's end, whose later questions to Redis are answered by the test. */
async function learnt() {
  const clock = { now: 10_000, nowMs: () => clock.now, monotonicMs: () => clock.now };
  const questions: ((found: Found) => void)[] = [];
  const store = { soldOut: () => new Promise<Found>((resolve) => void questions.push(resolve)) };
  const cache = new SoldOutCache(store, clock, () => true);
  const data = { saleId: 's', available: 0, epoch: 1 };
  cache.observe('r', { seq: 7, name: 'flash-sale:stock-changed', atMs: 1, data });
  const answer = async () => {
    questions.shift()?.({ epoch: 1, buyers: new Set(['ana']) });
    await new Promise((resolve) => setImmediate(resolve));
  };
  await answer();
  return { clock, cache, questions, answer, lost: (user: string) => cache.lost('r', 's', user) };
}

it('[FS12] losers are answered while the node asks again, and not for ever', async () => {
  const { clock, questions, answer, lost } = await learnt();
  expect([lost('bo'), lost('ana')]).toEqual([7, undefined]);
  clock.now += 1000;
  expect(lost('bo')).toBe(7);
  expect(questions).toHaveLength(1);
  // The node is late with everything; one question is enough.
  clock.now += 3900;
  expect(lost('bo')).toBe(7);
  expect(questions).toHaveLength(1);
  clock.now += 100;
  expect(lost('bo')).toBeUndefined();
  await answer();
  expect(lost('bo')).toBe(7);
});

it('[FS12] after silence Redis is asked before a loser is answered', async () => {
  const { clock, answer, lost } = await learnt();
  clock.now += 2000;
  expect(lost('bo')).toBeUndefined();
  await answer();
  expect(lost('bo')).toBe(7);
});
