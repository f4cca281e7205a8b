import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../kernel/random.ts';
import { CountTable, emptyRow, OpTimes, OrderTable } from './tables.ts';

const SEED = Number(process.env.LIVESTALL_TEST_SEED ?? 1);

describe('[LG17] tables', () => {
  it('[LG17] an order takes 22 bytes, and adding one copies nothing', () => {
    const orders = 300_000;
    const before = process.memoryUsage().arrayBuffers;
    const table = new OrderTable();
    const row = emptyRow();
    for (let no = 1; no <= orders; no += 1) {
      row.state = 1 + (no % 7);
      row.identity = no;
      table.write(no, row);
    }
    expect((process.memoryUsage().arrayBuffers - before) / orders).toBeLessThan(23);
    for (const no of [1, 8191, 8192, 8193, orders]) {
      table.read(no, row);
      expect(row).toMatchObject({ state: 1 + (no % 7), identity: no });
    }
    expect(table.state(orders + 100_000)).toBe(0);
  });

  it('counts as a Map does, whatever the keys', () => {
    const random = seededRandom(SEED);
    const table = new CountTable();
    const map = new Map<string, number>();
    for (let i = 0; i < 20_000; i += 1) {
      // Few different halves, so that keys collide.
      const low = 1 + Math.floor(random.next() * 50);
      const high = 1 + Math.floor(random.next() * 60) * 1024;
      const delta = Math.floor(random.next() * 7) - 3;
      map.set(`${low} ${high}`, (map.get(`${low} ${high}`) ?? 0) + delta);
      expect(table.add(low, high, delta)).toBe(map.get(`${low} ${high}`));
    }
    expect(table.size).toBe(map.size);
    for (const [key, value] of map) {
      const [low = 0, high = 0] = key.split(' ').map(Number);
      expect(table.get(low, high)).toBe(value);
    }
    expect(table.get(999, 999)).toBeUndefined();
  });

  it('operations are remembered for the horizon, and not much longer', () => {
    const hour = 3_600_000;
    const ops = new OpTimes(24 * hour);
    expect(ops.seen(1, 1, 0)).toBe(false);
    expect(ops.seen(1, 1, 23 * hour)).toBe(true);
    expect(ops.seen(2, 2, 30 * hour)).toBe(false);
    // Of the generation before.
    expect(ops.seen(1, 1, 40 * hour)).toBe(true);
    expect(ops.seen(2, 2, 55 * hour)).toBe(false);
    expect(ops.seen(1, 1, 90 * hour)).toBe(false);
  });
});
