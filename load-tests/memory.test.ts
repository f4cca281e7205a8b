import { afterEach, expect, it } from 'vitest';
import { Lifetimes } from './kit/lifetimes.ts';
import { silentProgress } from './kit/progress.ts';
import { runMemory } from './scenarios/memory/memory.ts';

const lifetimes = new Lifetimes();
afterEach(async () => {
  expect(await lifetimes.close()).toEqual([]);
});

it('the memory of 100 connections is read from fresh processes, ours and the baseline', async () => {
  const outcome = await runMemory(
    { viewers: 100, pairs: 1 },
    { progress: silentProgress, lifetimes, pinning: null },
  );
  expect(outcome.violations).toEqual([]);
  // On the heap alone: so few are nothing beside what a process grows by itself.
  for (const side of ['ours', 'baseline']) {
    expect(outcome.figures[`${side}HeapBytesPerConnection`]).toBeGreaterThan(4000);
    expect(outcome.figures[`${side}HeapBytesPerConnection`]).toBeLessThan(60_000);
  }
}, 60_000);
