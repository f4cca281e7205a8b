import { BLOCK_BYTES, compress, finish, initialState } from './sha256.ts';
import type { Time } from './time.ts';

/** Above this no page could do it while a buyer waits: a billion hashes. */
export const WORK_BITS_MAX = 30;
/** The page must stay able to move: at 60 frames a second a frame has 16 ms. */
const SLICE_MS = 8;
const SLICE_HASHES = 128;
/** Where the clock doesn't move, as in tests. */
const SLICES_AT_ONCE = 64;

/** Looks for a proof: a text with which `sha256(token + ":" + proof)` begins with enough zero bits. */
export type Work = {
  /** Tries the next `count` texts. Null: none of them is a proof. */
  try(count: number): string | null;
};

export function createWork(token: string, bits: number): Work {
  const prefix = new TextEncoder().encode(`${token}:`);
  // What all texts have in common is hashed once, as far as it fills blocks.
  const start = initialState();
  const whole = prefix.length - (prefix.length % BLOCK_BYTES);
  for (let at = 0; at < whole; at += BLOCK_BYTES) compress(start, prefix, at);
  const tail = new Uint8Array(2 * BLOCK_BYTES);
  tail.set(prefix.subarray(whole));
  const tailPrefix = prefix.length - whole;

  const state = new Int32Array(8);
  let next = 0;
  return {
    try(count) {
      for (let i = 0; i < count; i += 1) {
        const proof = next.toString(36);
        next += 1;
        for (let at = 0; at < proof.length; at += 1) tail[tailPrefix + at] = proof.charCodeAt(at);
        state.set(start);
        finish(state, tail, tailPrefix + proof.length, prefix.length + proof.length);
        if (Math.clz32(state[0] as number) >= bits) return proof;
      }
      return null;
    },
  };
}

/** Does the work in slices between which the page can breathe. Null: no longer wanted, or hopeless. */
export async function solveWork(
  token: string,
  bits: number,
  time: Time,
  isWanted: () => boolean,
): Promise<string | null> {
  if (bits > WORK_BITS_MAX) return null;
  const work = createWork(token, bits);
  while (isWanted()) {
    const startedAt = time.now();
    for (let slice = 0; slice < SLICES_AT_ONCE && time.now() - startedAt < SLICE_MS; slice += 1) {
      const proof = work.try(SLICE_HASHES);
      if (proof !== null) return proof;
    }
    await new Promise<void>((resolve) => {
      time.after(0, resolve);
    });
  }
  return null;
}
