import { describe, expect, it } from 'vitest';
import { TickPace } from './tick-pace.ts';

function pace(options: { leastMs?: number; mostMs?: number; packetsPerSecond?: number } = {}) {
  const time = { nowMs: 0 };
  const made = new TickPace({
    ...{ leastMs: 50, mostMs: 1000, packetsPerSecond: 20_000 },
    ...options,
    monotonicMs: () => time.nowMs,
  });
  return { made, time };
}

describe('the time between two frames', () => {
  it.each([
    [0, 50],
    [1, 50],
    [1000, 50],
    [2000, 100],
    [10_000, 500],
    [20_000, 1000],
    [100_000, 1000],
  ])('[KN42] of a room with %i members on this node is %i ms', (members, tickMs) => {
    expect(pace().made.tickMs(members)).toBe(tickMs);
  });

  it('[KN42] is one for all rooms where the least is the most', () => {
    const { made, time } = pace({ leastMs: 100, mostMs: 100 });
    made.sent(1_000_000);
    time.nowMs = 1000;
    for (const members of [1, 5000, 100_000]) expect(made.tickMs(members)).toBe(100);
  });

  it('[KN43] grows while all rooms together write more than the budget, until they fit, and shrinks again', () => {
    const { made, time } = pace();
    // Five rooms of 1,000 with something to say in each tick.
    const second = (): number => {
      const tickMs = made.tickMs(1000);
      const packets = 5 * 1000 * (1000 / tickMs);
      made.sent(packets);
      time.nowMs += 1000;
      return packets;
    };
    expect(second()).toBe(100_000);
    const settled = Array.from({ length: 5 }, second);
    expect(Math.max(...settled)).toBeCloseTo(20_000, 6);
    expect(made.tickMs(1000)).toBeCloseTo(250, 6);
    made.sent(100);
    time.nowMs += 1000;
    expect(made.tickMs(1000)).toBe(50);
  });

  it('[KN43] is never above the most, however much is written', () => {
    const { made, time } = pace();
    for (let i = 0; i < 5; i += 1) {
      made.sent(10_000_000);
      time.nowMs += 1000;
      expect(made.tickMs(1)).toBeLessThanOrEqual(1000);
    }
    expect(made.stretch).toBe(20);
  });

  it('[KN43] a short burst is judged by the whole second that it is in', () => {
    const { made, time } = pace();
    made.sent(15_000);
    time.nowMs = 500;
    expect(made.stretch).toBe(1);
    time.nowMs = 1000;
    expect(made.stretch).toBe(1);
  });
});
