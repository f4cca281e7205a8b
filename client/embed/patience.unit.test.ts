import { expect, test } from 'vitest';
import { createManualTime } from '../sdk/testing/manual-time.ts';
import { AFTER_LOAD_MS, AFTER_SEEN_MS, createPatience, TRY_AGAIN_MS } from './patience.ts';
import { timersOf } from './testing.ts';

function setUp() {
  const time = createManualTime();
  const told: string[] = [];
  const patience = createPatience({
    onSilent: () => told.push('silent'),
    onTryAgain: () => told.push('again'),
    timers: timersOf(time),
  });
  patience.begin();
  return { time, patience, told };
}

test('[PG78] a frame that is not on the screen is waited for without end', async () => {
  const { time, told } = setUp();
  await time.advance(3_600_000);
  expect(told).toEqual([]);
});

test('[PG78] one that has loaded, or that is seen, has so long to speak', async () => {
  for (const [start, withinMs] of [
    ['loaded', AFTER_LOAD_MS],
    ['seen', AFTER_SEEN_MS],
  ] as const) {
    const { time, patience, told } = setUp();
    patience[start]();
    await time.advance(withinMs - 1);
    expect(told).toEqual([]);
    await time.advance(1);
    expect(told).toEqual(['silent']);
  }
});

test('[PG78] one that speaks is left in peace, also when it spoke late', async () => {
  const { time, patience, told } = setUp();
  patience.seen();
  patience.loaded();
  patience.heard();
  await time.advance(3_600_000);
  expect(told).toEqual([]);
  patience.loaded();
  await time.advance(AFTER_LOAD_MS);
  patience.heard();
  await time.advance(3_600_000);
  expect(told).toEqual(['silent']);
  expect(time.pending()).toBe(0);
});

test('[PG78] is tried again less and less often, and at once again after it worked', async () => {
  const { time, patience, told } = setUp();
  const waitedMs: number[] = [];
  for (let i = 0; i < 7; i += 1) {
    patience.loaded();
    await time.advance(AFTER_LOAD_MS);
    const from = time.now();
    while (told.at(-1) !== 'again') await time.advance(1_000);
    waitedMs.push(time.now() - from);
    patience.begin();
  }
  expect(waitedMs.map((ms) => ms / TRY_AGAIN_MS)).toEqual([1, 2, 4, 8, 16, 20, 20]);
  patience.heard();
  patience.loaded();
  await time.advance(AFTER_LOAD_MS + TRY_AGAIN_MS);
  expect(told.slice(-2)).toEqual(['silent', 'again']);
});
