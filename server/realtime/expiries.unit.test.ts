import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Expiries } from './expiries.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

function setUp() {
  const ended: [string, number][] = [];
  const nowMs = () => 1_900_000_000_000 + performance.now() - startMs;
  const startMs = performance.now();
  const expiries = new Expiries<string>(nowMs, (name) => ended.push([name, nowMs() - 1_900_000_000_000]));
  const at = (ms: number) => 1_900_000_000_000 + ms;
  return { expiries, ended, at, pass: (ms: number) => vi.advanceTimersByTimeAsync(ms) };
}

describe('the end of tokens', () => {
  it('[RT7] is told within a second and a quarter, never early, each once', async () => {
    const { expiries, ended, at, pass } = setUp();
    const endings = { one: 1000, two: 1400, three: 60_000, late: -5000 };
    for (const [name, ms] of Object.entries(endings)) expiries.add(name, at(ms));
    await pass(120_000);
    expect(ended.map(([name]) => name).sort()).toEqual(Object.keys(endings).sort());
    for (const [name, ms] of ended) {
      const dueMs = Math.max(0, endings[name as keyof typeof endings]);
      expect(ms).toBeGreaterThanOrEqual(dueMs);
      expect(ms).toBeLessThanOrEqual(dueMs + 1250);
    }
  });

  it('[RT7] is not told of those who left, nor of guests', async () => {
    const { expiries, ended, at, pass } = setUp();
    expiries.add('guest', Number.POSITIVE_INFINITY);
    expiries.add('gone', at(2000));
    expiries.add('here', at(2000));
    expiries.remove('gone', at(2000));
    expiries.remove('guest', Number.POSITIVE_INFINITY);
    await pass(10_000);
    expect(ended.map(([name]) => name)).toEqual(['here']);
  });

  it('[RT7] waits with no timer for nothing', async () => {
    const { expiries, ended, at, pass } = setUp();
    expiries.add('one', at(500));
    await pass(5000);
    expect(ended).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
    expiries.add('two', at(6000));
    expiries.close();
    await pass(10_000);
    expect(ended).toHaveLength(1);
  });
});
