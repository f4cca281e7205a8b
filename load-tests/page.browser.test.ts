import { afterEach, expect, it } from 'vitest';
import { Lifetimes } from './kit/lifetimes.ts';
import { silentProgress } from './kit/progress.ts';
import { runPageSpeed } from './scenarios/page-speed/page-speed.ts';

const lifetimes = new Lifetimes();
afterEach(async () => {
  expect(await lifetimes.close()).toEqual([]);
});

it('[LK34] a room is loaded in Chromium, chats, and shows the answer to a grab; each is measured', async () => {
  const plan = { rate: 20, seconds: 2, loads: 1, grabs: 1, seed: 1 };
  const outcome = await runPageSpeed(plan, { progress: silentProgress, lifetimes, pinning: null });
  expect(outcome.violations).toEqual([]);
  for (const figure of ['interactiveMs', 'framesPerSecond', 'heapMb', 'domNodes', 'grabAnswerMs']) {
    expect([figure, outcome.figures[figure]]).toEqual([figure, expect.any(Number)]);
    expect(outcome.figures[figure]).toBeGreaterThan(0);
  }
}, 120_000);
