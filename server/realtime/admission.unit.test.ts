import { describe, expect, it } from 'vitest';
import { seededRandom } from '../kernel/random.ts';
import { Admission } from './admission.ts';
import { Lateness } from './admission-lateness.ts';

function admission(perSecond: number) {
  const at = { nowMs: 5000, lateMs: 0 };
  const door = new Admission({
    perSecond,
    monotonicMs: () => at.nowMs,
    random: seededRandom(7),
    lateMs: () => at.lateMs,
  });
  return { at, take: () => door.take() };
}

describe('[RT54] admission', () => {
  it('[RT54] lets twice its rate in at once, then its rate', () => {
    const { at, take } = admission(10);
    expect(Array.from({ length: 20 }, take)).toEqual(new Array(20).fill(0));
    expect(take()).toBeGreaterThan(0);
    at.nowMs += 100;
    expect([take(), take() > 0]).toEqual([0, true]);
    at.nowMs += 60_000;
    expect(Array.from({ length: 20 }, take)).toEqual(new Array(20).fill(0));
    expect(take()).toBeGreaterThan(0);
  });

  it('[RT54] gives each that it refuses a moment of its own, and whoever comes then finds room', () => {
    const { at, take } = admission(100);
    const startMs = at.nowMs;
    const comingBack: number[] = [];
    let inside = 0;
    for (let i = 0; i < 1000; i += 1) {
      const waitMs = take();
      if (waitMs === 0) inside += 1;
      else comingBack.push(startMs + waitMs);
    }
    expect(inside).toBe(200);
    expect(new Set(comingBack).size).toBe(800);
    expect(Math.max(...comingBack) - startMs).toBe(8000);
    for (const momentMs of comingBack) {
      at.nowMs = momentMs;
      expect(take()).toBe(0);
    }
  });

  it('[RT54] a storm of clients that do as told is in as soon as the rate allows', () => {
    const random = seededRandom(7);
    const { at, take } = admission(1000);
    const startMs = at.nowMs;
    const coming = Array.from({ length: 10_000 }, () => startMs + random.next() * 400);
    let refusals = 0;
    let lastMs = 0;
    for (coming.sort((a, b) => b - a); coming.length > 0; ) {
      at.nowMs = coming.pop() as number;
      const waitMs = take();
      lastMs = at.nowMs - startMs;
      if (waitMs === 0) continue;
      refusals += 1;
      // As the SDK does: not earlier, and a tenth later at most.
      const againMs = at.nowMs + waitMs + random.next() * (100 + waitMs / 10);
      const index = coming.findLastIndex((ms) => ms > againMs);
      coming.splice(index + 1, 0, againMs);
    }
    // (10,000 - 2,000) / 1,000 a second.
    expect(lastMs).toBeGreaterThan(7900);
    expect(lastMs).toBeLessThan(10_500);
    expect(refusals).toBeLessThan(16_000);
  });

  it('[RT54] a queue without end is spread, not grown', () => {
    const { take } = admission(1);
    const waits = Array.from({ length: 500 }, take);
    expect(Math.max(...waits)).toBeLessThanOrEqual(30_000);
    const late = waits.slice(100);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(15_000);
    expect(new Set(late).size).toBeGreaterThan(350);
  });

  it('[RT54] in a storm nobody comes in while the event loop is late by more than a second', () => {
    const { at, take } = admission(100);
    at.lateMs = 1500;
    const first = Array.from({ length: 101 }, take);
    expect(first).toEqual(new Array(101).fill(0));
    expect(take()).toBeGreaterThanOrEqual(1500);
    at.lateMs = 900;
    expect(take()).toBe(0);
  });

  it('[RT54] a loop that is held up is late from the moment on that it should have run', async () => {
    const lateness = new Lateness();
    const untilMs = performance.now() + 300;
    while (performance.now() < untilMs);
    expect(lateness.lateMs).toBeGreaterThanOrEqual(150);
    await new Promise((resolve) => setImmediate(resolve));
    expect(lateness.lateMs).toBeGreaterThanOrEqual(150);
    lateness.close();
  });
});
