import { expect, it } from 'vitest';
import { closeInOrder, within } from './closing.ts';
import type { Log } from './log.ts';

function heard() {
  const lines: string[] = [];
  const note = (level: string) => (fields: { what: string }, text: string) =>
    lines.push(`${level} ${fields.what}: ${text}`);
  const log = { debug: note('debug'), warn: note('warn'), error: note('error') } as unknown as Log;
  return { lines, log };
}

it('[RT56] closes in order; what hangs or fails keeps nothing else from closing', async () => {
  const { lines, log } = heard();
  const closed: string[] = [];
  await closeInOrder(
    [
      ['one', async () => void closed.push('one')],
      ['stuck', () => new Promise(() => undefined)],
      [
        'broken',
        () => {
          throw new Error('no');
        },
      ],
      ['last', () => void closed.push('last')],
    ],
    { log, stepMs: 20, totalMs: 10_000 },
  );
  expect(closed).toEqual(['one', 'last']);
  expect(lines).toEqual([
    'warn stuck: closing takes too long; given up',
    'error broken: could not be closed',
  ]);
});

it('[RT56] once the time is up waits for nothing, and still closes what closes at once', async () => {
  const { lines, log } = heard();
  const closed: string[] = [];
  const stuck = (): Promise<never> => new Promise(() => undefined);
  const startMs = performance.now();
  await closeInOrder(
    [
      ...Array.from({ length: 50 }, (_, i) => [`stuck ${i}`, stuck] as const),
      ['last', async () => void closed.push('last')],
    ],
    { log, stepMs: 1000, totalMs: 30 },
  );
  expect(performance.now() - startMs).toBeLessThan(900);
  expect(lines).toHaveLength(50);
  expect(closed).toEqual(['last']);
});

it('[RT56] says whether it was in time, and passes on what went wrong', async () => {
  expect(await within(Promise.resolve(), 1000)).toBe(true);
  expect(await within(new Promise(() => undefined), 5)).toBe(false);
  await expect(within(Promise.reject(new Error('no')), 1000)).rejects.toThrow('no');
});
