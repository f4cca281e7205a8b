import { describe, expect, it } from 'vitest';
import { seededRandom } from '../kernel/random.ts';
import { type Item, LaneQueue } from './lane-queue.ts';
import type { Message } from './message.ts';

const message = (key: string, n: number): Message => ({
  id: `m${n}`,
  type: 'order.held',
  body: '',
  key,
  atMs: n,
});
const add = (queue: LaneQueue, n: number, key: string) => queue.add(LaneQueue.item(n, message(key, n)));

describe('the order of a lane', () => {
  it('[WH4] one of a key at a time, keys past each other', () => {
    const queue = new LaneQueue(0);
    for (const [n, key] of [
      [1, 'a'],
      [2, 'a'],
      [3, 'b'],
    ] as const)
      add(queue, n, key);
    const first = queue.take(0) as Item;
    expect([first.n, queue.take(0)?.n, queue.take(0)]).toEqual([1, 3, undefined]);
    queue.finish(first, 0);
    expect(queue.take(0)?.n).toBe(2);
    expect(queue.cursor).toEqual({ n: 1, atMs: 1 });
  });

  it('[WH4] what comes after a failed one waits behind it, and the cursor passes both', () => {
    const queue = new LaneQueue(0);
    add(queue, 1, 'a');
    add(queue, 2, 'a');
    const failed = queue.take(0) as Item;
    expect(queue.fail(failed, 5000).map(({ n }) => n)).toEqual([1, 2]);
    expect(add(queue, 3, 'a')?.n).toBe(3);
    expect([queue.cursor.n, queue.pendingCount, queue.wakeAtMs]).toEqual([3, 3, 5000]);
    queue.wake(4999);
    expect(queue.take(0)).toBeUndefined();
    queue.wake(5000);
    expect(queue.take(0)).toBe(failed);
    queue.finish(failed, 5000);
    expect(queue.take(0)?.n).toBe(2);
  });

  it('[WH4] [WH5] in any run of successes and failures: order is kept, and the cursor passes only what is dealt with', () => {
    const random = seededRandom(Number(process.env.LIVESTALL_TEST_SEED));
    for (let round = 0; round < 30; round += 1) {
      const queue = new LaneQueue(0);
      const arrived = new Map<string, number[]>();
      const known = new Set<number>();
      const active: Item[] = [];
      const problems: string[] = [];
      let [next, nowMs, passed] = [1, 0, 0];
      const settled = (item: Item) => known.add(item.n);
      for (let step = 0; step < 400; step += 1) {
        nowMs += 1;
        const dice = random.next();
        if (dice < 0.3) {
          if (dice < 0.05) {
            queue.skip(next, next);
            known.add(next);
          } else {
            const parked = add(queue, next, `k${Math.floor(random.next() * 5)}`);
            if (parked) settled(parked);
          }
          next += 1;
        } else if (dice < 0.6) {
          queue.wake(nowMs);
          const item = queue.take(nowMs);
          if (item) active.push(item);
        } else if (active.length > 0) {
          const [item] = active.splice(Math.floor(random.next() * active.length), 1) as [Item];
          if (random.next() < 0.1) for (const each of queue.parkAll(item)) settled(each);
          if (random.next() < 0.3) for (const each of queue.fail(item, nowMs + 20)) settled(each);
          else {
            queue.finish(item, nowMs);
            settled(item);
            arrived.set(item.key, [...(arrived.get(item.key) ?? []), item.n]);
          }
        }
        if (new Set(active.map(({ key }) => key)).size !== active.length) problems.push(`twice at ${step}`);
        for (let n = passed + 1; n <= queue.cursor.n; n += 1)
          if (!known.has(n)) problems.push(`${n} at ${step}`);
        passed = queue.cursor.n;
      }
      expect(problems).toEqual([]);
      for (const numbers of arrived.values()) expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
  });

  it('[WH6] what is pending already is not taken from the ledger again', () => {
    const queue = new LaneQueue(3);
    queue.load([{ n: 5, key: 'a', firstAtMs: 1, attempts: 1, dueAtMs: 0 }], 10);
    for (const n of [4, 5, 6]) add(queue, n, `k${n}`);
    expect([queue.take(0)?.n, queue.take(0)?.n, queue.take(0)?.n, queue.take(0)]).toEqual([
      5,
      4,
      6,
      undefined,
    ]);
  });

  it('[WH6] when a run ends early, the cursor passes what went out, and the rest is pending', () => {
    const queue = new LaneQueue(0);
    for (const n of [1, 2, 3, 4]) add(queue, n, `k${n}`);
    const [one, two, three] = [queue.take(0), queue.take(0), queue.take(0)] as [Item, Item, Item];
    queue.finish(three, 0);
    queue.putBack(two);
    queue.putBack(one);
    expect(queue.cursor.n).toBe(0);
    expect(queue.parkUnsent().map(({ n }) => n)).toEqual([1, 2]);
    expect([queue.cursor.n, queue.pendingCount]).toEqual([3, 2]);
  });

  it('[WH12] the oldest can be taken before its time, and when it arrives all may go', () => {
    const queue = new LaneQueue(9);
    const pending = { firstAtMs: 1, attempts: 1, dueAtMs: 9000 };
    queue.load(
      [
        { n: 7, key: 'b', ...pending },
        { n: 4, key: 'a', ...pending },
        { n: 5, key: 'a', ...pending },
      ],
      0,
    );
    expect(queue.take(0)).toBeUndefined();
    const oldest = queue.takeOldest(0) as Item;
    expect(oldest.n).toBe(4);
    queue.finish(oldest, 0);
    queue.rouse();
    expect([queue.take(0)?.n, queue.take(0)?.n].sort()).toEqual([5, 7]);
  });
});
