import { describe, expect, it } from 'vitest';
import { seeded } from '../kit/random.ts';
import { EventQueue, Station } from './event-queue.ts';

describe('EventQueue', () => {
  it('takes events by time, those of one time in the order of their scheduling', () => {
    const random = seeded(7);
    const queue = new EventQueue();
    const seen: [number, number][] = [];
    for (let n = 0; n < 2000; n += 1) {
      const atMs = random.between(0, 50);
      queue.at(atMs, () => seen.push([queue.nowMs, n]));
    }
    queue.run();
    expect(seen).toHaveLength(2000);
    const sorted = [...seen].sort(([a, n], [b, m]) => a - b || n - m);
    expect(seen).toEqual(sorted);
  });

  it('stops at the time it is given, and nothing happens in the past', () => {
    const queue = new EventQueue();
    const seen: string[] = [];
    queue.at(10, () => {
      seen.push('first');
      queue.at(3, () => seen.push(`late, at ${queue.nowMs}`));
    });
    queue.at(30, () => seen.push('never'));
    queue.run(20);
    expect(seen).toEqual(['first', 'late, at 10']);
    expect(queue.nowMs).toBe(20);
    expect(queue.size).toBe(1);
  });
});

/** Mean wait of an M/D/1 queue in service times (Pollaczek–Khinchine): ρ / (2 (1 − ρ)). */
const meanWait = (load: number): number => load / (2 * (1 - load));

describe('Station', () => {
  it.each([0.3, 0.6, 0.8])('waits as the formula for M/D/1 says at a load of %f', (load) => {
    const random = seeded(11);
    const queue = new EventQueue();
    const station = new Station(queue);
    const serviceMicros = 1000;
    const jobs = 200_000;
    let waitedMs = 0;
    let atMs = 0;
    for (let n = 0; n < jobs; n += 1) {
      atMs += (-Math.log(1 - random.next()) * (serviceMicros / 1000)) / load;
      const arrivedAtMs = atMs;
      queue.at(arrivedAtMs, () =>
        station.take(serviceMicros, (startedAtMs) => {
          waitedMs += startedAtMs - arrivedAtMs;
        }),
      );
    }
    queue.run();
    expect(waitedMs / jobs / (meanWait(load) * (serviceMicros / 1000))).toBeCloseTo(1, 1);
    expect(station.busyMs / atMs).toBeCloseTo(load, 1);
    expect(station.jobs).toBe(jobs);
  });
});
