import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createManualTime } from './testing/manual-time.ts';
import { createWork, solveWork, WORK_BITS_MAX } from './work.ts';

const zeroBits = (text: string) => Math.clz32(createHash('sha256').update(text).digest().readUInt32BE(0));

/** In zeros a proof is as likely as anywhere; the token's length decides how many blocks it fills. */
const tokenOf = (length: number) => 'x9'.repeat(length).slice(0, length);

test('[SD12] a proof begins with as many zero bits as asked for, whatever the length of the token', () => {
  for (let length = 1; length <= 200; length += 1) {
    const proof = createWork(tokenOf(length), 6).try(10_000);
    expect(proof).toMatch(/^[0-9a-z]{1,40}$/);
    expect([length, zeroBits(`${tokenOf(length)}:${proof}`) >= 6]).toEqual([length, true]);
  }
});

test('[SD12] the first proof is found, none is passed over', () => {
  const work = createWork('token', 8);
  let found: string | null = null;
  let tried = 0;
  for (; found === null; tried += 1) found = work.try(1);
  for (let n = 0; n < tried - 1; n += 1) expect(zeroBits(`token:${n.toString(36)}`)).toBeLessThan(8);
  expect(zeroBits(`token:${found}`)).toBeGreaterThanOrEqual(8);
});

test('no bits asked for: any proof does', () => {
  expect(createWork('token', 0).try(1)).toBe('0');
});

test('[SD12] the work is done in slices, between which others have their turn', async () => {
  const time = createManualTime();
  let turns = 0;
  const wanted = () => {
    turns += 1;
    return true;
  };
  const solving = solveWork(tokenOf(40), 18, time, wanted);
  let solved = false;
  void solving.then(() => {
    solved = true;
  });
  while (!solved) await time.advance(1);
  expect(zeroBits(`${tokenOf(40)}:${await solving}`)).toBeGreaterThanOrEqual(18);
  expect(turns).toBeGreaterThan(3);
});

test('what is no longer wanted, or hopeless, is given up', async () => {
  const time = createManualTime();
  let turns = 3;
  const solving = solveWork('token', WORK_BITS_MAX, time, () => {
    turns -= 1;
    return turns > 0;
  });
  await time.advance(10);
  expect(await solving).toBe(null);
  expect(await solveWork('token', WORK_BITS_MAX + 1, time, () => true)).toBe(null);
  expect(time.pending()).toBe(0);
});
