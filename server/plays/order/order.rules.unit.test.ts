import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sumLines } from './order.rules.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);

describe('summing lines', () => {
  it('[OR23] keeps the place of the first line of a sale, and the first token that came with it', () => {
    const lines = [
      { saleId: 'a', quantity: 1 },
      { saleId: 'b', quantity: 2, token: 'tb', proof: 'pb' },
      { saleId: 'a', quantity: 3, token: 'ta', proof: 'pa' },
      { saleId: 'b', quantity: 4, token: 'other' },
    ];
    expect(sumLines(lines)).toEqual([
      { saleId: 'a', quantity: 4, place: 0, token: 'ta', proof: 'pa' },
      { saleId: 'b', quantity: 6, place: 1, token: 'tb', proof: 'pb' },
    ]);
  });

  it('[OR23] [OR2] loses no unit, and leaves one line a sale', () => {
    const line = fc.record({
      saleId: fc.constantFrom('a', 'b', 'c'),
      quantity: fc.integer({ min: 1, max: 1000 }),
    });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 20 }), (lines) => {
        const summed = sumLines(lines);
        expect(new Set(summed.map(({ saleId }) => saleId)).size).toBe(summed.length);
        for (const { saleId, quantity, place } of summed) {
          const same = lines.filter((one) => one.saleId === saleId);
          expect(quantity).toBe(same.reduce((sum, one) => sum + one.quantity, 0));
          expect(lines.findIndex((one) => one.saleId === saleId)).toBe(place);
        }
      }),
      { seed },
    );
  });
});
