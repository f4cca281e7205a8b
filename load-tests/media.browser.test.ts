import { afterEach, expect, it } from 'vitest';
import { Lifetimes } from './kit/lifetimes.ts';
import { silentProgress } from './kit/progress.ts';
import { runFirstFrame } from './scenarios/media-first-frame/media-first-frame.ts';

const lifetimes = new Lifetimes();
afterEach(async () => {
  expect(await lifetimes.close()).toEqual([]);
});

it('Chromium shows the first frame of ours and of a bare page, and one who joins right after another has it, too', async () => {
  const outcome = await runFirstFrame({ pairs: 1, warmUps: 0 }, { progress: silentProgress, lifetimes });
  expect(outcome.violations).toEqual([]);
  for (const figure of ['firstFrameMs', 'bareFirstFrameMs', 'crowdedFirstFrameMs', 'connectedMs']) {
    expect(outcome.figures[figure]).toBeGreaterThan(1);
  }
  expect(outcome.figures.connectedMs).toBeLessThan(outcome.figures.firstFrameMs ?? 0);
}, 60_000);
