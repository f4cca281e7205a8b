import { afterEach, expect, test, vi } from 'vitest';

const { progressTo, say, task } = await import(new URL('./lib/progress.mjs', import.meta.url).href);

afterEach(() => {
  progressTo(process.stdout);
  vi.useRealTimers();
});

type Line = { show: (how: string) => void; endWith: (words: string) => void };

function stream(columns?: number): { read: () => string } {
  const written: string[] = [];
  const write = (text: string) => written.push(text);
  progressTo({ isTTY: columns !== undefined, columns, write } as never);
  return { read: () => written.join('').replaceAll('\r\x1b[K', '<') };
}

test('on a terminal the line of a step is written over, and never wraps', async () => {
  const out = stream(40);
  await task('Building', 60, async (line: Line) => {
    line.show('1 of 36');
    line.show('2 of 36, and much more to say');
    line.endWith('enough');
  });
  expect(out.read()).toBe(
    'Building (about 60 s) … <Building (about 60 s) … 1 of 36<Building (about 60 s) … 2 of 36, and mu<Building (about 60 s) … enough\n',
  );
});

test('what others say meanwhile has a line of its own', async () => {
  const out = stream(80);
  await task('Building', 60, async (line: Line) => {
    say('waiting');
    line.show('1 of 2');
    line.endWith('done');
  });
  expect(out.read()).toBe(
    'Building (about 60 s) … \nwaiting\n<Building (about 60 s) … 1 of 2<Building (about 60 s) … done\n',
  );
});

test('in a log it is a line every half minute', async () => {
  vi.useFakeTimers();
  const out = stream();
  await task('Building', 200, async (line: Line) => {
    for (let i = 1; i <= 7; i += 1) {
      vi.advanceTimersByTime(10_001);
      line.show(`${i} of 7`);
    }
  });
  expect(out.read()).toBe('Building (about 3 min) …\n  3 of 7\n  6 of 7\n  done in 70 s\n');
});

test('what takes longer on a small machine says how long at most', async () => {
  const out = stream();
  for (const about of [
    [15, 45],
    [60, 180],
  ]) {
    await task('Building', about, async (line: Line) => line.endWith('built'));
  }
  expect(out.read()).toBe('Building (15 to 45 s) …\n  built\nBuilding (1 to 3 min) …\n  built\n');
});

test('a step that fails says so', async () => {
  const out = stream(80);
  const failing = task('Building', 5, async () => {
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(out.read()).toBe('Building (about 5 s) … failed\n');
});
