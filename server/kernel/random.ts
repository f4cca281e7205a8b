import { randomBytes } from 'node:crypto';

/** Randomness is an argument, so that a failing run can be repeated from its seed. */
export type RandomSource = {
  /** Uniform in [0, 1). Not for secrets. */
  next(): number;
  /** An id with 96 bits of randomness, URL-safe, with a prefix that says what it names. */
  id(prefix: string): string;
};

export const systemRandom: RandomSource = {
  next: () => Math.random(),
  id: (prefix) => `${prefix}_${randomBytes(12).toString('base64url')}`,
};

/** Mulberry32 (Tommy Ettinger, public domain): good enough for tests and load. Never for secrets. */
export function seededRandom(seed: number): RandomSource {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    id: (prefix) => {
      const hex = Array.from({ length: 3 }, () => Math.floor(next() * 0xffffffff).toString(36)).join('');
      return `${prefix}_${hex}`;
    },
  };
}
