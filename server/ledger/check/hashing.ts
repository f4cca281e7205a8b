/**
 * 32-bit hashes for compact tables: FNV-1a (Fowler, Noll and Vo) over UTF-16 units, finished as
 * MurmurHash3 does. They find faults, not forgers.
 */

const PRIME = 0x01000193;
/** Two starts give two hashes that have nothing to do with each other: together a 64-bit key. */
export const SEED_LOW = 0x811c9dc5 | 0;
export const SEED_HIGH = 0x3c6ef372;

/** Goes on with one more text. Its length counts, so that neighbours can't swap characters. */
export function hashText(hash: number, text: string): number {
  let next = Math.imul(hash ^ (text.length + 0x10000), PRIME);
  for (let i = 0; i < text.length; i += 1) next = Math.imul(next ^ text.charCodeAt(i), PRIME);
  return next;
}

/** Goes on with a whole number of up to 53 bits. */
export function hashNumber(hash: number, value: number): number {
  const high = Math.floor(value / 0x1_0000_0000);
  return Math.imul(Math.imul(hash ^ (value | 0), PRIME) ^ high ^ (value >>> 15), PRIME);
}

/** Spreads what was gathered over all 32 bits; never 0, which the tables keep for "nothing". */
export function finish(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0 || 1;
}
