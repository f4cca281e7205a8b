import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as line from './places.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);
const told = (position: number, waiting: number, seq: number) =>
  line.placeTold(line.noPlaces, 's1', { position, waiting, seq });
const left = (seq: number, position: number, waiting = 9, saleId = 's1') => ({
  seq,
  saleId,
  position,
  waiting,
});

test('who leaves before you moves you up, who leaves behind you does not', () => {
  const at3 = told(3, 10, 5);
  expect(line.someoneLeft(at3, left(6, 1)).bySale.s1).toEqual({ position: 2, waiting: 9, seq: 6 });
  expect(line.someoneLeft(at3, left(6, 4)).bySale.s1).toEqual({ position: 3, waiting: 9, seq: 6 });
  expect(line.someoneLeft(at3, left(6, 1, 9, 'other')).bySale.s1?.position).toBe(3);
});

test('what the answer counts already is not counted again', () => {
  expect(line.someoneLeft(told(3, 10, 5), left(5, 1)).bySale.s1?.position).toBe(3);
});

test('an answer that was under way counts those who left meanwhile', () => {
  const heard = line.someoneLeft(line.someoneLeft(line.noPlaces, left(5, 1)), left(6, 1, 8));
  expect(line.placeTold(heard, 's1', { position: 3, waiting: 10, seq: 5 }).bySale.s1).toEqual({
    position: 2,
    waiting: 8,
    seq: 6,
  });
});

test('when it is your place that is left, you are out of the line, also if the word comes late', () => {
  expect(line.someoneLeft(told(1, 4, 5), left(6, 1)).bySale).toEqual({});
  const heard = line.someoneLeft(line.noPlaces, left(6, 2));
  expect(line.placeTold(heard, 's1', { position: 2, waiting: 4, seq: 5 }).bySale).toEqual({});
});

test('a longer line changes its length only', () => {
  expect(line.someoneJoined(told(2, 2, 5), 's1', 3, 6).bySale.s1).toEqual({
    position: 2,
    waiting: 3,
    seq: 6,
  });
  expect(line.someoneJoined(told(2, 4, 5), 's1', 3, 4).bySale.s1?.waiting).toBe(4);
});

test('whatever leaves, and whenever the answer comes, the place is that in the real line', () => {
  const ops = fc.array(fc.nat(), { maxLength: 40 });
  fc.assert(
    fc.property(fc.nat(30), ops, fc.nat(40), fc.nat(40), (ahead, leaving, askedAt, heardAt) => {
      // The line itself: numbers, ours is `ahead`. One leaves with each event.
      const real = Array.from({ length: ahead + 10 }, (_, i) => i);
      const events: line.Left[] = [];
      let asked = { position: ahead + 1, waiting: real.length, seq: 0 };
      for (const [i, pick] of leaving.entries()) {
        if (i === askedAt && real.includes(ahead))
          asked = { position: real.indexOf(ahead) + 1, waiting: real.length, seq: i };
        const at = pick % Math.max(1, real.length);
        real.splice(at, 1);
        events.push({ seq: i + 1, saleId: 's1', position: at + 1, waiting: real.length });
      }
      // The answer is taken in after some of the events, at the earliest when it was given.
      const early = events.slice(0, Math.max(asked.seq, heardAt));
      let places = early.reduce(line.someoneLeft, line.noPlaces);
      places = line.placeTold(places, 's1', asked);
      places = events.slice(early.length).reduce(line.someoneLeft, places);
      const position = real.indexOf(ahead) + 1;
      expect(places.bySale.s1?.position).toBe(position === 0 ? undefined : position);
    }),
    { seed },
  );
});
