import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventRing, type RingOptions } from './event-ring.ts';
import type { LoggedEvent } from './frame.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);

function entry(seq: number, size = 10): LoggedEvent {
  return { event: { seq, name: 'chat:said', atMs: 1000 + seq, data: {} }, raw: 'x'.repeat(size) };
}

function ringOf(from: number, to: number, options?: RingOptions): EventRing {
  const ring = new EventRing(options);
  for (let seq = from; seq <= to; seq += 1) ring.push(entry(seq));
  return ring;
}

const seqs = (events: readonly LoggedEvent[] | undefined) => events?.map(({ event }) => event.seq);

describe('the last events of a room', () => {
  it('[KN44] are all that came after a seq', () => {
    const ring = ringOf(5, 9);
    expect(seqs(ring.after(4))).toEqual([5, 6, 7, 8, 9]);
    expect(seqs(ring.after(7))).toEqual([8, 9]);
    expect(seqs(ring.after(9))).toEqual([]);
  });

  it('[KN44] are not told where some are missing, or the seq is of another node', () => {
    const ring = ringOf(5, 9);
    expect(ring.after(3)).toBeUndefined();
    expect(ring.after(10)).toBeUndefined();
    expect(new EventRing().after(0)).toBeUndefined();
    ring.clear();
    expect(ring.after(7)).toBeUndefined();
  });

  it('[KN44] are not told to somebody who had another event at that seq', () => {
    const ring = ringOf(5, 9);
    expect(seqs(ring.after(7, 1007))).toEqual([8, 9]);
    expect(ring.after(7, 1008)).toBeUndefined();
    // It does not know what was at 4.
    expect(ring.after(4, 1004)).toBeUndefined();
  });

  it('[KN44] never more than so many, nor so long', () => {
    const few = ringOf(1, 100, { events: 10, characters: 10_000 });
    expect(few.after(89)).toBeUndefined();
    expect(seqs(few.after(90))).toHaveLength(10);
    const short = ringOf(1, 100, { events: 1000, characters: 55 });
    expect(short.after(94)).toBeUndefined();
    expect(seqs(short.after(95))).toEqual([96, 97, 98, 99, 100]);
    const long = new EventRing({ events: 10, characters: 50 });
    long.push(entry(1, 60));
    expect(long.after(0)).toBeUndefined();
  });

  it('[KN44] whatever comes, the answer is what a list of everything would give, or none', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 80 }),
        fc.integer({ min: 0, max: 140 }),
        (first, sizes, seq) => {
          const limits = { events: 12, characters: 200 };
          const ring = new EventRing(limits);
          const all = sizes.map((size, i) => entry(first + i, size));
          for (const each of all) ring.push(each);
          const wanted = all.filter(({ event }) => event.seq > seq);
          const got = ring.after(seq);
          if (got) expect(got).toEqual(wanted);
          const characters = wanted.reduce((sum, { raw }) => sum + raw.length, 0);
          const fits = wanted.length < limits.events && characters + 40 <= limits.characters;
          const known = seq >= first && seq < first + all.length;
          if (fits && known) expect(got).toBeDefined();
        },
      ),
      { seed },
    );
  });
});
