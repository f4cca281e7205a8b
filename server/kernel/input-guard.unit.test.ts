import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_INPUT_DEPTH, MAX_INPUT_KEYS } from '../../shared/protocol.ts';
import { guardInput } from './input-guard.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < levels; i += 1) value = i % 2 === 0 ? { a: value } : [value];
  return value;
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

function keysOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, child) => sum + 1 + keysOf(child), 0);
}

describe('the input guard', () => {
  it('[KN13] takes five levels and not six', () => {
    expect(guardInput(nested(MAX_INPUT_DEPTH))).toBeUndefined();
    expect(guardInput(nested(MAX_INPUT_DEPTH + 1))?.message).toContain('levels');
    expect(guardInput(nested(3000))?.message).toContain('levels');
  });

  it('[KN13] takes 120 fields over all levels and not one more', () => {
    const fields = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 1]));
    expect(guardInput(fields(MAX_INPUT_KEYS))).toBeUndefined();
    expect(guardInput(fields(MAX_INPUT_KEYS + 1))?.message).toContain('fields');
    expect(guardInput({ a: fields(60), b: Array(59).fill(1) })?.message).toContain('fields');
    expect(guardInput(Array(1_000_000).fill(0))?.message).toContain('fields');
  });

  it('[KN13] takes what a command allows instead', () => {
    const limits = { depth: 8, keys: 3 };
    expect(guardInput(nested(8), { ...limits, keys: 100 })).toBeUndefined();
    expect(guardInput(nested(9), { ...limits, keys: 100 })?.message).toBe('expected at most 8 levels');
    expect(guardInput([1, 2, 3], limits)).toBeUndefined();
    expect(guardInput([1, 2, 3, 4], limits)?.message).toBe('expected at most 3 fields');
  });

  it('[KN13] takes no binary data at any level', () => {
    for (const binary of [
      Buffer.from('x'),
      new Uint8Array(2),
      new ArrayBuffer(2),
      new DataView(new ArrayBuffer(2)),
    ]) {
      expect(guardInput(binary)).toEqual({ path: '', message: 'expected no binary data' });
      expect(guardInput({ a: [binary] })).toEqual({ path: 'a.0', message: 'expected no binary data' });
    }
  });

  it('[KN13] takes no half of a surrogate pair, and says where it is', () => {
    expect(guardInput({ a: { b: ['ok 🎉', 'cut \ud83c'] } })).toEqual({
      path: 'a.b.1',
      message: 'expected whole characters',
    });
    expect(guardInput('\udf89')?.path).toBe('');
    expect(guardInput('🎉')).toBeUndefined();
  });

  it('[KN13] leaves alone what fits, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 7 }), (value) => {
        const fits = depthOf(value) <= MAX_INPUT_DEPTH && keysOf(value) <= MAX_INPUT_KEYS;
        expect(guardInput(value) === undefined).toBe(fits);
      }),
      { seed, numRuns: 500 },
    );
  });
});
