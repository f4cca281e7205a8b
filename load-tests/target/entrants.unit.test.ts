import { expect, it } from 'vitest';
import { userIdSchema } from '../../shared/kernel/units.ts';
import { entrantId } from './entrants.ts';

it('entrants have different ids of 8 to 10 characters, or of 24', () => {
  for (const [long, lengths] of [
    [false, [8, 9, 10]],
    [true, [24]],
  ] as const) {
    const ids = Array.from({ length: 100_000 }, (_, n) => entrantId(n, long));
    expect(new Set(ids).size).toBe(ids.length);
    expect([...new Set(ids.map((id) => id.length))].toSorted((a, b) => a - b)).toEqual(lengths);
    expect(ids.every((id) => userIdSchema.safeParse(id).success)).toBe(true);
  }
});
