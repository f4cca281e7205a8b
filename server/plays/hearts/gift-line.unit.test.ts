import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Gift, GiftLine, type Given } from './gift-line.ts';

type Call = {
  gifts: readonly Gift[];
  answer: (untoldForMs?: number | null) => void;
  fail: (error: Error) => void;
};

/** A line whose time, calls to Redis and answers are in the test's hands. */
function lineWith(maxSize = 500) {
  const calls: Call[] = [];
  const line = new GiftLine<string>({
    give: (gifts) =>
      new Promise<Given<string>>((resolve, reject) => {
        calls.push({
          gifts,
          answer: (untoldForMs = null) =>
            resolve({ outcomes: gifts.map(({ userId }) => `counted ${userId}`), untoldForMs }),
          fail: reject,
        });
      }),
    clock: { monotonicMs: () => Date.now() },
    ...{ everyMs: 1000, maxSize, onTellFailed: () => undefined },
  });
  /** Answers all that ask now. */
  const answer = async (untoldForMs: number | null = null) => {
    for (let i = 0; i < calls.length; i += 1) {
      calls[i]?.answer(untoldForMs);
      await vi.advanceTimersByTimeAsync(0);
    }
  };
  return { line, calls, answer };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const usersOf = (calls: readonly Call[]) => calls.map(({ gifts }) => gifts.map(({ userId }) => userId));

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
afterEach(() => void vi.useRealTimers());

describe('the hearts of a room on a node', () => {
  it('[HE1] the first go at once, what follows within a second together, and each is answered when counted', async () => {
    const { line, calls, answer } = lineWith();
    const first = line.give({ userId: 'ana', count: 1 });
    await pass(0);
    expect(usersOf(calls)).toEqual([['ana']]);
    const answered = vi.fn();
    const others = ['bo', 'cy'].map((userId) => line.give({ userId, count: 3 }).then(answered));
    await answer();
    expect(await first).toBe('counted ana');
    await pass(999);
    expect(calls).toHaveLength(1);
    expect(answered).not.toHaveBeenCalled();
    await pass(1);
    expect(usersOf(calls)).toEqual([['ana'], ['bo', 'cy']]);
    await answer();
    await Promise.all(others);
    expect(answered.mock.calls).toEqual([['counted bo'], ['counted cy']]);
    await pass(5000);
    expect(calls).toHaveLength(2);
    expect(line.isSpent).toBe(true);
  });

  it('[HE1] one that fails fails for those in it, and no heart is sent again', async () => {
    const { line, calls } = lineWith();
    const failed = expect(line.give({ userId: 'ana', count: 1 })).rejects.toThrow('away');
    await pass(0);
    const bo = line.give({ userId: 'bo', count: 1 });
    calls[0]?.fail(new Error('away'));
    await failed;
    await pass(1000);
    expect(usersOf(calls)).toEqual([['ana'], ['bo']]);
    calls[1]?.answer();
    expect(await bo).toBe('counted bo');
  });

  it('[HE1] many are split, one call after the other', async () => {
    const { line, calls, answer } = lineWith(2);
    const all = ['a', 'b', 'c', 'd', 'e'].map((userId) => line.give({ userId, count: 1 }));
    await pass(0);
    expect(usersOf(calls)).toEqual([['a', 'b']]);
    await answer();
    expect(usersOf(calls)).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    expect(await Promise.all(all)).toHaveLength(5);
  });

  it('[HE2] tells what is untold as soon as it may, a round later at the earliest', async () => {
    const { line, calls, answer } = lineWith();
    void line.give({ userId: 'ana', count: 1 });
    await pass(0);
    await answer(300);
    expect(line.isUntold).toBe(true);
    await pass(999);
    expect(calls).toHaveLength(1);
    await pass(1);
    expect(usersOf(calls)).toEqual([['ana'], []]);
    await answer();
    expect(line.isUntold).toBe(false);
    await pass(5000);
    expect(calls).toHaveLength(2);
  });

  it('[HE2] asks again until Redis has said that all is told, also where it may have counted what failed', async () => {
    const { line, calls, answer } = lineWith();
    const lost = expect(line.give({ userId: 'ana', count: 1 })).rejects.toThrow('no answer');
    await pass(0);
    calls[0]?.fail(new Error('no answer'));
    await lost;
    await pass(1000);
    calls[1]?.fail(new Error('away'));
    await pass(1000);
    expect(usersOf(calls)).toEqual([['ana'], [], []]);
    await answer();
    await pass(5000);
    expect(calls).toHaveLength(3);
  });

  it('[HE8] sends what waits at once when it is told to', async () => {
    const { line, calls, answer } = lineWith();
    void line.give({ userId: 'ana', count: 1 });
    await pass(0);
    await answer();
    void line.give({ userId: 'bo', count: 1 });
    const flushed = line.flush();
    await pass(0);
    expect(usersOf(calls)).toEqual([['ana'], ['bo']]);
    await answer();
    await flushed;
  });
});
